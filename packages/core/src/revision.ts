import { invalidArgument, MprogError, textOf } from './errors.js';

/**
 * The revision that a chain must have, `0`, `0n` or absent for any (spec 3.3).
 *
 * Numbers must be integers from 0 to 2^53 - 1. A bigint may be any unsigned 64-bit number, as it comes from a binary
 * interface; it is compared in full, so one above 2^53 - 1 is simply stale.
 */
export type ExpectedRevision = number | bigint;

const MAX_U64 = 0xffff_ffff_ffff_ffffn;

/**
 * Whether an operation that expects a revision must be refused with `ESTALE` (spec 4.1 #1, 5.1 #2).
 *
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` for a fraction, a negative, unsafe or otherwise unusable number.
 */
export function isStale(
  operation: string,
  revision: number,
  expected: ExpectedRevision | undefined,
): boolean {
  if (expected === undefined || expected === 0) return false;
  if (typeof expected === 'number') {
    if (Number.isSafeInteger(expected) && expected > 0) return expected !== revision;
  } else if (typeof expected === 'bigint' && expected >= 0n && expected <= MAX_U64) {
    return expected !== 0n && expected !== BigInt(revision);
  }
  throw invalidArgument(
    operation,
    `expectedRevision must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${textOf(expected)}`,
    { expectedRevision: expected },
  );
}

/**
 * Takes a revision from a border (JSON carries decimal strings, binary interfaces 64-bit integers) into a number.
 *
 * @throws {MprogError} `EOVERFLOW` above 2^53 - 1, because rounding a revision would let a stale change through;
 *   `ERR_INVALID_ARGUMENT` for anything that is not a non-negative integer.
 */
export function toRevision(value: number | bigint | string): number {
  if (typeof value === 'string' ? !/^\d{1,20}$/.test(value) : !isInteger(value) || value < 0) {
    throw invalidArgument('read revision', `${JSON.stringify(textOf(value))} is not a non-negative integer`);
  }
  const revision = BigInt(value);
  if (revision > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new MprogError(
      'EOVERFLOW',
      `read revision: ${value} is above ${Number.MAX_SAFE_INTEGER}, the largest that is held exactly`,
      { data: { revision } },
    );
  }
  return Number(revision);
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}
