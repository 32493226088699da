import type { JournalMember } from '../journal/journal-plan.js';

/**
 * A chain as it is to come back where a change that was cut off had left stand-ins in it: with the programs behind them,
 * each once.
 *
 * @param originalOf id of the program of a key; null where it is not known, and the stand-in is left out
 */
export function withoutStandIns(
  recorded: readonly JournalMember[],
  originalOf: (key: string) => number | null,
): readonly JournalMember[] {
  const present = new Set(recorded.flatMap(({ standIn, program }) => (standIn ? [] : [program])));
  return recorded.flatMap((member) => {
    if (!member.standIn) return [member];
    const program = originalOf(member.key);
    if (program === null || present.has(program)) return [];
    present.add(program);
    return [{ ...member, program, standIn: false }];
  });
}
