import type { Context } from '../context.js';
import type { FoundHook } from '../host/found-hook.js';
import type { JournalPlan } from '../journal/journal-plan.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import type { Solver } from '../problems/solve-hook.js';
import type { PlanPrograms } from './plan-programs.js';

/** What is to be carried out on one hook. */
export interface Errand {
  readonly context: Context;
  readonly hook: FoundHook;
  /** Verb and object, for messages: `apply policy.yaml to tcx/ingress@eth0`. */
  readonly operation: string;
  readonly pins: OwnPins;
  readonly programs: PlanPrograms;
  readonly solver: Solver;
  readonly record: Pick<JournalPlan, 'group' | 'command' | 'subject'>;
  /**
   * Reads the hook afresh and plans on it.
   *
   * @throws MprogError when there is no plan
   */
  plan(): PlannedHook;
}
