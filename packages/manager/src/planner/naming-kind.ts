import type { Entry, SlotKind } from './problem.js';

/**
 * The kind of the entries that an entry can name a place for, where neighbours have to be of the same kind; null when it may
 * be elsewhere itself. Of ours only one is left by the time that a place is named.
 */
export function namingKind({ role, kind, untold }: Entry): SlotKind | null {
  return untold === true && role !== 'own' ? null : kind;
}
