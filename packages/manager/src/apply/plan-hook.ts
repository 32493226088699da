import { MprogError } from '@mprog/core';
import { checkModes } from '../cgroup-rules.js';
import { type Chain, readChain } from '../chain.js';
import type { Context } from '../context.js';
import type { FoundHook } from '../found-hook.js';
import { HostView } from '../host-view.js';
import { describeUnsatisfiable } from './describe-unsatisfiable.js';
import type { HookProblem } from './hook-problem.js';
import { OwnPins } from './own-pins.js';
import type { PlannedHook } from './planned-hook.js';
import { type Solver, solveHook } from './solve-hook.js';

/** How a hook is planned. */
export interface HookPlanning {
  readonly context: Context;
  readonly hook: FoundHook;
  readonly operation: string;
  readonly solver: Solver;
  /** What is asked of the hook as it was read. */
  problemOf(view: HostView, chain: Chain): HookProblem;
}

/**
 * Reads a hook and plans on it.
 *
 * @param view what the host looks like; a fresh look when absent
 * @throws MprogError of reading, `ERR_CONTRADICTION` with what contradicts, `ERANGE`, `ERR_NO_STAND_IN`, `EPERM` where the
 * modes of cgroups do not allow it
 */
export function planHook(
  planning: HookPlanning,
  view: HostView = new HostView(planning.context),
): PlannedHook {
  const { context, hook, operation, solver } = planning;
  const chain = readChain(context, view, hook);
  const problem = planning.problemOf(view, chain);
  const solution = solveHook(solver, problem);
  if (!solution.ok) {
    const { code, message } = describeUnsatisfiable(solution.reason, operation, problem.nameOf);
    throw new MprogError(code, message, { data: { hook: hook.text, reason: solution.reason } });
  }
  const { plan } = solution;
  if (hook.layer === 'cgroup' && plan.steps.some(({ kind }) => kind === 'insert')) {
    checkModes(context, hook, chain, operation);
  }
  const left = new OwnPins(context.world, operation).left(view, hook);
  return { view, problem, plan, left };
}
