import { MprogError } from '@mprog/core';
import type { ObjectMap } from './object-map.js';

/** The error for a map that the object does not have. */
export function noSuchMap(object: string, name: string, maps: readonly ObjectMap[]): MprogError {
  const names = maps.map((map) => map.name);
  const has = names.length === 0 ? 'the object has no maps' : `it has ${names.join(', ')}`;
  return new MprogError('ENOENT', `load ${object}: no such map as ${name} (ENOENT); ${has}`, {
    data: { maps: names },
  });
}

/** The error for a map that can't be used in the place of one that the object asks for. */
export function unfitMap(object: string, name: string, reason: string): MprogError {
  return new MprogError('EINVAL', `load ${object}: map ${name} can't be reused: ${reason} (EINVAL)`, {
    data: { map: name },
  });
}
