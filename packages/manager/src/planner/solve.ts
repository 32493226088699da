import type { ChainPlan, Solution, Step, Unsatisfiable } from './chain-plan.js';
import { type Choice, chooseTarget, type Price } from './choose-target.js';
import { type Cost, compareCosts } from './cost.js';
import type { Move } from './draft.js';
import { gapMoves } from './gap-moves.js';
import { inPlaceMoves } from './in-place-moves.js';
import { type Model, modelOf } from './model.js';
import { openingOf } from './opening.js';
import { whyUnsatisfiable } from './order-graph.js';
import { overlapMoves } from './overlap-moves.js';
import { type Budget, searchOverlap } from './overlap-search.js';
import type { Entry, Problem } from './problem.js';
import { steadyTarget } from './steady-target.js';
import { toSteps } from './to-steps.js';

/** Programs of ours, today's and wanted ones together, up to which all targets and all ways to them are looked at. */
const SEARCHED = 6;
/** States that the search may look at for one problem; far more than it does for most. */
const STATES = 20_000;

/**
 * Plans how a hook gets from today's chain to one that satisfies a problem.
 *
 * Up to six programs of ours, today's and wanted ones together, target and steps are the best there are: least waits, then
 * least operations, then fewest pairs of entries whose order changes, then today's order, then the policy's. Above that
 * `overlap` waits never more than twice for each program outside a longest kept sequence.
 *
 * @returns the plan, frozen, or why there is none; the same for the same problem
 */
export function solve(problem: Problem): Solution {
  const reason = whyUnsatisfiable(problem);
  if (reason !== null) return { ok: false, reason };
  const plan = planFor(problem);
  return plan === null ? { ok: false, reason: whyNoPlan(problem) } : { ok: true, plan };
}

function planFor(problem: Problem): ChainPlan | null {
  const opening = openingOf(problem);
  const model = modelOf(problem, opening.chain);
  const steady = steadyTarget(model);
  const price = priceOf(model, opening.chain, { states: STATES });
  const choice = model.own <= SEARCHED ? chooseTarget(model, price, steady) : startWith(steady, price);
  if (choice === null) return null;
  const steps = toSteps(model, opening.chain, choice.moves)!;
  return planOf(problem, [...opening.steps, ...steps]);
}

function startWith(target: readonly number[], price: Price): Pick<Choice, 'moves'> | null {
  return price(target, null);
}

function priceOf(model: Model, today: readonly Entry[], budget: Budget): Price {
  const { strategy } = model.problem;
  const written = (moves: readonly Move[] | null, limit: Cost | null) => {
    const steps = moves === null ? null : toSteps(model, today, moves);
    if (moves === null || steps === null) return null;
    const cost = { waits: steps.filter(isWait).length, operations: steps.length, moves };
    return limit !== null && compareCosts(cost, limit) > 0 ? null : cost;
  };
  return (target, limit) => {
    if (strategy === 'gap') return written(gapMoves(model, target), limit);
    if (strategy === 'in-place') return written(inPlaceMoves(model, target), limit);
    const simple = written(overlapMoves(model, target), limit);
    if (model.own > SEARCHED) return simple;
    const most = simple ?? limit ?? { waits: 1000, operations: 1000 };
    const found = searchOverlap(model, target, most, budget);
    return found === null ? simple : (written(found.moves, limit) ?? simple);
  };
}

function isWait({ kind }: Step): boolean {
  return kind !== 'replace';
}

function planOf(problem: Problem, steps: readonly Step[]): ChainPlan {
  const { today, strategy, rules } = problem;
  const states = [today, ...steps.map(({ after }) => after)];
  const isThere = (key: string, state: readonly Entry[]) =>
    state.some((entry) => entry.role === 'own' && entry.key === key);
  const wanted = problem.wanted.map(({ key }) => key);
  const isTwice = (key: string) =>
    states.some((state) => state.filter((entry) => entry.role === 'own' && entry.key === key).length > 1);
  return {
    strategy,
    today,
    steps,
    target: states.at(-1)!,
    waits: rules.waits ? steps.filter(isWait).length : 0,
    twice: wanted.filter(isTwice),
    missing: wanted.filter((key) => isThere(key, today) && !states.every((state) => isThere(key, state))),
  };
}

function whyNoPlan(problem: Problem): Unsatisfiable {
  const { rules } = problem;
  return { kind: 'full', capacity: rules.capacity, needed: rules.capacity + 1, meanwhile: true };
}
