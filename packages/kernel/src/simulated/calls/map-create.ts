import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { mapType } from '../../abi/map-type.js';
import { openFlag } from '../../abi/open-flag.js';
import { abiSize } from '../../abi/size.js';
import { type Call, type Command, isCapable } from '../call.js';
import { btfByFd } from '../lookup.js';
import { readObjectName } from '../object-name.js';
import type { Access } from '../objects/fd-table.js';
import type { MapObject, MapTypeInfo } from '../objects/map.js';

const layout = attr.mapCreate;
const NUMA_NODE = 4;
const MODES = openFlag.RDONLY | openFlag.WRONLY;
const ANY_NODE = 0xffff_ffff;
const MAX_ARRAY_VALUE = 0x7fff_ffff;
/** Key and value of a hash together are smaller than this. */
const MAX_HASH_ELEMENT = 4_194_256;
const MAX_HASH_ENTRIES = 0x800_0000;
/** More than this are refused as the kernel does when memory runs out. */
const MAX_ARRAY_ENTRIES = 0x1000_0000;

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
    const flags = input.u32(layout.flags) & ~openFlag.TOKEN_FD;
    const wrong = checkShape(call, type, flags);
    if (wrong !== 0) return wrong;
    if ((input.u32(layout.flags) & openFlag.TOKEN_FD) !== 0) {
      return caller.fds.get(input.u32(layout.tokenFd)) === undefined ? -errno.EBADF : -errno.EINVAL;
    }
    if (!isCapable(call, 'CAP_BPF')) return -errno.EPERM;
    if (input.u32(layout.ifindex) !== 0) return -errno.EINVAL;
    const maxEntries = input.u32(layout.maxEntries);
    if (type === mapType.HASH && maxEntries > MAX_HASH_ENTRIES) return -errno.E2BIG;
    if (type !== mapType.HASH && maxEntries > MAX_ARRAY_ENTRIES) return -errno.ENOMEM;
    const name = readObjectName(input.bytes(layout.name, abiSize.name));
    if (name === null) return -errno.EINVAL;
    const typeInfo = readTypeInfo(call);
    if (typeof typeInfo === 'number') return typeInfo;
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
      typeInfo,
      frozen: false,
      references: 0,
      users: 0,
    };
    if (!caller.fds.hasRoom) return -errno.EMFILE;
    kernel.addMap(map);
    return kernel.openFd(caller, map, (flags & MODES) as Access);
  },
};

/** Rows 2 and 3: what a map of this type may look like. */
function checkShape(call: Call, type: number, flags: number): number {
  const { attr: input } = call;
  const known = knownFlags.get(type);
  const keySize = input.u32(layout.keySize);
  const valueSize = input.u32(layout.valueSize);
  if (known === undefined || (flags & ~known) !== 0 || (flags & MODES) === MODES) return -errno.EINVAL;
  const node = input.u32(layout.numaNode);
  if ((flags & NUMA_NODE) !== 0 && node !== 0 && node !== ANY_NODE) return -errno.EINVAL;
  if (input.u32(layout.btfVmlinuxValueType) !== 0) return -errno.EINVAL;
  if (input.u32(layout.btfKeyType) !== 0 && input.u32(layout.btfValueType) === 0) return -errno.EINVAL;
  if (input.u64(layout.extra) !== 0 || input.u64(layout.exclusiveHash) !== 0) return -errno.EINVAL;
  if (keySize === 0 || valueSize === 0 || input.u32(layout.maxEntries) === 0) return -errno.EINVAL;
  if (type === mapType.HASH) return keySize + valueSize < MAX_HASH_ELEMENT ? 0 : -errno.E2BIG;
  if (keySize !== 4 || (type === mapType.PROG_ARRAY && valueSize !== 4)) return -errno.EINVAL;
  return valueSize <= MAX_ARRAY_VALUE ? 0 : -errno.E2BIG;
}

/** Types of key and value; whether they fit the sizes is not checked. */
function readTypeInfo(call: Call): MapTypeInfo | null | number {
  const { attr: input } = call;
  const keyType = input.u32(layout.btfKeyType);
  const valueType = input.u32(layout.btfValueType);
  if (valueType === 0) return null;
  const btf = btfByFd(call, input.u32(layout.btfFd));
  return typeof btf === 'number' ? btf : { btf, keyType, valueType };
}
