import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import type { Wanted } from '../planner/problem.js';
import type { LastPlan } from './hook-history.js';
import { keyOf } from './program-key.js';
import type { MemberReading } from './read-members.js';

/**
 * Programs that a plan which was cut off took off a hook and did not put back: they were there before it, were to be there
 * after it, and are kept for undoing it.
 */
export function lostPrograms(
  { kernel }: Context,
  last: LastPlan | null,
  members: readonly MemberReading[],
): readonly (Wanted & { readonly program: number })[] {
  if (last === null || last.ended) return [];
  const present = new Set(members.map(({ original }) => original));
  const stays = new Set(last.plan.after.map(({ program }) => program));
  return last.plan.before.flatMap(({ program, kind, own, standIn }) => {
    if (program === null || !own || standIn || present.has(program) || !stays.has(program)) return [];
    try {
      kernel.programs.open(program).close();
      return [{ program, key: keyOf(program), kind }];
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  });
}
