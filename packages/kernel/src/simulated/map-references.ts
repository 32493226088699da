import { attr } from '../abi/attr.js';
import { errno } from '../abi/errno.js';
import { mapType } from '../abi/map-type.js';
import { abiSize } from '../abi/size.js';
import type { Call } from './call.js';
import { instruction } from './instruction.js';
import { mapByFd } from './lookup.js';
import type { MapObject } from './objects/map.js';

const layout = attr.progLoad;
const MAX_MAPS = 64;

/** Maps that a counted array of fds names, whether or not instructions use them (spec 15.1 #13). */
export function mapsNamedByFdArray(call: Call): readonly MapObject[] | number {
  const { attr: input, memory, caller } = call;
  const maps = new Set<MapObject>();
  const count = input.u32(layout.fdArrayCount);
  if (count === 0) return [];
  const bytes = memory.read(input.u64(layout.fdArray), 4 * count);
  if (bytes === null) return -errno.EFAULT;
  const fds = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const object = caller.fds.get(fds.getUint32(4 * i, true));
    if (object === undefined) return -errno.EBADF;
    if (object.kind !== 'map' && object.kind !== 'btf') return -errno.EINVAL;
    if (object.kind === 'map') maps.add(object);
    if (maps.size > MAX_MAPS) return -errno.E2BIG;
  }
  return [...maps];
}

/**
 * Maps that loads of 64-bit numbers name (spec 15.1 #15), and the instructions with the ids of those maps in the place
 * of their fds, as info shows them (spec 15.5.1).
 */
export function mapsOfInstructions(
  call: Call,
  given: Uint8Array,
): { readonly maps: readonly MapObject[]; readonly instructions: Uint8Array } | number {
  const instructions = given.slice();
  const view = new DataView(instructions.buffer);
  const maps = new Set<MapObject>();
  for (let at = 0; at < instructions.length; at += abiSize.instruction) {
    if (instructions[at] !== instruction.LOAD_IMMEDIATE_64) continue;
    if (at + 2 * abiSize.instruction > instructions.length) return -errno.EINVAL;
    const registers = instructions[at + 1]!;
    const map = mapOfLoad(call, registers >> 4, view.getUint32(at + 4, true));
    if (typeof map === 'number') return map;
    if (map !== null) {
      maps.add(map);
      const direct =
        registers >> 4 === instruction.MAP_VALUE || registers >> 4 === instruction.MAP_INDEX_VALUE;
      const refused = direct ? checkDirectValue(map, view.getUint32(at + 12, true)) : 0;
      if (refused !== 0) return refused;
      const source = direct ? instruction.MAP_VALUE : instruction.MAP_FD;
      view.setUint8(at + 1, (registers & 0xf) | (source << 4));
      view.setUint32(at + 4, map.id, true);
    }
    at += abiSize.instruction;
  }
  return maps.size > MAX_MAPS ? -errno.E2BIG : { maps: [...maps], instructions };
}

/** Whether a program may hold the address of a byte of a map's value (spec 15.1.2 #4). */
function checkDirectValue(map: MapObject, offset: number): number {
  if (map.type !== mapType.ARRAY) return -errno.EINVAL;
  if (map.maxEntries !== 1) return -errno.ENOTSUPP;
  return offset < map.valueSize ? 0 : -errno.EINVAL;
}

function mapOfLoad(call: Call, source: number, immediate: number): MapObject | null | number {
  switch (source) {
    case instruction.MAP_FD:
    case instruction.MAP_VALUE:
      return mapByFd(call, immediate);
    case instruction.MAP_INDEX:
    case instruction.MAP_INDEX_VALUE: {
      const array = call.attr.u64(layout.fdArray);
      if (array === 0) return -errno.EPROTO;
      const bytes = call.memory.read(array + 4 * immediate, 4);
      if (bytes === null) return -errno.EFAULT;
      return mapByFd(call, new DataView(bytes.buffer).getUint32(0, true));
    }
    default:
      return null;
  }
}
