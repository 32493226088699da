import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { type Chain, readChain } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import { OwnPins } from '../pins/own-pins.js';
import type { HookProblem } from '../problems/hook-problem.js';
import { type Solver, solveHook } from '../problems/solve-hook.js';
import { checkModes } from '../rules/cgroup-rules.js';
import { changedPreorder } from './changed-preorder.js';
import { describeUnsatisfiable } from './describe-unsatisfiable.js';
import type { PlannedHook } from './planned-hook.js';

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
  const notes = [...problem.notes, ...changedPreorder(context, view, hook, plan, problem.nameOf)];
  return { view, problem: { ...problem, notes }, plan, left };
}
