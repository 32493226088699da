import type { JournalMember } from '../journal/journal-plan.js';
import type { Constraint } from '../planner/problem.js';

/**
 * Where programs stood that went missing, as the journal recorded it: each behind what was before it and before what was
 * behind it.
 *
 * @param recorded the chain as it was left last
 * @param missing keys that are wanted and not there
 */
export function recordedPlace(
  recorded: readonly JournalMember[],
  missing: ReadonlySet<string>,
): readonly Constraint[] {
  const source = { where: 'journal', words: 'the place that it had' };
  return recorded.flatMap(({ key }, index) =>
    missing.has(key)
      ? recorded.flatMap((other, place): Constraint[] => {
          if (other.key === key) return [];
          return [
            place < index
              ? { before: other.key, after: key, source }
              : { before: key, after: other.key, source },
          ];
        })
      : [],
  );
}
