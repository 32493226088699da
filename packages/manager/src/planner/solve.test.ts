import { expect, test } from 'vitest';
import { faultsOf } from '../../test/planner/check-plan.js';
import { chain, problem, words } from '../../test/planner/problems.js';
import type { ChainPlan } from './chain-plan.js';
import type { Problem } from './problem.js';
import { solve } from './solve.js';

/** Solves, and makes sure that the plan breaks no rule. */
function planOf(given: Problem): ChainPlan {
  const solution = solve(given);
  if (!solution.ok) throw new Error(JSON.stringify(solution.reason));
  expect(faultsOf(given, solution.plan)).toEqual([]);
  return solution.plan;
}

function statesOf({ steps }: ChainPlan): readonly string[] {
  return steps.map(({ after }) => words(after));
}

const order = ['A', 'B', 'C'];

test('attaches three to an empty hook in the order that was said, each with one wait', () => {
  for (const strategy of ['overlap', 'in-place', 'gap'] as const) {
    const plan = planOf(problem([], ['C', 'A', 'B'], { order, strategy }));
    expect(words(plan.target)).toBe('A B C');
    expect(plan.waits).toBe(3);
    expect(plan.steps).toHaveLength(3);
  }
});

test('reverses three through a spare place with two waits, with overlap', () => {
  const plan = planOf(problem(chain('C', 'B', 'A'), order, { order }));
  expect(statesOf(plan)).toEqual(['A* C B A', 'A* C B C*', 'A* A B C*', 'A* A B C', 'A B C']);
  expect(plan.waits).toBe(2);
  expect(plan.twice).toEqual(['A', 'C']);
});
