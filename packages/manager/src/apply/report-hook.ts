import { MprogError } from '@mprog/core';
import { membersOfPlaces } from '../plans/describe-plan.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import type { HookOutcome, HookPlan } from '../plans/policy-plan-data.js';
import { type CarriedOut, carryOut } from './carry-out.js';
import type { Errand } from './errand.js';

/** Carries out what is planned on one hook, and says what came of it; it does not throw an `MprogError`. */
export function carryOutAndReport(errand: Errand, planned: PlannedHook, described: HookPlan): HookOutcome {
  const common = {
    hook: described.hook,
    before: described.before,
    revisionBefore: described.base.revision,
    notes: described.notes,
  };
  try {
    const done = carryOut(errand, planned);
    return {
      ...common,
      ...outcomeOf(done, errand, planned, described),
      notes: [...described.notes, ...done.notes],
    };
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    return { ...common, ...failure(error, described) };
  }
}

function outcomeOf(
  { entry, steps, waits, attempts, places, revision }: CarriedOut,
  { record }: Errand,
  { view, problem }: PlannedHook,
  { before, after }: HookPlan,
): Omit<HookOutcome, 'hook' | 'before' | 'revisionBefore' | 'notes'> {
  return {
    outcome: entry === null ? 'unchanged' : 'changed',
    entry,
    history: entry === null ? null : record.group,
    steps,
    waits,
    attempts,
    after: entry === null ? after : membersOfPlaces(view, problem, places, before),
    revisionAfter: String(revision),
    error: null,
  };
}

/** A hook that nothing was done to, or where what was done was undone. */
export function failure(
  { code, message }: { readonly code: string; readonly message: string },
  { before }: HookPlan,
): Omit<HookOutcome, 'hook' | 'before' | 'revisionBefore' | 'notes'> {
  return {
    outcome: 'failed',
    entry: null,
    history: null,
    steps: 0,
    waits: 0,
    attempts: 1,
    after: before,
    revisionAfter: null,
    error: { code, message },
  };
}
