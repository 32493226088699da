import type { Solution } from '../planner/chain-plan.js';
import type { Problem } from '../planner/problem.js';
import type { HookProblem } from './hook-problem.js';

/** The planner, or one that remembers what it solved. */
export type Solver = (problem: Problem) => Solution;

/** What the planner makes of a hook: what went missing gets its old place where that contradicts nothing. */
export function solveHook(solver: Solver, { problem, preferred }: HookProblem): Solution {
  if (preferred.length > 0) {
    const present = new Set([...problem.today, ...problem.wanted].map(({ key }) => key));
    const known = preferred.filter(({ before, after }) => present.has(before) && present.has(after));
    const solution = solver({ ...problem, constraints: [...problem.constraints, ...known] });
    if (solution.ok) return solution;
  }
  return solver(problem);
}
