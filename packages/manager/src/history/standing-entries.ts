import type { JournalRecord } from '../journal/journal-record.js';
import type { JournalGroups } from './history.js';

/**
 * Entries of apply and move that stand: those that were not undone, or whose undoing was undone in turn. An undoing that did
 * not come to its end leaves what it was to take back standing.
 */
export function standingEntries(groups: JournalGroups): ReadonlySet<string> {
  const standing = new Set<string>();
  const undoneBy = new Map<string, string>();
  const setStanding = (entry: string, stands: boolean): void => {
    const undone = undoneBy.get(entry);
    if (undone !== undefined) setStanding(undone, !stands);
    else if (stands) standing.add(entry);
    else standing.delete(entry);
  };
  for (const [entry, records] of groups) {
    const plan = records.find((record) => record.plan !== undefined)?.plan;
    if (plan === undefined) continue;
    if (plan.command === 'undo') {
      if (!isDone(records)) continue;
      undoneBy.set(entry, plan.subject);
    }
    setStanding(entry, true);
  }
  return standing;
}

/** Whether every hook of an entry came to its end. */
function isDone(records: readonly JournalRecord[]): boolean {
  const ended = new Set(records.flatMap(({ entry, outcome }) => (outcome === 'done' ? entry : [])));
  return records.every(({ entry }) => ended.has(entry));
}
