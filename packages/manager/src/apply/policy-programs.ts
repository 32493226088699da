import type { ChangeProgram } from '../change.js';
import type { Context } from '../context.js';
import type { HostView } from '../host-view.js';
import type { Policy } from '../policy/policy.js';
import type { ResolvedHook } from '../policy/resolve-hooks.js';
import type { DesiredProgram } from './desired-program.js';
import type { OwnPins } from './own-pins.js';
import type { ProgramPlan } from './policy-plan-data.js';

/** Programs of a policy on this host: what there is, and what is to be loaded. */
export interface PolicyPrograms {
  readonly plans: readonly ProgramPlan[];
  /** By the policy's name, as they are at this moment. */
  readonly desired: ReadonlyMap<string, DesiredProgram>;
  /** What is known of the version that the policy names, also before it is loaded; null for an unknown name. */
  describe(name: string): ChangeProgram | null;
  /**
   * Loads a program that is missing or older than its file, once, and pins it below `mprog/programs`.
   *
   * @param entry entry of the history for which an older version is kept
   * @throws MprogError of reading, loading and pinning
   */
  load(name: string, entry: string): void;
}

export function readPolicyPrograms(
  context: Context,
  view: HostView,
  policy: Policy,
  hooks: readonly ResolvedHook[],
  pins: OwnPins,
): PolicyPrograms {
  throw new Error('');
}
