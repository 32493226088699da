import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { mapType } from '../../abi/map-type.js';
import { openFlag } from '../../abi/open-flag.js';
import { abiSize } from '../../abi/size.js';
import { type Call, type Command, isCapable } from '../call.js';
import { readObjectName } from '../object-name.js';
import type { Access } from '../objects/fd-table.js';
import type { MapObject } from '../objects/map.js';

const layout = attr.mapCreate;
const NUMA_NODE = 4;
const MODES = openFlag.RDONLY | openFlag.WRONLY;
/** Values of maps of any kind are smaller than this; the kernel could not allocate one otherwise. */
const MAX_VALUE = 0x7fff_f000;
/** More elements than this are refused as the kernel does when memory runs out. */
const MAX_ELEMENTS = 0x1000_0000;

const knownFlags: ReadonlyMap<number, number> = new Map([
  [mapType.PROG_ARRAY, NUMA_NODE | MODES],
  [mapType.ARRAY, NUMA_NODE | MODES | 128 | 256 | 1024 | 4096],
  [mapType.HASH, 1 | NUMA_NODE | MODES | 64 | 128 | 256],
]);

/** MAP_CREATE (spec 15.4) for the three types of maps that this kernel has. */
export const mapCreate: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, kernel, caller } = call;
    const type = input.u32(layout.type);
    const flags = input.u32(layout.flags);
    const wrong = checkShape(call, type, flags);
    if (wrong !== 0) return wrong;
    if (!isCapable(call, 'CAP_BPF')) return -errno.EPERM;
    const maxEntries = input.u32(layout.maxEntries);
    if (maxEntries > MAX_ELEMENTS) return type === mapType.HASH ? -errno.E2BIG : -errno.ENOMEM;
    const name = readObjectName(input.bytes(layout.name, abiSize.name));
    if (name === null || input.u32(layout.ifindex) !== 0) return -errno.EINVAL;
    const map: MapObject = {
      kind: 'map',
      id: kernel.maps.allocateId(),
      type,
      keySize: input.u32(layout.keySize),
      valueSize: input.u32(layout.valueSize),
      maxEntries,
      flags,
      name,
      values: new Map(),
      programs: new Map(),
      owner: null,
      references: 0,
      users: 0,
    };
    if (!caller.fds.hasRoom) return -errno.EMFILE;
    kernel.maps.add(map);
    return kernel.openFd(caller, map, (flags & MODES) as Access);
  },
};

/** Rows 2 and 3: what a map of this type may look like. */
function checkShape(call: Call, type: number, flags: number): number {
  const { attr: input } = call;
  if ((flags & openFlag.TOKEN_FD) !== 0 && call.caller.fds.get(input.u32(layout.tokenFd)) === undefined) {
    return -errno.EBADF;
  }
  const known = knownFlags.get(type);
  const keySize = input.u32(layout.keySize);
  const valueSize = input.u32(layout.valueSize);
  if (known === undefined || (flags & ~known) !== 0 || (flags & MODES) === MODES) return -errno.EINVAL;
  if ((flags & NUMA_NODE) !== 0 && input.u32(layout.numaNode) !== 0) return -errno.EINVAL;
  const typeInfo =
    input.u32(layout.btfKeyType) | input.u32(layout.btfValueType) | input.u32(layout.btfVmlinuxValueType);
  if (typeInfo !== 0 && !isTyped(call)) return -errno.EINVAL;
  if (input.u64(layout.extra) !== 0 || input.u64(layout.exclusiveHash) !== 0) return -errno.EINVAL;
  if (keySize === 0 || valueSize === 0 || input.u32(layout.maxEntries) === 0) return -errno.EINVAL;
  if (type !== mapType.HASH && keySize !== 4) return -errno.EINVAL;
  if (type === mapType.PROG_ARRAY && valueSize !== 4) return -errno.EINVAL;
  return keySize + valueSize > MAX_VALUE ? -errno.E2BIG : 0;
}

/** Whether types of key and value come with a BTF object; which types they are is not kept. */
function isTyped(call: Call): boolean {
  const object = call.caller.fds.get(call.attr.u32(layout.btfFd));
  return object?.kind === 'btf' && call.attr.u32(layout.btfVmlinuxValueType) === 0;
}
