import { isErrno } from '@mprog/kernel';
import { programOf } from '../change.js';
import type { Context } from '../context.js';
import { entryName } from '../history/entry-name.js';
import { HookHistory } from '../history/hook-history.js';
import { HostView } from '../host/host-view.js';
import type { JournalMember } from '../journal/journal-plan.js';
import { refusal } from '../manager-error.js';
import { OwnPins } from '../pins/own-pins.js';
import { StandIns } from '../pins/stand-ins.js';
import type { HookPlanning } from '../plans/plan-hook.js';
import type { HookOutcome, HookPlan } from '../plans/policy-plan-data.js';
import type { HookProblem } from '../problems/hook-problem.js';
import { idOfKey } from '../problems/program-key.js';
import { cameFor, restoreProblem } from '../problems/restore-problem.js';
import { restoringSolver } from '../problems/restoring-solver.js';
import type { Solver } from '../problems/solve-hook.js';
import { withoutStandIns } from '../problems/without-stand-ins.js';
import { attachTypeOfHook } from '../rules/layer-rules.js';
import { findUndo, type UndoTarget } from './find-undo.js';
import { doHookWork, type HookWork, workOnHook } from './hook-work.js';
import { KeyedPrograms } from './keyed-programs.js';
import { tidy } from './tidy.js';

/** What undoing an entry of the history would change: frozen data. */
export interface UndoPlan {
  readonly version: 1;
  readonly kernel: string;
  readonly bootId: string;
  readonly entry: string;
  readonly hooks: readonly HookPlan[];
  readonly changes: boolean;
  readonly warnings: readonly string[];
}

/** An entry of the history with everything that was planned to undo it. */
export interface UndoWork {
  readonly context: Context;
  readonly plan: UndoPlan;
  readonly hooks: readonly HookWork[];
  readonly pins: OwnPins;
}

/**
 * Plans to undo an entry of the history, against the chains of today: what it took off comes back, what it put there goes,
 * and what it moved stands as it stood. What others did since stays.
 *
 * @param entry when absent the youngest that stands: what apply or move did and nobody took back
 * @throws MprogError `ENOENT`, `ERR_UNDO`; what is wrong with single hooks is in their plans
 */
export function planUndo(context: Context, entry: string | undefined, solver: Solver): UndoWork {
  const { entry: chosen, targets, warnings } = findUndo(context, entry);
  const pins = new OwnPins(context.world, `undo ${chosen}`);
  const view = new HostView(context);
  const history = new HookHistory(context.journal.read());
  const hooks = targets.map((target) =>
    workOnHook(
      planningOf(context, target, chosen, pins, solver, history),
      target.plan.strategy,
      view,
      (key) => programOf(view.program(idOfKey(key) ?? 0, true)),
    ),
  );
  const { kernel, bootId } = context.world;
  const plan: UndoPlan = {
    version: 1,
    kernel,
    bootId,
    entry: chosen,
    hooks: hooks.map(({ described }) => described),
    changes: hooks.some(({ described }) => described.steps.length > 0),
    warnings,
  };
  return { context, plan, hooks, pins };
}

/** Undoes what was planned, hook by hook, as `applyPolicy` applies. */
export function* undoEntry({
  context,
  plan,
  hooks,
  pins,
}: UndoWork): Generator<HookOutcome, void, undefined> {
  const operation = `undo ${plan.entry}`;
  const attachType = hooks[0] === undefined ? 0 : attachTypeOfHook(hooks[0].planning.hook);
  const view = new HostView(context);
  const record = { group: entryName(context.clock()), command: 'undo', subject: plan.entry } as const;
  try {
    using programs = new KeyedPrograms({ context, view, pins, attachType, operation, idOf: () => null });
    for (const hook of hooks) yield doHookWork(hook, pins, programs, record);
  } finally {
    tidy(context, pins, operation);
  }
}

function planningOf(
  context: Context,
  { hook, plan, text, ended }: UndoTarget,
  entry: string,
  pins: OwnPins,
  solver: Solver,
  history: HookHistory,
): HookPlanning {
  const operation = `undo ${entry} on ${text}`;
  const recorded = withoutStandIns(
    plan.before,
    (key) => plan.after.find((member) => member.key === key)?.program ?? idOfKey(key),
  );
  const came = cameFor(
    recorded,
    plan.after.flatMap(({ program, key, own }) => (own && program !== null ? [{ program, key }] : [])),
  );
  const stayed = new Set(
    ended ? recorded.flatMap((member) => (isIn(plan.after, member) ? (member.program ?? []) : [])) : [],
  );
  let looked: HookHistory | null = history;
  return {
    context,
    hook,
    operation,
    solver: restoringSolver(solver),
    problemOf: (view, chain) => {
      // When this is planned again the undo itself may have taken something off already.
      const last = (looked ?? new HookHistory(context.journal.read())).last(hook);
      looked = null;
      const problem = restoreProblem({
        context,
        view,
        hook,
        chain,
        standIns: new StandIns(context, pins),
        pins,
        recorded,
        came,
        stayed:
          last === null || last.ended
            ? stayed
            : new Set([...stayed].filter((program) => last.detached.has(program))),
        strategy: plan.strategy,
        source: { where: entry, words: 'the order that it had' },
      });
      requirePrograms(context, problem, operation);
      return problem;
    },
  };
}

/** Whether some version of a recorded program of ours is in a chain. */
function isIn(chain: readonly JournalMember[], { program, key }: JournalMember): boolean {
  return chain.some((member) => member.own && (member.program === program || member.key === key));
}

/** Programs that are to come back have to be there still. */
function requirePrograms({ kernel }: Context, { problem, nameOf }: HookProblem, operation: string): void {
  for (const { key } of problem.wanted) {
    if (problem.today.some((entry) => entry.key === key)) continue;
    try {
      kernel.programs.open(idOfKey(key) ?? 0).close();
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      throw refusal('ENOENT', operation, `${nameOf(key)} is gone, so it can't come back`, { cause: error });
    }
  }
}
