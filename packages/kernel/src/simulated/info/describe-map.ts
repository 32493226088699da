import { errno } from '../../abi/errno.js';
import { info } from '../../abi/info.js';
import { mapType } from '../../abi/map-type.js';
import { abiSize } from '../../abi/size.js';
import type { Call } from '../call.js';
import { keyBytes, keyText } from '../map-keys.js';
import type { MapObject } from '../objects/map.js';
import { sha256 } from '../sha256.js';
import { readPointer } from './read-pointer.js';
import { writeName } from './write-name.js';

const layout = info.map;
const HASH_SIZE = 32;
const MAX_HASHED = 16 * 1024 * 1024;

/** Fills in map info (spec 15.5.2). */
export function describeMap(call: Call, map: MapObject, view: DataView): number {
  const hash = view.getUint32(layout.hash, true) !== 0 || view.getUint32(layout.hash + 4, true) !== 0;
  const hashSize = view.getUint32(layout.hashSize, true);
  if (hash || hashSize !== 0) {
    if (!hash || hashSize !== HASH_SIZE || map.type !== mapType.ARRAY) return -errno.EINVAL;
    if (!map.frozen) return -errno.EPERM;
    const digest = hashOf(map);
    if (digest === null) return -errno.ENOMEM;
    if (!call.memory.write(readPointer(view, layout.hash), digest)) return -errno.EFAULT;
  }
  view.setUint32(layout.type, map.type, true);
  view.setUint32(layout.id, map.id, true);
  view.setUint32(layout.keySize, map.keySize, true);
  view.setUint32(layout.valueSize, map.valueSize, true);
  view.setUint32(layout.maxEntries, map.maxEntries, true);
  view.setUint32(layout.flags, map.flags, true);
  writeName(view, layout.name, map.name, abiSize.name);
  view.setUint32(layout.btfVmlinuxValueType, 0, true);
  if (map.typeInfo !== null) {
    view.setUint32(layout.btfId, map.typeInfo.btf.id, true);
    view.setUint32(layout.btfKeyType, map.typeInfo.keyType, true);
    view.setUint32(layout.btfValueType, map.typeInfo.valueType, true);
  }
  view.setBigUint64(layout.extra, 0n, true);
  view.setUint32(layout.padding, 0, true);
  return 0;
}

/**
 * The SHA-256 of an array's values in order, each filled up with zeros to a multiple of 8 bytes; null for an array of more
 * bytes than are worth laying out here.
 */
function hashOf(map: MapObject): Uint8Array | null {
  const each = Math.ceil(map.valueSize / 8) * 8;
  if (each * map.maxEntries > MAX_HASHED) return null;
  const bytes = new Uint8Array(each * map.maxEntries);
  for (let index = 0; index < map.maxEntries; index++) {
    bytes.set(map.values.get(keyText(keyBytes(index))) ?? [], index * each);
  }
  return sha256(bytes);
}
