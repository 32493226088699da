import { readFileSync } from 'node:fs';
import type { MapForm } from '../object-map.js';

/**
 * The form of the map that an fd stands for; null for an fd of anything else, undefined for one that is not open.
 *
 * libbpf itself takes what it finds for a map, and would unmap memory by the sizes of one that does not fit.
 */
export function mapForm(fd: number): MapForm | null | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/thread-self/fdinfo/${fd}`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = new Map(text.split('\n').map((line) => line.split(':\t') as [string, string]));
  if (!fields.has('map_type')) return null;
  const number = (name: string) => Number(fields.get(name));
  return {
    type: number('map_type'),
    keySize: number('key_size'),
    valueSize: number('value_size'),
    maxEntries: number('max_entries'),
  };
}
