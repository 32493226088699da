import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { mapType } from '../../abi/map-type.js';
import { openFlag } from '../../abi/open-flag.js';
import type { Call, Command } from '../call.js';
import { mapByFd, programByFd } from '../lookup.js';
import { keyAfter, keyBytes, keyText } from '../map-keys.js';
import type { MapObject } from '../objects/map.js';
import { admits } from '../program-array.js';

const layout = attr.mapElement;
const NOEXIST = 1;
const EXIST = 2;
const LOCK = 4;

/** MAP_LOOKUP_ELEM (spec 15.4). */
export const mapLookup: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, memory } = call;
    if ((input.u64(layout.flags) & ~LOCK) !== 0 || input.u64(layout.flags) > LOCK) return -errno.EINVAL;
    const map = openMap(call, openFlag.WRONLY);
    if (typeof map === 'number') return map;
    if (input.u64(layout.flags) !== 0) return -errno.EINVAL;
    const key = memory.read(input.u64(layout.key), map.keySize);
    if (key === null) return -errno.EFAULT;
    if (!hasValue(map, key)) return -errno.ENOENT;
    const address = input.u64(layout.value);
    if (!memory.reaches(address, map.valueSize)) return -errno.EFAULT;
    memory.write(address, valueAt(map, key));
    return 0;
  },
};

/** MAP_UPDATE_ELEM (spec 15.4). */
export const mapUpdate: Command = {
  end: layout.end,
  run(call) {
    const { attr: input, memory } = call;
    const map = openMap(call, openFlag.RDONLY);
    if (typeof map === 'number') return map;
    if (map.frozen) return -errno.EPERM;
    const flags = input.u64(layout.flags);
    if ((flags & LOCK) !== 0) return -errno.EINVAL;
    const key = memory.read(input.u64(layout.key), map.keySize);
    if (key === null) return -errno.EFAULT;
    const value = memory.read(input.u64(layout.value), map.valueSize);
    if (value === null) return -errno.EFAULT;
    switch (map.type) {
      case mapType.PROG_ARRAY:
        return putProgram(call, map, flags, indexOf(key), indexOf(value));
      case mapType.ARRAY:
        if (flags > EXIST) return -errno.EINVAL;
        if (indexOf(key) >= map.maxEntries) return -errno.E2BIG;
        if (flags === NOEXIST) return -errno.EEXIST;
        break;
      default: {
        if (flags > EXIST) return -errno.EINVAL;
        const present = map.values.has(keyText(key));
        if (present && flags === NOEXIST) return -errno.EEXIST;
        if (!present && flags === EXIST) return -errno.ENOENT;
        if (!present && map.values.size >= map.maxEntries) return -errno.E2BIG;
      }
    }
    map.values.set(keyText(key), value);
    return 0;
  },
};

/** MAP_DELETE_ELEM (spec 15.4). */
export const mapDelete: Command = {
  end: 16,
  run(call) {
    const map = openMap(call, openFlag.RDONLY);
    if (typeof map === 'number') return map;
    if (map.frozen) return -errno.EPERM;
    const key = call.memory.read(call.attr.u64(layout.key), map.keySize);
    if (key === null) return -errno.EFAULT;
    if (map.type === mapType.ARRAY) return -errno.EINVAL;
    if (map.type === mapType.HASH) return map.values.delete(keyText(key)) ? 0 : -errno.ENOENT;
    const index = indexOf(key);
    if (index >= map.maxEntries) return -errno.E2BIG;
    const program = map.programs.get(index);
    if (program === undefined) return -errno.ENOENT;
    map.programs.delete(index);
    call.kernel.release(program);
    return 0;
  },
};

/** MAP_GET_NEXT_KEY (spec 15.4). */
export const mapNextKey: Command = {
  end: 24,
  run(call) {
    const { attr: input, memory } = call;
    const map = openMap(call, openFlag.WRONLY);
    if (typeof map === 'number') return map;
    const address = input.u64(layout.key);
    const key = address === 0 ? null : memory.read(address, map.keySize);
    if (address !== 0 && key === null) return -errno.EFAULT;
    const next = map.type === mapType.HASH ? keyAfter(map, key) : indexAfter(map, key);
    if (next === null) return -errno.ENOENT;
    return memory.write(input.u64(layout.value), next) ? 0 : -errno.EFAULT;
  },
};

/** The map of a call, unless its fd was opened in a way that forbids what is wanted. */
function openMap(call: Call, forbidden: number): MapObject | number {
  const fd = call.attr.u32(layout.mapFd);
  const map = mapByFd(call, fd);
  if (typeof map === 'number') return map;
  return call.caller.fds.access(fd) === forbidden ? -errno.EPERM : map;
}

function putProgram(call: Call, map: MapObject, flags: number, index: number, fd: number): number {
  if (flags !== 0) return -errno.EINVAL;
  if (index >= map.maxEntries) return -errno.E2BIG;
  const program = programByFd(call, fd);
  if (typeof program === 'number') return program;
  if (!admits(map, program)) return -errno.EINVAL;
  map.owner ??= { type: program.type, expectedAttachType: program.expectedAttachType };
  const old = map.programs.get(index);
  map.programs.set(index, call.kernel.acquire(program));
  if (old !== undefined) call.kernel.release(old);
  return 0;
}

function hasValue(map: MapObject, key: Uint8Array): boolean {
  if (map.type === mapType.HASH) return map.values.has(keyText(key));
  return map.type === mapType.ARRAY ? indexOf(key) < map.maxEntries : map.programs.has(indexOf(key));
}

/** The value of a key that has one; a program array shows the id of its program. */
function valueAt(map: MapObject, key: Uint8Array): Uint8Array {
  const program = map.programs.get(indexOf(key));
  if (program !== undefined) return keyBytes(program.id);
  return map.values.get(keyText(key)) ?? new Uint8Array(map.valueSize);
}

function indexAfter(map: MapObject, key: Uint8Array | null): Uint8Array | null {
  const index = key === null ? map.maxEntries : indexOf(key);
  if (index >= map.maxEntries) return keyBytes(0);
  return index === map.maxEntries - 1 ? null : keyBytes(index + 1);
}

function indexOf(bytes: Uint8Array): number {
  if (bytes.length < 4) return -1;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
