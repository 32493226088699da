import { MprogError } from '@mprog/core';
import { type Change, makeChange } from '../change.js';
import type { Context } from '../context.js';
import type { JournalIntent } from './journal-record.js';

/**
 * Makes a change with a record before and one after it; without the first nothing happens.
 *
 * The action is synchronous, so a signal handler can't run between the two; after a kill the first one stays alone.
 *
 * @param action undoes what it did before it throws
 * @throws MprogError of the journal or of the action
 */
export function journalled(context: Context, intent: JournalIntent, action: () => Change): Change {
  const { journal } = context;
  const entry = journal.begin(intent);
  let change: Change;
  try {
    change = action();
  } catch (error) {
    try {
      journal.failed(entry, error);
    } catch {
      // The error of the change itself says more; the first record stays, as after a kill.
    }
    throw error;
  }
  try {
    journal.done(entry, {
      link: change.link?.id ?? null,
      revisionBefore: change.revisionBefore,
      revisionAfter: change.revisionAfter,
    });
    return change;
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const note = `it was done, but its end could not be recorded: ${error.message}`;
    return makeChange({ ...change, notes: [...change.notes, note] });
  }
}
