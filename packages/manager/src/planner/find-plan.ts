import type { ChainPlan, Step } from './chain-plan.js';
import { chooseTarget, type Price } from './choose-target.js';
import { type Cost, compareCosts } from './cost.js';
import type { Move } from './draft.js';
import { gapMoves } from './gap-moves.js';
import { inPlaceMoves } from './in-place-moves.js';
import { isStuck, targetOfToday } from './is-stuck.js';
import { type Model, modelOf } from './model.js';
import { openingOf } from './opening.js';
import { overlapMoves } from './overlap-moves.js';
import { type Budget, searchOverlap } from './overlap-search.js';
import type { Entry, Problem } from './problem.js';
import { steadyTarget } from './steady-target.js';
import { toSteps } from './to-steps.js';

/** Programs of ours, today's and wanted ones together, up to which all targets and all ways to them are looked at. */
const SEARCHED = 6;
/** States that the search looks at for one problem; most need some dozens, very few more than some thousands. */
const STATES = 30_000;

/**
 * Finds the best plan for a problem that some chain satisfies.
 *
 * @param states what the search may look at; past it the best found so far is taken
 * @returns null when its strategy can't get there under the rules of the layer
 */
export function findPlan(problem: Problem, states: number = STATES): ChainPlan | null {
  const opening = openingOf(problem);
  const model = modelOf(problem, opening.chain);
  const price = priceOf(model, opening.chain, { states });
  const choice = choose(model, price);
  if (choice === null) return null;
  // Whatever has a price was written out already.
  const steps = toSteps(model, opening.chain, choice.moves)!;
  return planOf(problem, [...opening.steps, ...steps]);
}

function choose(model: Model, price: Price): ReturnType<Price> {
  if (isStuck(model)) {
    const target = targetOfToday(model);
    return target === null ? null : price(target, null);
  }
  return model.own <= SEARCHED ? chooseTarget(model, price) : price(steadyTarget(model), null);
}

function priceOf(model: Model, today: readonly Entry[], budget: Budget): Price {
  const { strategy } = model.problem;
  const written = (moves: readonly Move[] | null, limit: Cost | null) => {
    const steps = moves === null ? null : toSteps(model, today, moves);
    if (moves === null || steps === null) return null;
    const cost = { waits: steps.filter(isWait).length, operations: steps.length, moves };
    return limit !== null && compareCosts(cost, limit) > 0 ? null : cost;
  };
  if (strategy === 'gap') return (target, limit) => written(gapMoves(model, target), limit);
  if (strategy === 'in-place') return (target, limit) => written(inPlaceMoves(model, target), limit);
  return (target, limit) => {
    const simple = written(overlapMoves(model, target), limit);
    if (model.own > SEARCHED) return simple;
    const found = searchOverlap(model, target, simple ?? limit, budget);
    return found === null ? simple : (written(found.moves, limit) ?? simple);
  };
}

function isWait({ kind }: Step): boolean {
  return kind !== 'replace';
}

function planOf(problem: Problem, steps: readonly Step[]): ChainPlan {
  const { today, strategy, rules } = problem;
  const states = [today, ...steps.map(({ after }) => after)];
  const wanted = problem.wanted.map(({ key }) => key);
  const copies = (key: string, state: readonly Entry[]) =>
    state.filter((entry) => entry.role === 'own' && entry.key === key).length;
  return {
    strategy,
    today,
    steps,
    target: states.at(-1)!,
    waits: rules.waits ? steps.filter(isWait).length : 0,
    twice: wanted.filter((key) => states.some((state) => copies(key, state) > 1)),
    missing: wanted.filter(
      (key) => copies(key, today) > 0 && states.some((state) => copies(key, state) === 0),
    ),
  };
}
