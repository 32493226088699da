import { attr } from '../../abi/attr.js';
import type { Call } from '../call.js';

const layout = attr.progQuery;

/** What PROG_QUERY says of a hook as a whole. */
export interface QueryCounts {
  readonly attachFlags: number;
  /** Null where it is not written. */
  readonly revision: number | null;
  readonly count: number;
}

/**
 * Writes what a query says of a hook as a whole, whether there is room for its entries or not (spec 6 #2, 10.7 #2).
 *
 * @returns false for a fault
 */
export function writeCounts(call: Call, { attachFlags, revision, count }: QueryCounts): boolean {
  const { memory, address } = call;
  return (
    memory.copyU32(address + layout.attachFlags, attachFlags) &&
    (revision === null || memory.copyU64(address + layout.revision, revision)) &&
    memory.copyU32(address + layout.count, count)
  );
}

/**
 * Writes one entry of an array that a query may pass; NULL means that it is not wanted.
 *
 * @param field offset of the pointer to the array in the attr
 * @returns false for a fault
 */
export function writeEntry(call: Call, field: number, index: number, value: number): boolean {
  const array = call.attr.u64(field);
  return array === 0 || call.memory.copyU32(array + 4 * index, value);
}

/** Entries that a query can take: none without an array for program ids (spec 6 #3, 10.7 #3). */
export function queryRoom(call: Call): number {
  return call.attr.u64(layout.programIds) === 0 ? 0 : call.attr.u32(layout.count);
}
