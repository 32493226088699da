import { type Chain, isHandle, isHandleOrNone } from './chain.js';
import { checkObject, invalidArgument, textOf } from './errors.js';
import { agreePosition, slotOfPosition, UNFIXED } from './position.js';
import type { Refusal } from './refusal.js';
import {
  indexOfRelative,
  isRelative,
  type Relative,
  type RelativeResolver,
  resolveRelative,
  wrongRelative,
} from './relative.js';
import { type ExpectedRevision, isStale } from './revision.js';

/** One detach (spec 5). A flag or handle that is absent counts as not given. */
export interface DetachRequest {
  /** Handle of the program to detach; 0 or absent to select a slot by position. */
  readonly program?: number;
  /** Handle of the link that detaches itself; goes with `program`, the one it holds. */
  readonly link?: number;
  /** The replace directive; always refused. */
  readonly replace?: boolean;
  /** The directive before: the slot directly before the relative object, or the first. */
  readonly before?: boolean;
  /** The directive after: the slot directly after the relative object, or the last. */
  readonly after?: boolean;
  /** The relative object of `before` and `after`. */
  readonly relative?: Relative | RelativeResolver;
  /** Some further flag is set (by id, by link, an unknown one), which needs a position to go with (spec 5.1 #11). */
  readonly qualified?: boolean;
  /** The revision that the chain must have; 0 or absent for any. */
  readonly expectedRevision?: ExpectedRevision;
}

const OPERATION = 'detach program';

/**
 * Detaches one program from a chain (spec 5).
 *
 * A slot that a link owns goes only on the request of that very link, so the owner of what was removed is always the
 * `link` of the request: none without it.
 *
 * As in the kernel a full chain refuses, with `ERANGE`, to detach its last program by position (spec 5.2).
 *
 * @returns the handle of the program that was removed, or the first refusal in the order of spec 5.1; a refused request
 *   changes nothing.
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` for values of a wrong kind and for a link without its program;
 *   `EOVERFLOW` when the revision cannot grow any more.
 *
 * @example
 * detach(chain, { program: 2 }); // 2
 * detach(chain, { before: true }); // the handle of the first one
 */
export function detach(chain: Chain, request: DetachRequest = {}): number | Refusal {
  checkObject(OPERATION, 'request', request);
  // Taken apart here for the same reason as in `attach`.
  const { program = 0, link = 0, replace = false, before = false, after = false } = request;
  const { relative = 0, qualified = false, expectedRevision = 0 } = request;
  if (replace === true || typeof relative === 'function') {
    return detachSlowly(chain, program, link, replace, before, after, qualified, expectedRevision, relative);
  }
  return detachProgram(chain, program, link, before, after, qualified, expectedRevision, relative);
}

function detachSlowly(
  chain: Chain,
  program: number,
  link: number,
  replace: boolean,
  before: boolean,
  after: boolean,
  qualified: boolean,
  expectedRevision: ExpectedRevision,
  relative: Relative | RelativeResolver,
): number | Refusal {
  checkHandles(program, link);
  if (typeof relative !== 'function' && !isRelative(relative)) throw wrongRelative(OPERATION, relative);
  const stale = isStale(OPERATION, chain.revision, expectedRevision);
  if (replace) return 'EINVAL';
  if (stale) return 'ESTALE';
  if (chain.count === 0) return 'ENOENT';
  const resolved = typeof relative === 'function' ? resolveRelative(OPERATION, chain, relative) : relative;
  if (typeof resolved === 'string') return resolved;
  return detachProgram(chain, program, link, before, after, qualified, 0, resolved);
}

/** @internal {@link detach}, taken apart. */
export function detachProgram(
  chain: Chain,
  program: number,
  link: number,
  before: boolean,
  after: boolean,
  qualified: boolean,
  expectedRevision: ExpectedRevision,
  relative: Relative,
): number | Refusal {
  if (!isHandleOrNone(program) || !isHandleOrNone(link) || program === 0) checkHandles(program, link);
  if (!isRelative(relative)) throw wrongRelative(OPERATION, relative);
  if (expectedRevision !== 0 && isStale(OPERATION, chain.revision, expectedRevision)) return 'ESTALE';
  const count = chain.count;
  if (count === 0) return 'ENOENT';

  let position = UNFIXED;
  if (program !== 0) {
    position = chain.indexOfProgram(program);
    if (position < 0) return 'ENOENT';
    if (chain.linkAt(position) !== link) return 'EBUSY';
  }
  if (before || after) {
    const anchorAt = indexOfRelative(chain, relative);
    const agreed = agreePosition(position, before, after, relative !== 0, anchorAt, count);
    if (typeof agreed === 'string') return agreed;
    position = agreed;
  } else if (position === UNFIXED) {
    if (relative !== 0 || qualified) return 'EINVAL';
    position = count;
  }
  if (position >= chain.capacity) return 'ERANGE';

  const slot = slotOfPosition(position, count);
  // A slot found by its program was looked at above.
  const removed = program !== 0 ? program : chain.programAt(slot);
  if (program === 0 && chain.linkAt(slot) !== link) return 'EBUSY';
  chain.removeAt(slot);
  return removed;
}

function checkHandles(program: number, link: number): void {
  if (program !== 0 && !isHandle(program)) throw wrongHandle('program', program);
  if (link !== 0 && !isHandle(link)) throw wrongHandle('link', link);
  if (link !== 0 && program === 0) {
    throw invalidArgument(OPERATION, `link ${link} is given without the program that it holds`, { link });
  }
}

function wrongHandle(argument: string, value: unknown): Error {
  return invalidArgument(
    OPERATION,
    `${argument} must be a handle from 1 to 2147483647, got ${textOf(value)}`,
  );
}
