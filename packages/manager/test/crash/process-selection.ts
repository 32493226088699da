import type { CrashSelection } from './crash-suite.js';
import { type CrashScenario, crashScenarios } from './scenarios.js';

/**
 * The deaths of real processes, each of which costs more than half a second. All of them are died with `MPROG_CRASH=all`;
 * without, every eleventh change of scenarios that between them have each strategy, hook and kind of attachment.
 */
export function processSelection(): {
  readonly scenarios: readonly CrashScenario[];
  readonly selection: CrashSelection;
} {
  const scenarios = crashScenarios();
  if (process.env.MPROG_CRASH === 'all') {
    return { scenarios, selection: { moments: ['after'], step: 1, second: 'one', otherwise: false } };
  }
  const told = new Set([
    'tcx, overlap, link: everything at once',
    'tcx, overlap, program: move',
    'tcx, in-place, link: reversal of four',
    'cgroup, overlap, program: change of the kind of attachment',
    'cgroup, gap, link: everything at once',
  ]);
  return {
    scenarios: scenarios.filter(({ name }) => told.has(name)),
    selection: { moments: ['after'], step: 11, second: 'one', otherwise: false },
  };
}
