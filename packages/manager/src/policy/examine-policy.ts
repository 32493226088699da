import { checkObjects } from './check-objects.js';
import type { Policy } from './policy.js';
import type { PolicyProblem } from './policy-problem.js';
import { policyRefusal } from './policy-refusal.js';
import type { PolicySource } from './policy-source.js';
import { readPolicy } from './read-policy.js';
import { type HostLook, type ResolvedHook, resolveHooks } from './resolve-hooks.js';

/** A policy and the hooks that it means on a host. */
export interface ExaminedPolicy {
  /** Null where the file itself has errors. */
  readonly policy: Policy | null;
  readonly hooks: readonly ResolvedHook[];
  /** By their places in the file. */
  readonly problems: readonly PolicyProblem[];
}

/**
 * Finds everything that is wrong with a policy on a host. Hooks are looked for, and object files read for those that are
 * there, once the file itself has no error.
 *
 * @param look the host; null to look at the file alone
 */
export function examinePolicy(look: HostLook | null, source: PolicySource): ExaminedPolicy {
  const { policy, problems } = readPolicy(source);
  if (policy === null || look === null) return { policy, hooks: [], problems };
  const found = resolveHooks(look, policy);
  const objects = checkObjects(look, policy, found.hooks);
  const all = [...problems, ...found.problems, ...objects].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  return { policy, hooks: found.hooks, problems: all };
}

/**
 * Reads a policy that is to be planned, without looking at the host.
 *
 * @returns the policy and its warnings
 * @throws MprogError `ERR_POLICY` when there is an error; `data.problems` has all of them
 */
export function requirePolicy(source: PolicySource): {
  readonly policy: Policy;
  readonly problems: readonly PolicyProblem[];
} {
  const { policy, problems } = readPolicy(source);
  if (policy === null) throw policyRefusal(source.file, problems);
  return { policy, problems };
}
