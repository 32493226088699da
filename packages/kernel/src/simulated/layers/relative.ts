import type { Refusal, Relative, RelativeResolver } from '@mprog/core';
import { errno, errnoName } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import type { Call } from '../call.js';
import { type Failure, linkByFd, linkById, programByFd, programById } from '../lookup.js';
import type { LinkObject } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';

/** Whether a request names a relative object, though perhaps none that can be found. */
export function hasRelative(flags: number, relative: number): boolean {
  return relative !== 0 || (flags & (flag.ID | flag.LINK)) !== 0;
}

/** The relative object that a request names, of whatever type (spec 4.2, 10.3.1 #2). */
export function relativeObject(
  call: Call,
  flags: number,
  relative: number,
): ProgramObject | LinkObject | Failure {
  const byId = (flags & flag.ID) !== 0;
  if ((flags & flag.LINK) !== 0) {
    if (!byId && relative === 0) return -errno.EINVAL;
    return byId ? linkById(call, relative) : linkByFd(call, relative);
  }
  return byId ? programById(call, relative) : programByFd(call, relative);
}

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
  if (!hasRelative(flags, relative)) return 0;
  return () => {
    const object = relativeObject(call, flags, relative);
    if (typeof object === 'number') return errnoName(-object) as Refusal;
    const isLink = object.kind === 'link';
    const program = isLink ? object.program : object;
    if (type !== undefined && program.type !== type) return 'EINVAL';
    return isLink ? -object.id : object.id;
  };
}

/** The error number, negated, of a refusal of the engine. */
export function failureOf(refusal: Refusal): number {
  return -errno[refusal];
}
