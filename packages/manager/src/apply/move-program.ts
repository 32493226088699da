import { attachTypeOf } from '@mprog/kernel';
import type { Context } from '../context.js';
import { entryName } from '../history/entry-name.js';
import { HookHistory } from '../history/hook-history.js';
import { HostView } from '../host/host-view.js';
import { resolveHook } from '../host/resolve-hook.js';
import { OwnPins } from '../pins/own-pins.js';
import { StandIns } from '../pins/stand-ins.js';
import { describePlan } from '../plans/describe-plan.js';
import { type HookPlanning, planHook } from '../plans/plan-hook.js';
import type { HookOutcome, HookPlan } from '../plans/policy-plan-data.js';
import { type MoveOptions, moveProblem } from '../problems/move-problem.js';
import type { MemberReading } from '../problems/read-members.js';
import type { Solver } from '../problems/solve-hook.js';
import { doHookWork } from './hook-work.js';
import { KeyedPrograms } from './keyed-programs.js';
import { tidy } from './tidy.js';

/** A move: what was planned, and what came of it. */
export interface Move {
  readonly plan: HookPlan;
  /** Null in a dry run. */
  readonly outcome: HookOutcome | null;
}

/**
 * Moves one program of a hook.
 *
 * @param reference the program or link, in any form that a reference has
 * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_CONTRADICTION`, `ERR_NO_STAND_IN`, `ERANGE`; what fails while
 * it is carried out is in the outcome
 */
export function moveProgram(
  context: Context,
  hookText: string,
  reference: string,
  options: MoveOptions & { readonly dryRun?: boolean },
  solver: Solver,
): Move {
  const operation = `move ${reference} on ${hookText}`;
  const hook = resolveHook(context, hookText);
  const pins = new OwnPins(context.world, operation);
  const bound = new Map<string, MemberReading>();
  const planning: HookPlanning = {
    context,
    hook,
    operation,
    solver,
    problemOf: (view, chain) => {
      const standIns = new StandIns(context, pins);
      const last = new HookHistory(context.journal.read()).last(hook);
      return moveProblem(
        { context, hook, standIns, pins, last, operation, bound },
        reference,
        options,
        view,
        chain,
      );
    },
  };
  const view = new HostView(context);
  const planned = planHook(planning, view);
  const plan = describePlan(planned, () => null);
  if (options.dryRun === true) return { plan, outcome: null };
  const attachType = hook.use(attachTypeOf);
  const record = { group: entryName(context.clock()), command: 'move', subject: reference } as const;
  try {
    using programs = new KeyedPrograms({ context, view, pins, attachType, operation, idOf: () => null });
    return { plan, outcome: doHookWork({ planning, planned, described: plan }, pins, programs, record) };
  } finally {
    tidy(context, pins, operation);
  }
}
