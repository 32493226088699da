import type { ChainPlan, Solution, Unsatisfiable } from './chain-plan.js';

/** Freezes an answer to its last entry. */
export function freezeSolution(solution: Solution): Solution {
  if (solution.ok) freezePlan(solution.plan);
  else freezeReason(solution.reason);
  return Object.freeze(solution);
}

function freezePlan(plan: ChainPlan): void {
  for (const step of plan.steps) {
    for (const entry of step.after) Object.freeze(entry);
    Object.freeze(step.after);
    Object.freeze(step.entry);
    if (step.kind === 'replace') Object.freeze(step.by);
    Object.freeze(step);
  }
  for (const entry of plan.today) Object.freeze(entry);
  for (const each of [plan.today, plan.steps, plan.target, plan.twice, plan.missing, plan])
    Object.freeze(each);
}

function freezeReason(reason: Unsatisfiable): void {
  const lists: readonly (readonly unknown[])[] =
    reason.kind === 'cycle'
      ? [reason.edges]
      : reason.kind === 'claims'
        ? [reason.claims]
        : reason.kind === 'no-stand-in'
          ? [reason.keys, reason.reasons]
          : [];
  if (reason.kind === 'cycle') for (const edge of reason.edges) Object.freeze(edge);
  for (const list of lists) Object.freeze(list);
  Object.freeze(reason);
}
