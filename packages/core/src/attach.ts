import { type Chain, isHandle } from './chain.js';
import { checkObject, invalidArgument, textOf } from './errors.js';
import { agreePosition, UNFIXED } from './position.js';
import type { Refusal } from './refusal.js';
import {
  checkRelative,
  indexOfRelative,
  type Relative,
  type RelativeResolver,
  resolveRelative,
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
  const { program, link = 0, replace = 0, before = false, after = false, relative = 0 } = request;
  checkHandles(program, link, replace);
  const resolver = typeof relative === 'function' ? relative : undefined;
  let anchor = 0;
  if (typeof relative !== 'function') {
    checkRelative(OPERATION, relative);
    anchor = relative;
  }
  if (isStale(OPERATION, chain.revision, request.expectedRevision)) return 'ESTALE';

  if (chain.indexOfProgram(program) >= 0) return 'EEXIST';
  if (resolver !== undefined) {
    const resolved = resolveRelative(OPERATION, chain, resolver);
    if (typeof resolved === 'string') return resolved;
    anchor = resolved;
  }

  const count = chain.count;
  let fixed = UNFIXED;
  if (replace !== 0) {
    fixed = chain.indexOfProgram(replace);
    if (fixed < 0) return 'ENOENT';
    if (chain.linkAt(fixed) !== link) return 'EBUSY';
  } else if (count >= chain.capacity) {
    return 'ERANGE';
  }
  const anchorAt = indexOfRelative(chain, anchor);
  const position = agreePosition(fixed, before, after, anchor !== 0, anchorAt, count);
  if (typeof position === 'string') return position;
  if (position === UNFIXED && (anchor !== 0 || request.qualified === true)) return 'EINVAL';

  if (replace !== 0) {
    chain.replaceAt(fixed, program);
    return fixed;
  }
  if (link !== 0 && chain.indexOfLink(link) >= 0) {
    throw invalidArgument(OPERATION, `link ${link} owns a slot of this chain already`, { link });
  }
  const index = position === UNFIXED ? count : before ? position + 1 : position;
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
