import type { LastPlan } from '../history/hook-history.js';
import type { SlotKind } from '../planner/problem.js';
import type { MemberReading } from './read-members.js';

/**
 * Programs of a chain whose move was cut off, with what each is to hang on: those that a stand-in of ours is left of, and,
 * where links repeat programs, those that a plan without an end was to leave once and that are there several times.
 */
export function interruptedPrograms(
  last: LastPlan | null,
  members: readonly MemberReading[],
): ReadonlyMap<number, SlotKind> {
  const interrupted = new Map<number, SlotKind>();
  for (const { standIn, original, kind } of members) if (standIn) interrupted.set(original, kind);
  if (last === null || last.ended) return interrupted;
  for (const { program, own, kind } of last.plan.after) {
    if (program === null || !own || interrupted.has(program)) continue;
    const intended = last.plan.after.filter((other) => other.program === program).length;
    const copies = members.filter(({ original, ours }) => ours && original === program).length;
    if (intended === 1 && copies > 1) interrupted.set(program, kind);
  }
  return interrupted;
}
