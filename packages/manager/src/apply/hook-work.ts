import { MprogError } from '@mprog/core';
import type { ChangeProgram } from '../change.js';
import { type Chain, readChain } from '../host/chain.js';
import type { HostView } from '../host/host-view.js';
import type { JournalPlan } from '../journal/journal-plan.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { Strategy } from '../planner/problem.js';
import { describeFailure, describePlan } from '../plans/describe-plan.js';
import { type HookPlanning, planHook } from '../plans/plan-hook.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import type { HookOutcome, HookPlan } from '../plans/policy-plan-data.js';
import type { PlanPrograms } from './plan-programs.js';
import { carryOutAndReport, failure } from './report-hook.js';

/** One hook with its plan. */
export interface HookWork {
  readonly planning: HookPlanning;
  /** Null where there is no plan; `described.error` says why. */
  readonly planned: PlannedHook | null;
  readonly described: HookPlan;
}

/** Plans one hook; a refusal is data, as it must not stop other hooks. */
export function workOnHook(
  planning: HookPlanning,
  strategy: Strategy,
  view: HostView,
  programOfKey: (key: string) => ChangeProgram | null,
): HookWork {
  try {
    const planned = planHook(planning, view);
    return { planning, planned, described: describePlan(planned, programOfKey) };
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const { code, message } = error;
    const described = describeFailure(planning.hook, readOrNull(planning, view), strategy, { code, message });
    return { planning, planned: null, described };
  }
}

function readOrNull({ context, hook }: HookPlanning, view: HostView): Chain | null {
  try {
    return readChain(context, view, hook);
  } catch (error) {
    if (MprogError.is(error)) return null;
    throw error;
  }
}

/** Carries out what was planned on one hook; a refusal is data here too. */
export function doHookWork(
  { planning, planned, described }: HookWork,
  pins: OwnPins,
  programs: PlanPrograms,
  record: Pick<JournalPlan, 'group' | 'command' | 'subject'>,
): HookOutcome {
  const { context, hook, operation, solver } = planning;
  if (planned !== null) {
    const plan = () => planHook(planning);
    return carryOutAndReport(
      { context, hook, operation, pins, programs, solver, record, plan },
      planned,
      described,
    );
  }
  const { before, base, notes } = described;
  const error = described.error ?? { code: 'ERR_UNKNOWN', message: `${operation}: there is no plan` };
  return { hook: hook.text, before, revisionBefore: base.revision, notes, ...failure(error, described) };
}
