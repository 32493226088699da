import type { ChainPlan } from '../../src/planner/chain-plan.js';
import type { Entry, Problem } from '../../src/planner/problem.js';

/** Everything that is wrong with a plan for a problem, in words; written from the rules, without the planner's own code. */
export function faultsOf(problem: Problem, plan: ChainPlan): readonly string[] {
  return [
    ...faultsOfSteps(problem, plan),
    ...faultsOfTarget(problem, plan),
    ...faultsOfStates(problem, plan),
  ];
}

/** Pairs of keys of which one must run before the other: what is said of two programs, and claims against everything. */
function saidPairs(problem: Problem, entries: readonly Entry[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = problem.constraints.map((said) => [said.before, said.after]);
  for (const { key } of entries) {
    if (problem.first !== null && key !== problem.first.key) pairs.push([problem.first.key, key]);
    if (problem.last !== null && key !== problem.last.key) pairs.push([key, problem.last.key]);
  }
  return pairs;
}

/** Whether some bearer of `after` stands before some bearer of `before`. */
function violates(chain: readonly Entry[], before: string, after: string): boolean {
  const first = chain.findIndex(({ key }) => key === after);
  return first >= 0 && chain.slice(first).some(({ key }) => key === before);
}

function faultsOfSteps(problem: Problem, plan: ChainPlan): string[] {
  const faults: string[] = [];
  const { rules } = problem;
  const same = (a: readonly Entry[], b: readonly Entry[]) => JSON.stringify(a) === JSON.stringify(b);
  let chain: readonly Entry[] = problem.today;
  if (!same(plan.today, chain)) faults.push('today is another chain');
  for (const [number, step] of plan.steps.entries()) {
    const fault = (words: string) =>
      faults.push(`step ${number + 1}, ${step.kind} at ${step.index}: ${words}`);
    if (step.kind === 'insert') {
      if (chain.length >= rules.capacity) fault('the hook is full');
      const left = chain[step.index - 1];
      const right = chain[step.index];
      const isAtEnd = left === undefined || right === undefined;
      const canName = (neighbour: Entry) =>
        neighbour.kind === step.entry.kind && !isElsewhere(neighbour, chain);
      if (rules.besideSameKind && !isAtEnd && !canName(left) && !canName(right)) {
        fault('the place cannot be said');
      }
      if (chain.some(({ slot }) => slot === step.entry.slot)) fault('the slot has a name that is taken');
      if (step.entry.role !== 'own') fault('inserts what is not ours');
      chain = chain.toSpliced(step.index, 0, step.entry);
    } else {
      const found = chain[step.index];
      if (found === undefined || !same([found], [step.entry])) fault('something else is there');
      if (found?.role === 'wall') fault('touches a wall');
      if (step.kind === 'remove') chain = chain.toSpliced(step.index, 1);
      else {
        if (found?.role !== 'own') fault('takes the place of what is not ours');
        if (step.by.slot !== step.entry.slot || step.by.kind !== step.entry.kind)
          fault('changes the place itself');
        if (step.by.role !== 'own') fault('puts in what is not ours');
        if (!rules.replaceWhenFull && step.entry.kind === 'direct' && chain.length >= rules.capacity) {
          fault('the full hook refuses it');
        }
        chain = chain.with(step.index, step.by);
      }
    }
    if (!same(step.after, chain)) fault('the state after it is another one');
    const put = step.kind === 'insert' ? step.entry : step.kind === 'replace' ? step.by : null;
    if (put === null) continue;
    if (put.outdated) fault('puts in an older version');
    if (!problem.wanted.some(({ key }) => key === put.key)) fault(`puts in ${put.key}, which is not wanted`);
    if (put.standIn && Object.hasOwn(problem.withoutStandIn, put.key)) fault('no stand-in can be made');
    if (put.standIn && step.kind === 'replace' && step.entry.key === put.key && !step.entry.standIn) {
      fault('a stand-in takes the place of its own program');
    }
    const isSame = (other: Entry) =>
      other.role === 'own' &&
      other.slot !== put.slot &&
      other.key === put.key &&
      !other.standIn &&
      !other.outdated;
    const excluding = chain
      .filter(isSame)
      .filter(({ kind }) => !rules.linkRepeats || (kind === 'direct' && put.kind === 'direct'));
    if (!put.standIn && excluding.length > 0) fault('the same program is there already');
  }
  if (!same(plan.target, chain)) faults.push('the target is not what the last step leaves');
  const waits = plan.steps.filter(({ kind }) => kind !== 'replace').length;
  if (plan.waits !== (rules.waits ? waits : 0)) faults.push(`${plan.waits} waits are said, ${waits} made`);
  return faults;
}

/** Whether an entry may stand in another place than it seems to: somebody else's, or one of ours that has a copy. */
function isElsewhere({ role, key, slot, untold }: Entry, chain: readonly Entry[]): boolean {
  if (untold !== true) return false;
  const isCopy = (other: Entry) => other.slot !== slot && other.role === role && other.key === key;
  return role !== 'own' || chain.some((other) => isCopy(other) && other.untold === true);
}

function faultsOfTarget(problem: Problem, { target }: ChainPlan): string[] {
  const faults: string[] = [];
  const own = target.filter(({ role }) => role === 'own');
  if (target.some(({ role }) => role === 'leaving')) faults.push('what is to leave is still there');
  for (const { key, kind } of problem.wanted) {
    const there = own.filter((entry) => entry.key === key);
    if (there.length !== 1 || there[0]!.kind !== kind) faults.push(`${key} is not there once, ${kind}`);
  }
  if (own.length !== problem.wanted.length) faults.push('something else of ours is there');
  if (own.some(({ standIn, outdated }) => standIn || outdated)) faults.push('a copy is left');
  const walls = (chain: readonly Entry[]) => JSON.stringify(chain.filter(({ role }) => role === 'wall'));
  if (walls(target) !== walls(problem.today)) faults.push('walls are not as they were');
  for (const [before, after] of saidPairs(problem, target)) {
    if (before !== after && violates(target, before, after)) faults.push(`${before} is not before ${after}`);
  }
  return faults;
}

function faultsOfStates(problem: Problem, plan: ChainPlan): string[] {
  const faults: string[] = [];
  const states = [plan.today, ...plan.steps.map(({ after }) => after)];
  const ours = (chain: readonly Entry[], key: string) =>
    chain.filter((entry) => entry.role === 'own' && entry.key === key).length;
  const wanted = problem.wanted.map(({ key }) => key);
  const twice = wanted.filter((key) => states.some((chain) => ours(chain, key) > 1));
  if (JSON.stringify(twice) !== JSON.stringify(plan.twice))
    faults.push(`twice are ${twice}, not ${plan.twice}`);
  const missing = wanted.filter(
    (key) => ours(plan.today, key) > 0 && states.some((chain) => ours(chain, key) === 0),
  );
  if (JSON.stringify(missing) !== JSON.stringify(plan.missing)) {
    faults.push(`missing are ${missing}, not ${plan.missing}`);
  }
  for (const chain of states) {
    if (JSON.stringify(walls(chain)) !== JSON.stringify(walls(plan.today))) faults.push('a wall moved');
  }
  if (problem.strategy !== 'overlap') return faults;
  if (missing.length > 0) faults.push(`${missing} are missing meanwhile`);
  const all = [...plan.today, ...plan.target];
  for (const [before, after] of saidPairs(problem, all)) {
    if (before === after || violates(plan.today, before, after)) continue;
    for (const chain of states) {
      if (violates(chain, before, after)) faults.push(`${before} is not before ${after} meanwhile`);
    }
  }
  return faults;
}

function walls(chain: readonly Entry[]): readonly Entry[] {
  return chain.filter(({ role }) => role === 'wall');
}
