import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { type Chain, describeDifference } from '../host/chain.js';
import { refusal } from '../manager-error.js';

const ATTEMPTS = 10;

/**
 * Plans and acts until the chain does not change in between: at most ten times, with a growing pause.
 *
 * @param plan reads the chain and plans on it; the first plan may be given
 * @param act throws an error with code `ESTALE` when the chain is another one by then
 * @param replan false: the first `ESTALE` is final, since the caller named the revision
 * @throws MprogError `ESTALE` with what somebody else changed
 */
export function guarded<Plan extends { readonly chain: Chain }, Result>(
  context: Context,
  operation: string,
  firstPlan: Plan,
  plan: () => Plan,
  act: (plan: Plan) => Result,
  replan: boolean,
): Result {
  let current = firstPlan;
  for (let attempt = 1; ; attempt++) {
    try {
      return act(current);
    } catch (error) {
      if (!isErrno(error, 'ESTALE') || !replan) throw error;
      if (attempt === ATTEMPTS) throw gaveUp(operation, firstPlan.chain, plan().chain, error);
      // Others need the lock for some 8 ms each; a random pause lets one of several win.
      context.pause(Math.random() * Math.min(2 ** attempt, 64));
      current = plan();
    }
  }
}

/**
 * Checks the revision that the caller expects.
 *
 * @throws MprogError `ERR_INVALID_ARGUMENT`, `ESTALE`
 */
export function checkRevision(expected: number | bigint | undefined, chain: Chain, operation: string): void {
  if (expected === undefined) return;
  const valid =
    typeof expected === 'bigint' ? expected >= 1n : Number.isSafeInteger(expected) && expected >= 1;
  if (!valid) {
    throw refusal('ERR_INVALID_ARGUMENT', operation, `${expected} is no revision (1 or more)`, {
      remedy: 'mprog show HOOK tells the one that the chain has',
    });
  }
  if (BigInt(expected) === BigInt(chain.revision)) return;
  const why =
    BigInt(expected) < BigInt(chain.revision)
      ? 'somebody changed the chain since it was read'
      : 'the chain has not come that far, or was emptied since and began again';
  throw refusal('ESTALE', operation, `revision is ${chain.revision}, expected ${expected}`, {
    remedy: `${why}; look at it and name the revision that you find`,
    data: { expected: String(expected), found: String(chain.revision) },
  });
}

function gaveUp(operation: string, first: Chain, last: Chain, cause: unknown): Error {
  const difference = describeDifference(first.members, last.members) ?? 'the members are the same again';
  return refusal('ESTALE', operation, `the chain changed during each of ${ATTEMPTS} attempts`, {
    remedy: `meanwhile ${difference}`,
    data: { expected: String(first.revision), found: String(last.revision) },
    cause,
  });
}
