import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import type { LastPlan } from '../history/hook-history.js';
import type { JournalMember } from '../journal/journal-plan.js';
import type { Wanted } from '../planner/problem.js';
import { keyOf } from './program-key.js';
import type { MemberReading } from './read-members.js';

/**
 * Programs that a plan which was cut off took off a hook and did not put back: some version of each was there before it, was
 * to be there after it, and none is. The version that was to be there comes before the one that was. What somebody
 * detached since is not lost.
 */
export function lostPrograms(
  { kernel }: Context,
  last: LastPlan | null,
  members: readonly MemberReading[],
): readonly (Wanted & { readonly program: number })[] {
  if (last === null || last.ended) return [];
  const present = new Set(members.map(({ original }) => original));
  const versions = (list: readonly JournalMember[], of: string) =>
    list.flatMap(({ program, key, own, standIn }) =>
      program !== null && own && !standIn && key === of ? [program] : [],
    );
  const isThere = (program: number) => {
    try {
      kernel.programs.open(program).close();
      return true;
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
  };
  return last.plan.after.flatMap(({ key, kind }) => {
    const before = versions(last.plan.before, key);
    const candidates = [...versions(last.plan.after, key), ...before];
    if (before.length === 0 || candidates.some((program) => present.has(program))) return [];
    if (candidates.some((program) => last.detached.has(program))) return [];
    const program = candidates.find(isThere);
    return program === undefined ? [] : [{ program, key: keyOf(program), kind }];
  });
}
