import { MprogError } from '@mprog/core';
import type { CallMemory } from './call-memory.js';

/**
 * Writes an expected revision into the attr.
 *
 * @param revision 0 for "do not check"; a number up to 2^53 - 1, or a bigint of 64 bits
 * @throws MprogError `ERR_INVALID_ARGUMENT` for anything else, since a rounded revision would guard against the wrong state
 */
export function writeRevision(memory: CallMemory, field: number, revision: number | bigint): void {
  if (typeof revision === 'bigint') {
    if (revision < 0n || revision > 0xffff_ffff_ffff_ffffn) throw refusal(revision);
    memory.arena.view.setBigUint64(memory.attr + field, revision, true);
    return;
  }
  if (!Number.isSafeInteger(revision) || revision < 0) throw refusal(revision);
  memory.arena.setUint64(memory.attr + field, revision);
}

function refusal(revision: number | bigint): MprogError {
  return new MprogError(
    'ERR_INVALID_ARGUMENT',
    `guard a change: ${revision} is no revision (0 to 2^53 - 1, or a bigint of 64 bits)`,
  );
}
