import type { MapObject } from './objects/map.js';

/** A key as text, by which a map's values are kept. */
export function keyText(key: Uint8Array): string {
  return Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A 32-bit index as key. */
export function keyBytes(index: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, index, true);
  return bytes;
}

/** The key of a hash that follows another one, or the first for one that is not there; null behind the last. */
export function keyAfter(map: MapObject, key: Uint8Array | null): Uint8Array | null {
  const keys = [...map.values.keys()];
  const next = keys[key === null ? 0 : keys.indexOf(keyText(key)) + 1];
  return next === undefined
    ? null
    : Uint8Array.from(next.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
