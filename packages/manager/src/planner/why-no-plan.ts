import type { ChainPlan, Unsatisfiable } from './chain-plan.js';
import { findPlan } from './find-plan.js';
import { namingKind } from './naming-kind.js';
import type { Entry, Problem, SlotKind } from './problem.js';

/** One of the things that may stand in a plan's way. */
interface Obstacle {
  /** The problem without it. */
  without(problem: Problem): Problem;
  /** Says it from a plan that does not mind it; null when that plan would not have met it. */
  reason(problem: Problem, plan: ChainPlan): Unsatisfiable | null;
}

/** A plan that shows the way is enough, it need not be the best. */
const STATES = 1000;

const noStandIn: Obstacle = {
  without: (problem) => ({ ...problem, withoutStandIn: {} }),
  reason(problem, { steps }) {
    const keys = new Set<string>();
    for (const step of steps) {
      const put = step.kind === 'replace' ? step.by : step.entry;
      if (step.kind !== 'remove' && put.standIn && Object.hasOwn(problem.withoutStandIn, put.key))
        keys.add(put.key);
    }
    const named = [...keys];
    const reasons = named.map((key) => problem.withoutStandIn[key]!);
    return named.length === 0 ? null : { kind: 'no-stand-in', keys: named, reasons };
  },
};

const full: Obstacle = {
  without: (problem) => withCapacity(problem, Number.MAX_SAFE_INTEGER),
  reason(problem, { steps }) {
    const { capacity } = problem.rules;
    const most = Math.max(capacity + 1, ...steps.map(({ after }) => after.length + 1));
    let needed = capacity + 1;
    while (needed < most && findPlan(withCapacity(problem, needed), STATES) === null) needed++;
    return { kind: 'full', capacity, needed, meanwhile: true };
  },
};

const noPlace: Obstacle = {
  without: (problem) => ({ ...problem, rules: { ...problem.rules, besideSameKind: false } }),
  reason(_problem, { today, steps }) {
    let chain: readonly Entry[] = today;
    for (const step of steps) {
      if (step.kind === 'insert' && isOutOfReach(chain, step.index, step.entry.kind)) {
        const isUntold = [chain[step.index - 1]!, chain[step.index]!].some((one) => namingKind(one) === null);
        const reason = isUntold ? untoldRule : besideRule[step.entry.kind];
        return { kind: 'no-place', key: step.entry.key, reason };
      }
      chain = step.after;
    }
    return null;
  },
};

const besideRule: Readonly<Record<SlotKind, string>> = {
  direct:
    'a program that is attached directly can be placed at an end or beside such programs alone, and where it has to go both neighbours are links',
  link: 'a link can be placed at an end or beside links alone, and where it has to go both neighbours are attached directly',
};

const untoldRule =
  'where it has to go a neighbour is on the hook several times, and the kernel does not tell which is which, so that no place can be named by it';

/**
 * Says why there is no plan for a problem that some chain satisfies: the first obstacle, or set of obstacles, without which
 * there is one.
 */
export function whyNoPlan(problem: Problem): Unsatisfiable {
  const alone = [noStandIn, full, noPlace];
  const together = [
    [noStandIn, full],
    [noStandIn, noPlace],
    [full, noPlace],
  ];
  for (const obstacles of [...alone.map((obstacle) => [obstacle]), ...together, alone]) {
    const easier = obstacles.reduce((left, obstacle) => obstacle.without(left), problem);
    const plan = findPlan(easier, STATES);
    if (plan === null) continue;
    for (const obstacle of obstacles) {
      const others = obstacles.filter((other) => other !== obstacle);
      const reason = obstacle.reason(
        others.reduce((left, other) => other.without(left), problem),
        plan,
      );
      if (reason !== null) return reason;
    }
  }
  throw new Error('a chain without any of its limits can be brought to every order');
}

function withCapacity(problem: Problem, capacity: number): Problem {
  return { ...problem, rules: { ...problem.rules, capacity } };
}

function isOutOfReach(chain: readonly Entry[], index: number, kind: SlotKind): boolean {
  if (index === 0 || index === chain.length) return false;
  return [chain[index - 1]!, chain[index]!].every((entry) => namingKind(entry) !== kind);
}
