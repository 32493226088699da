import type { Solution } from './chain-plan.js';
import { findPlan } from './find-plan.js';
import { freezeSolution } from './freeze-solution.js';
import { whyUnsatisfiable } from './order-graph.js';
import type { Problem } from './problem.js';
import { whyNoPlan } from './why-no-plan.js';

/**
 * Plans how a hook gets from today's chain to one that satisfies a problem; a pure function.
 *
 * Up to six programs of ours, today's and wanted ones together, target and steps are the best there are: least waits, then
 * least operations, then fewest pairs of entries whose order changes, then today's order, then the policy's. Above that
 * `overlap` waits twice at most for each program outside a longest kept sequence, and once for each that comes or goes.
 *
 * @returns the plan, or why there is none; frozen, and the same whenever the problem is
 */
export function solve(problem: Problem): Solution {
  const own: Problem = { ...problem, today: problem.today.map((entry) => ({ ...entry })) };
  const reason = whyUnsatisfiable(own);
  if (reason !== null) return freezeSolution({ ok: false, reason });
  const plan = findPlan(own);
  return freezeSolution(plan === null ? { ok: false, reason: whyNoPlan(own) } : { ok: true, plan });
}
