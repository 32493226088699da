import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { groupRecords, hasFailed, planGroups, UNDOABLE } from '../history/history.js';
import { standingEntries } from '../history/standing-entries.js';
import type { FoundHook } from '../host/found-hook.js';
import { resolveHook } from '../host/resolve-hook.js';
import type { JournalPlan } from '../journal/journal-plan.js';
import type { JournalRecord } from '../journal/journal-record.js';
import { refusal } from '../manager-error.js';
import { didYouMean } from '../names/nearest.js';

/** One hook of an entry that is to be undone. */
export interface UndoTarget {
  /** Name of the hook, as the journal has it. */
  readonly text: string;
  readonly hook: FoundHook;
  /** What was done to it; of several plans in one entry what was before the first and what came of the last. */
  readonly plan: JournalPlan;
  /** Whether it came to its end, so that `plan.after` is what was there then. */
  readonly ended: boolean;
}

/** An entry of the history that is to be undone. */
export interface UndoRequest {
  readonly entry: string;
  /** The last hook that was changed comes first. */
  readonly targets: readonly UndoTarget[];
  /** Hooks that are gone, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Finds what an entry of the history did.
 *
 * @param entry when absent the youngest that stands: what apply or move did and nobody took back
 * @throws MprogError `ENOENT` for an entry that is not there or is none of this boot, `ERR_UNDO` with the reason for one that
 * can't be undone
 */
export function findUndo(context: Context, entry: string | undefined): UndoRequest {
  const operation = entry === undefined ? 'undo' : `undo ${entry}`;
  const groups = groupRecords(context.journal.read());
  const undoable = planGroups(groups).slice(-UNDOABLE);
  const standing = standingEntries(groups);
  const chosen = entry ?? undoable.findLast((one) => standing.has(one));
  if (chosen === undefined) {
    throw refusal(
      'ENOENT',
      operation,
      'nothing stands that was done since this host booted and could be undone',
      {
        remedy: 'mprog history lists what was done',
      },
    );
  }
  const records = groups.get(chosen);
  if (records === undefined) {
    throw refusal('ENOENT', operation, `there is no entry ${chosen} of this boot`, {
      remedy: `mprog history lists them${didYouMean(chosen, undoable)}`,
    });
  }
  if (!undoable.includes(chosen)) {
    const planned = records.some(({ operation: what }) => what === 'plan');
    throw refusal(
      'ERR_UNDO',
      operation,
      hasFailed(records)
        ? 'it failed, and what it had done was undone then'
        : planned
          ? `only the last ${UNDOABLE} entries can be undone, what older ones took off is gone`
          : 'it is a single change, and only what apply, move and undo did can be undone',
      { remedy: 'mprog history says which can be' },
    );
  }
  return { entry: chosen, ...targetsOf(context, records) };
}

function targetsOf(context: Context, records: readonly JournalRecord[]): Omit<UndoRequest, 'entry'> {
  const targets: UndoTarget[] = [];
  const warnings: string[] = [];
  for (const id of new Set(records.map(({ entry }) => entry))) {
    const own = records.filter(({ entry, plan }) => entry === id && plan !== undefined);
    const first = own[0];
    const last = own.at(-1);
    if (first?.plan === undefined || last?.plan === undefined || first.hook === null) continue;
    if (last.outcome === 'failed') continue;
    try {
      const hook = resolveHook(context, first.hook);
      const isSame =
        hook.netnsInode === first.netnsInode &&
        hook.ifindex === first.ifindex &&
        hook.cgroupId === first.cgroupId;
      if (!isSame) warnings.push(`${first.hook} is another one by now, so it stays as it is`);
      else
        targets.push({
          text: first.hook,
          hook,
          plan: { ...last.plan, before: first.plan.before },
          ended: last.phase === 'after',
        });
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      warnings.push(`${first.hook} is gone: ${error.message}`);
    }
  }
  return { targets: targets.reverse(), warnings };
}
