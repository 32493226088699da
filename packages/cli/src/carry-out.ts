import type { HookOutcome } from '@mprog/manager/policy';
import { Interruption } from './interruption.js';
import { outcomeSummary, renderHookOutcome } from './render/hook-outcome.js';
import type { Output } from './render/output.js';
import { Progress } from './render/progress.js';

/** What came of a change of several hooks. */
export interface CarriedOut {
  readonly outcomes: readonly HookOutcome[];
  /** Whether a signal ended it between two hooks. */
  readonly interrupted: boolean;
}

/**
 * Changes hooks one by one, and tells of each when it is done. A signal ends it behind the hook that is being changed.
 *
 * @param planned how many hooks there are
 */
export async function carryOut(
  hooks: Generator<HookOutcome, void, undefined>,
  planned: number,
  output: Output,
): Promise<CarriedOut> {
  const outcomes: HookOutcome[] = [];
  using interruption = new Interruption();
  using progress = new Progress(output, 'done with hook');
  let interrupted = false;
  for (const outcome of hooks) {
    outcomes.push(outcome);
    const lines = output.isJson ? [] : renderHookOutcome(outcome, output.style);
    if (lines.length > 0) progress.clear();
    output.lines(...lines);
    progress.show(outcomes.length, planned);
    await interruption.turn();
    interrupted = interruption.signal.aborted && outcomes.length < planned;
    if (interrupted) break;
  }
  progress.clear();
  return { outcomes, interrupted };
}

/**
 * Ends a command that changed hooks with the sum, where there was anything to do.
 *
 * @returns the exit status
 */
export function conclude({ outcomes, interrupted }: CarriedOut, planned: number, output: Output): number {
  const hasFailed = outcomes.some(({ outcome }) => outcome === 'failed');
  const isSilent = output.isJson || outcomes.every(({ outcome }) => outcome === 'unchanged');
  if (!isSilent) output.lines(outcomeSummary(outcomes, planned));
  if (interrupted) output.fail(`interrupted after ${outcomes.length} of ${planned} hooks`);
  return hasFailed || interrupted ? 1 : 0;
}
