import { type Chain, FOUND, isHandle, isHandleOrNone } from './chain.js';
import { checkObject, invalidArgument, textOf } from './errors.js';
import { agreePosition, UNFIXED } from './position.js';
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

/**
 * For `AttachRequest.replace`: the replace directive is given, but names a program that can be in no slot. A link that
 * is being created and carries the directive is such a case (spec 8.4).
 */
export const ABSENT = -1;

/** One attach (spec 4). A flag or handle that is absent counts as not given. */
export interface AttachRequest {
  /** Handle of the program, 1 to 2^31 - 1. */
  readonly program: number;
  /** Handle of the link that will own the slot; 0 or absent for a direct attachment. */
  readonly link?: number;
  /**
   * The replace directive: handle of the program whose place is taken, or {@link ABSENT}; 0 or absent for none. With
   * `link` the slot must be owned by that very link, which is how a link is updated to another program.
   */
  readonly replace?: number;
  /** The directive before: directly before the relative object, or first. */
  readonly before?: boolean;
  /** The directive after: directly after the relative object, or last. */
  readonly after?: boolean;
  /** The relative object of `before` and `after`. */
  readonly relative?: Relative | RelativeResolver;
  /** Some further flag is set (by id, by link, an unknown one), which needs a directive to go with (spec 4.1 #9). */
  readonly qualified?: boolean;
  /** The revision that the chain must have; 0 or absent for any. */
  readonly expectedRevision?: ExpectedRevision;
}

const OPERATION = 'attach program';

/**
 * Attaches a program to a chain, or puts it in the place of another (spec 4).
 *
 * @returns the index, from 0, at which the program stands, or the first refusal in the order of spec 4.1; a refused
 *   request changes nothing.
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` for values of a wrong kind and for a link that owns another slot of the
 *   chain already; `EOVERFLOW` when the revision cannot grow any more.
 *
 * @example
 * const chain = new Chain();
 * attach(chain, { program: 1 }); // 0
 * attach(chain, { program: 2, before: true, relative: 1 }); // 0
 * attach(chain, { program: 2 }); // 'EEXIST'
 */
export function attach(chain: Chain, request: AttachRequest): number | Refusal {
  checkObject(OPERATION, 'request', request);
  // Taken apart here, in a function small enough to be compiled into its caller: the literal that a caller writes is
  // then never allocated.
  const { program, link = 0, replace = 0, before = false, after = false } = request;
  const { relative = 0, qualified = false, expectedRevision = 0 } = request;
  if (typeof relative === 'function') {
    return attachResolved(
      chain,
      program,
      link,
      replace,
      before,
      after,
      qualified,
      expectedRevision,
      relative,
    );
  }
  return attachProgram(chain, program, link, replace, before, after, qualified, expectedRevision, relative);
}

/** {@link attach} for a relative object that is looked up. */
function attachResolved(
  chain: Chain,
  program: number,
  link: number,
  replace: number,
  before: boolean,
  after: boolean,
  qualified: boolean,
  expectedRevision: ExpectedRevision,
  resolve: RelativeResolver,
): number | Refusal {
  checkHandles(program, link, replace);
  if (isStale(OPERATION, chain.revision, expectedRevision)) return 'ESTALE';
  if (chain.indexOfProgram(program) >= 0) return 'EEXIST';
  const relative = resolveRelative(OPERATION, chain, resolve);
  if (typeof relative === 'string') return relative;
  return attachProgram(chain, program, link, replace, before, after, qualified, 0, relative);
}

/** @internal {@link attach}, taken apart. */
export function attachProgram(
  chain: Chain,
  program: number,
  link: number,
  replace: number,
  before: boolean,
  after: boolean,
  qualified: boolean,
  expectedRevision: ExpectedRevision,
  relative: Relative,
): number | Refusal {
  if (!isHandle(program) || !isHandleOrNone(link) || !isHandleOrNone(replace)) {
    checkHandles(program, link, replace);
  }
  if (!isRelative(relative)) throw wrongRelative(OPERATION, relative);
  if (expectedRevision !== 0 && isStale(OPERATION, chain.revision, expectedRevision)) return 'ESTALE';

  // The walk that looks for the program finds one thing more: what is replaced, else the relative object.
  const other = replace === 0 ? relative : replace === ABSENT ? 0 : replace;
  const found = chain.indexBesides(program, other);
  if (found === FOUND) return 'EEXIST';
  const count = chain.count;
  if (replace !== 0) {
    if (found < 0) return 'ENOENT';
    if (chain.linkAt(found) !== link) return 'EBUSY';
  } else if (count >= chain.capacity) {
    return 'ERANGE';
  }
  let position = replace === 0 ? UNFIXED : found;
  if (before || after) {
    const anchorAt = replace === 0 ? found : indexOfRelative(chain, relative);
    const agreed = agreePosition(position, before, after, relative !== 0, anchorAt, count);
    if (typeof agreed === 'string') return agreed;
    position = agreed;
  } else if (replace === 0) {
    if (relative !== 0 || qualified) return 'EINVAL';
    position = count;
  }

  if (replace !== 0) {
    chain.replaceAt(found, program);
    return found;
  }
  if (link !== 0 && chain.indexOfLink(link) >= 0) {
    throw invalidArgument(OPERATION, `link ${link} owns a slot of this chain already`, { link });
  }
  const index = before ? position + 1 : position;
  chain.insertAt(index, program, link);
  return index;
}

function checkHandles(program: number, link: number, replace: number): void {
  if (!isHandle(program)) throw wrongHandle('program', program);
  if (link !== 0 && !isHandle(link)) throw wrongHandle('link', link);
  if (replace !== 0 && replace !== ABSENT && !isHandle(replace)) throw wrongHandle('replace', replace);
}

function wrongHandle(argument: string, value: unknown): Error {
  return invalidArgument(
    OPERATION,
    `${argument} must be a handle from 1 to 2147483647, got ${textOf(value)}`,
  );
}
