import type { Chain } from './chain.js';
import { invalidArgument, MprogError, textOf } from './errors.js';
import { isRefusal, type Refusal } from './refusal.js';

/**
 * The relative object of a request: a program's handle, the negated handle of a link, or 0 for none.
 *
 * A program matches the slot it is in, attached directly or through a link; a link matches only the slot it owns
 * (spec 4.3).
 */
export type Relative = number;

/**
 * A relative object that must first be looked up. The function is called once, exactly where the specification resolves
 * it (spec 4.1 #3, 5.1 #4), and not at all if the request is refused before. It must not change the chain.
 */
export type RelativeResolver = () => Relative | Refusal;

/**
 * @internal Calls the host's look-up and checks what it gave.
 *
 * @throws {MprogError} `ERR_INVALID_ARGUMENT` for an answer that is neither, `ERR_REENTERED` when it changed the chain.
 */
export function resolveRelative(
  operation: string,
  chain: Chain,
  resolve: RelativeResolver,
): Relative | Refusal {
  const revision = chain.revision;
  const relative = resolve();
  if (chain.revision !== revision) {
    throw new MprogError(
      'ERR_REENTERED',
      `${operation}: the chain was changed while the relative object was looked up`,
    );
  }
  if (!isRefusal(relative) && !isRelative(relative)) throw wrongRelative(operation, relative);
  return relative;
}

/** @internal */
export function isRelative(value: unknown): value is Relative {
  return typeof value === 'number' && (value | 0) === value && value !== -0x8000_0000;
}

/** @internal */
export function wrongRelative(operation: string, value: unknown): MprogError {
  return invalidArgument(
    operation,
    `relative must be a program handle, a negated link handle or 0, got ${textOf(value)}`,
  );
}

/** @internal The index of a relative object, -1 when it is not on the chain or there is none. */
export function indexOfRelative(chain: Chain, relative: Relative): number {
  return relative < 0 ? chain.indexOfLink(-relative) : chain.indexOfProgram(relative);
}
