import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { groupRecords, hasFailed, planGroups } from '../history/history.js';
import type { OwnPins } from '../pins/own-pins.js';
import { StandIns } from '../pins/stand-ins.js';
import { UndoPins } from '../pins/undo-pins.js';

/**
 * Removes what changes that were cut off have left: arrays that no stand-in uses, and what is too old to be undone. What
 * can't be read or removed stays for the next time: the change itself is done by then.
 */
export function tidy(context: Context, pins: OwnPins, operation: string): void {
  attempt(() => new StandIns(context, pins).sweep());
  attempt(() => {
    const groups = groupRecords(context.journal.read());
    const failed = [...groups].flatMap(([entry, records]) => (hasFailed(records) ? entry : []));
    new UndoPins(context, pins, operation).prune(planGroups(groups), new Set(failed));
  });
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!MprogError.is(error)) throw error;
  }
}
