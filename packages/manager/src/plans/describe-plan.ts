import { type ChangeProgram, memberOf, programOf } from '../change.js';
import type { Chain } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { Place } from '../host/place.js';
import type { Step } from '../planner/chain-plan.js';
import type { Entry } from '../planner/problem.js';
import type { HookProblem } from '../problems/hook-problem.js';
import { contents, describeStep } from './describe-step.js';
import { keptKeys } from './kept-keys.js';
import type { PlannedHook } from './planned-hook.js';
import type { HookPlan, PlanBase, PlanError, PlanMember, PlanSign, PlanStep } from './policy-plan-data.js';

/** A plan of one hook as people and scripts read it. */
export function describePlan(
  planned: PlannedHook,
  programOfKey: (key: string) => ChangeProgram | null,
): HookPlan {
  const { problem, plan, left } = planned;
  const { before, after } = planMembers(planned, programOfKey);
  return {
    ...nothing(problem.hook, plan.strategy),
    base: baseOf(problem.chain),
    notes: [...problem.notes, ...left.map((path) => `pin ${path} is left of a link that is gone; it goes`)],
    before,
    after,
    steps: stepsOf(planned),
    waits: plan.waits,
    twice: plan.twice.map(problem.nameOf),
    missing: plan.missing.map(problem.nameOf),
  };
}

/** A hook for which there is no plan; its chain is null where it could not be read. */
export function describeFailure(
  hook: Pick<FoundHook, 'text'>,
  chain: Chain | null,
  strategy: HookPlan['strategy'],
  error: PlanError,
): HookPlan {
  const members = (chain?.members ?? []).map(
    (member): PlanMember => ({ ...memberOf(member), key: null, standIn: false, sign: ' ' }),
  );
  return {
    ...nothing(hook, strategy),
    ...(chain === null ? {} : { base: baseOf(chain) }),
    before: members,
    after: members,
    error,
  };
}

function nothing({ text }: Pick<FoundHook, 'text'>, strategy: HookPlan['strategy']): HookPlan {
  return {
    hook: text,
    strategy,
    base: { revision: '0', programs: [], links: [] },
    before: [],
    after: [],
    steps: [],
    waits: 0,
    twice: [],
    missing: [],
    notes: [],
    error: null,
  };
}

/** What tells a chain from another one. */
export function baseOf({ revision, members }: HookProblem['chain']): PlanBase {
  return {
    revision: String(revision),
    programs: members.map(({ program }) => program.id),
    links: members.map(({ link }) => link?.id ?? 0),
  };
}

/** The chain before and after a plan, with what stands out in both. */
function planMembers(
  { problem, plan }: PlannedHook,
  programOfKey: (key: string) => ChangeProgram | null,
): { readonly before: readonly PlanMember[]; readonly after: readonly PlanMember[] } {
  const { today } = plan;
  const signs = signsOf(today, plan.target);
  const before = today.map((_, index) => todayMember(problem, index, signs.before[index]!));
  const after = plan.target.map((entry, index): PlanMember => {
    const sign = signs.after[index]!;
    const old = today.findIndex(({ slot }) => slot === entry.slot);
    const was = today[old];
    if (was !== undefined && was.key === entry.key && was.standIn === entry.standIn && !was.outdated) {
      return { ...todayMember(problem, old, sign), position: index + 1 };
    }
    const from = today.findIndex(({ key, standIn, outdated }) => key === entry.key && !standIn && !outdated);
    const known = from < 0 ? null : memberOf(problem.chain.members[from]!).program;
    return {
      position: index + 1,
      key: keyOfEntry(entry),
      program: known ?? programOfKey(entry.key) ?? nobody,
      link: entry.kind === 'direct' ? null : { id: old < 0 ? null : (problem.places[old]?.link ?? null) },
      ours: true,
      standIn: entry.standIn,
      sign,
    };
  });
  return { before, after };
}

/** What became of a chain, read off the places that were left. */
export function membersOfPlaces(
  view: HostView,
  problem: HookProblem,
  places: readonly Place[],
  before: readonly PlanMember[],
): readonly PlanMember[] {
  const had = new Map(before.map(({ program, sign }) => [program.id, sign]));
  return places.map((place, index): PlanMember => {
    const old = problem.places.findIndex(
      ({ slot, program }) => slot === place.slot && program === place.program,
    );
    const sign = had.get(place.program) ?? (before.some(({ key }) => key === place.key) ? '~' : '+');
    if (old >= 0) return { ...todayMember(problem, old, sign), position: index + 1 };
    return {
      position: index + 1,
      key: place.key.startsWith('id:') ? null : place.key,
      program: programOf(view.program(place.program, true)),
      link: place.link === null ? null : { id: place.link },
      ours: true,
      standIn: false,
      sign,
    };
  });
}

const nobody: ChangeProgram = { id: null, type: null, name: null, tag: null, fullName: null };

function todayMember({ chain, problem, places }: HookProblem, index: number, sign: PlanSign): PlanMember {
  const { position, program, link, linkUnknown, ours } = memberOf(chain.members[index]!);
  const entry = problem.today[index]!;
  return {
    position,
    key: keyOfEntry(entry),
    program,
    link,
    ...(linkUnknown === true ? { linkUnknown } : {}),
    ours: places[index]?.own === true ? true : ours,
    standIn: entry.standIn,
    sign,
  };
}

/** Keys that only the planner knows are nothing to show. */
function keyOfEntry({ key }: Entry): string | null {
  return key.startsWith('id:') ? null : key;
}

function signsOf(
  today: readonly Entry[],
  target: readonly Entry[],
): { readonly before: readonly PlanSign[]; readonly after: readonly PlanSign[] } {
  const kept = keptKeys(
    today.filter(({ key, role }) => role !== 'leaving' && target.some((other) => other.key === key)),
    target,
  );
  const sign = (entry: Entry, others: readonly Entry[], alone: '+' | '-'): PlanSign => {
    const other = others.find(({ key }) => key === entry.key);
    if (other === undefined || entry.role === 'leaving') return alone;
    const isOlder = today.some(({ key, outdated }) => key === entry.key && outdated);
    if (!kept.has(entry.key)) return '>';
    return isOlder || other.kind !== entry.kind ? '~' : ' ';
  };
  const seen = new Set<string>();
  return {
    before: today.map((entry) => {
      if (entry.role === 'wall') return ' ';
      // Of several copies one stays.
      if (seen.has(entry.key)) return '-';
      seen.add(entry.key);
      return sign(entry, target, '-');
    }),
    after: target.map((entry) => (entry.role === 'wall' ? ' ' : sign(entry, today, '+'))),
  };
}

function stepsOf({ problem, plan }: PlannedHook): readonly PlanStep[] {
  const names = (state: readonly Entry[]) => state.map((entry) => contents(entry, problem.nameOf));
  let state = plan.today;
  let revision: number | null = problem.chain.revision;
  return plan.steps.map((step: Step): PlanStep => {
    const described: PlanStep = {
      kind: step.kind,
      words: describeStep(step, state, problem.nameOf),
      wait: step.kind !== 'replace' && problem.problem.rules.waits,
      expectedRevision: revision === null ? null : String(revision),
      before: names(state),
      after: names(step.after),
    };
    // The revision of a device's hook that is emptied starts again, or goes on where a classic qdisc is (spec 8.2).
    const restarts = step.after.length === 0 && problem.hook.layer !== 'cgroup';
    revision = restarts || revision === null ? null : revision + 1;
    state = step.after;
    return described;
  });
}
