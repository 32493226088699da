import type { Chain } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import type { Claim, Constraint, Entry, Strategy, Wanted } from '../planner/problem.js';
import { bridgeAbsent } from './bridge-absent.js';
import type { HookProblem } from './hook-problem.js';
import { plannerRulesOf } from './planner-rules.js';
import type { MemberReading } from './read-members.js';

/** What a member of a chain is in a problem. */
export type Classification = Pick<Entry, 'key' | 'role' | 'outdated'>;

/** What is asked of a hook, and the words for what is on it. */
export interface ProblemParts {
  readonly hook: FoundHook;
  readonly chain: Chain;
  readonly members: readonly MemberReading[];
  /** One for each member. */
  readonly classes: readonly Classification[];
  readonly wanted: readonly Wanted[];
  readonly constraints: readonly Constraint[];
  readonly first: Claim | null;
  readonly last: Claim | null;
  readonly strategy: Strategy;
  readonly preferred?: readonly Constraint[];
  readonly notes?: readonly string[];
  nameOf(key: string): string;
  pinOf(key: string): string;
}

/** Puts a problem together from what was read of a hook and what is asked of it. */
export function buildProblem(parts: ProblemParts): HookProblem {
  const { hook, chain, members, classes, wanted, strategy } = parts;
  const today = members.map(({ slot, kind, standIn, untold }, index): Entry => {
    const { key, role, outdated } = classes[index]!;
    return {
      slot,
      key,
      kind,
      role,
      standIn,
      outdated: outdated && !standIn,
      ...(untold ? { untold } : {}),
    };
  });
  const present = new Set([...today.map(({ key }) => key), ...wanted.map(({ key }) => key)]);
  const claimed = (claim: Claim | null) => (claim !== null && present.has(claim.key) ? claim : null);
  return {
    hook,
    chain,
    problem: {
      today,
      wanted,
      constraints: bridgeAbsent(parts.constraints, (key) => present.has(key)),
      first: claimed(parts.first),
      last: claimed(parts.last),
      strategy,
      withoutStandIn: {},
      rules: plannerRulesOf(hook),
    },
    places: members.map(({ slot, kind, member, link, pin, preorder, untold }, index) => ({
      slot,
      kind,
      key: classes[index]!.key,
      own: classes[index]!.role === 'own',
      program: member.program.id,
      link,
      pin,
      preorder,
      untold,
    })),
    nameOf: parts.nameOf,
    pinOf: parts.pinOf,
    preferred: parts.preferred ?? [],
    notes: parts.notes ?? [],
  };
}
