import type { HookOutcome, HookPlan, PlanMember, PolicyPlan } from '@mprog/manager/policy';

/** A member of a chain for tests, `+firewall`, with the sign in front. */
export function planMember(
  position: number,
  words: string,
  parts: Partial<PlanMember> & { readonly id?: number | null } = {},
): PlanMember {
  const { id = position, ...rest } = parts;
  const sign = words[0] as PlanMember['sign'];
  const name = words.slice(1);
  const program = { id, type: 'sched_cls', name, tag: null, fullName: null };
  return { position, key: name, program, link: null, ours: true, standIn: false, sign, ...rest };
}

/** A chain of such members; a bare name stays. */
export function planChain(...words: readonly string[]): readonly PlanMember[] {
  return words.map((word, index) =>
    planMember(index + 1, /^[ +>~-]/.test(word) ? word : ` ${word}`, { id: idOf(word) }),
  );
}

function idOf(word: string): number {
  return 10 + word.replace(/^[ +>~-]/, '').charCodeAt(0) - 'a'.charCodeAt(0);
}

/** A plan of one hook that changes nothing, but for what is given. */
export function hookPlan(parts: Partial<HookPlan> = {}): HookPlan {
  return {
    hook: 'tcx/ingress@eth0',
    strategy: 'overlap',
    base: { revision: '4', programs: [], links: [] },
    before: [],
    after: [],
    steps: [],
    waits: 0,
    twice: [],
    missing: [],
    notes: [],
    error: null,
    ...parts,
  };
}

/** A plan of a policy without programs and hooks, but for what is given. */
export function policyPlan(parts: Partial<PolicyPlan> = {}): PolicyPlan {
  return {
    version: 1,
    kernel: 'simulated 6.18',
    bootId: 'b',
    policy: 'p.yaml',
    programs: [],
    hooks: [],
    changes: false,
    removes: [],
    warnings: [],
    errors: [],
    ...parts,
  };
}

/** What became of a hook that was changed in one step, but for what is given. */
export function hookOutcome(parts: Partial<HookOutcome> = {}): HookOutcome {
  return {
    hook: 'tcx/ingress@eth0',
    outcome: 'changed',
    entry: 'e1',
    history: '20260102-030405-abcd',
    steps: 1,
    waits: 1,
    attempts: 1,
    before: [],
    after: [],
    revisionBefore: '4',
    revisionAfter: '5',
    notes: [],
    error: null,
    ...parts,
  };
}
