import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import type { OwnPins } from './own-pins.js';
import { StandIns } from './stand-ins.js';
import { UndoPins } from './undo-pins.js';

/**
 * Removes what changes that were cut off have left: arrays that no stand-in uses, and what is too old to be undone.
 *
 * What a change did is done whether or not this works, so it never fails: what stays is there for the next time.
 */
export function tidy(context: Context, pins: OwnPins, operation: string): void {
  attempt(() => new StandIns(context, pins).sweep());
  attempt(() => new UndoPins(context, pins, operation).prune());
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!MprogError.is(error)) throw error;
  }
}
