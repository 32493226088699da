import { errno } from '../../abi/errno.js';
import { info } from '../../abi/info.js';
import { mapType } from '../../abi/map-type.js';
import { abiSize } from '../../abi/size.js';
import type { MapObject } from '../objects/map.js';
import { writeName } from './write-name.js';

const layout = info.map;
const HASH_SIZE = 32;

/** Fills in map info (spec 15.5.2). No map can be frozen here, so asking for its hash is EPERM at best. */
export function describeMap(map: MapObject, view: DataView): number {
  const hash = view.getUint32(layout.hash, true) !== 0 || view.getUint32(layout.hash + 4, true) !== 0;
  const hashSize = view.getUint32(layout.hashSize, true);
  if (hash || hashSize !== 0) {
    const possible = hash && hashSize === HASH_SIZE && map.type !== mapType.PROG_ARRAY;
    return possible ? -errno.EPERM : -errno.EINVAL;
  }
  view.setUint32(layout.type, map.type, true);
  view.setUint32(layout.id, map.id, true);
  view.setUint32(layout.keySize, map.keySize, true);
  view.setUint32(layout.valueSize, map.valueSize, true);
  view.setUint32(layout.maxEntries, map.maxEntries, true);
  view.setUint32(layout.flags, map.flags, true);
  writeName(view, layout.name, map.name, abiSize.name);
  view.setUint32(layout.btfVmlinuxValueType, 0, true);
  view.setBigUint64(layout.extra, 0n, true);
  view.setUint32(layout.padding, 0, true);
  return 0;
}
