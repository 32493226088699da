import type { Solver } from './solve-hook.js';

/**
 * A planner for bringing something back. Where its strategy has no way, as on a cgroup for a program that is attached
 * directly and stood between links, another one that has counts for more than how the change was made.
 */
export function restoringSolver(solver: Solver): Solver {
  return (problem) => {
    const solution = solver(problem);
    if (solution.ok || solution.reason.kind !== 'no-place' || problem.strategy === 'overlap') return solution;
    const other = solver({ ...problem, strategy: 'overlap' });
    return other.ok ? other : solution;
  };
}
