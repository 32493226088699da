import type { HostView } from '../host/host-view.js';
import type { ChainPlan } from '../planner/chain-plan.js';
import type { HookProblem } from '../problems/hook-problem.js';

/** One hook as it was read, with a plan that was made for it. */
export interface PlannedHook {
  readonly view: HostView;
  readonly problem: HookProblem;
  readonly plan: ChainPlan;
  /** Pins of ours on this hook whose link holds nothing any more. */
  readonly left: readonly string[];
}
