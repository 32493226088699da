import { crashMode } from './crash-mode.js';
import type { CrashSelection } from './crash-suite.js';
import { type CrashScenario, crashScenarios } from './scenarios.js';

/**
 * The deaths of real processes, each of which costs more than half a second: by default every fifteenth change of scenarios
 * that between them have each strategy, hook and kind of attachment, so that between them each third change is died at.
 */
export function processSelection(): {
  readonly scenarios: readonly CrashScenario[];
  readonly selection: CrashSelection;
} {
  const mode = crashMode();
  const scenarios = crashScenarios();
  if (mode !== 'some') {
    const second = mode === 'twice' ? 'one' : 'none';
    return { scenarios, selection: { moments: ['after'], step: 1, second, otherwise: false } };
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
    selection: { moments: ['after'], step: 15, second: 'one', otherwise: false },
  };
}
