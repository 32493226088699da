import type { Context } from '../context.js';
import type { OwnPins } from './own-pins.js';
import { StandIns } from './stand-ins.js';
import { UndoPins } from './undo-pins.js';

/** Removes what changes that were cut off have left: arrays that no stand-in uses, and what is too old to be undone. */
export function tidy(context: Context, pins: OwnPins, operation: string): void {
  new StandIns(context, pins).sweep();
  new UndoPins(context, pins, operation).prune();
}
