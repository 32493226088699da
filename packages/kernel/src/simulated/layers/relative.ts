import type { Refusal, Relative, RelativeResolver } from '@mprog/core';
import { errno, errnoName } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import type { Call } from '../call.js';
import { linkByFd, linkById, programByFd, programById } from '../lookup.js';

/**
 * How the engine gets at the relative object of a request (spec 4.2).
 *
 * @param type program type that the object must have; any when absent
 */
export function relativeOf(
  call: Call,
  flags: number,
  relative: number,
  type: number | undefined,
): Relative | RelativeResolver {
  if (relative === 0 && (flags & (flag.ID | flag.LINK)) === 0) return 0;
  return () => resolve(call, flags, relative, type);
}

function resolve(call: Call, flags: number, relative: number, type: number | undefined): Relative | Refusal {
  const byId = (flags & flag.ID) !== 0;
  if ((flags & flag.LINK) !== 0) {
    if (!byId && relative === 0) return 'EINVAL';
    const link = byId ? linkById(call, relative) : linkByFd(call, relative);
    if (typeof link === 'number') return refusalOf(link);
    return type === undefined || link.program.type === type ? -link.id : 'EINVAL';
  }
  const program = byId ? programById(call, relative) : programByFd(call, relative);
  if (typeof program === 'number') return refusalOf(program);
  return type === undefined || program.type === type ? program.id : 'EINVAL';
}

function refusalOf(failure: number): Refusal {
  return errnoName(-failure) as Refusal;
}

/** The error number, negated, of a refusal of the engine. */
export function failureOf(refusal: Refusal): number {
  return -errno[refusal];
}
