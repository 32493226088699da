import type { LastPlan } from '../history/hook-history.js';
import { keyOf } from './program-key.js';
import type { MemberReading } from './read-members.js';

/**
 * Where links are pinned by the keys of their programs: as they are named today; one that a kill left beside another's name
 * takes that name. Of what a plan that was cut off took off the hook, as they were named before it.
 *
 * @param fallback for keys that are not on the hook through a link of ours
 */
export function pinsOfMembers(
  members: readonly MemberReading[],
  last: LastPlan | null,
  fallback: (key: string) => string,
): (key: string) => string {
  const known = new Map<string, string>();
  const recorded = new Map(
    (last === null || last.ended ? [] : last.plan.before).flatMap(({ program, pin }) =>
      program === null || pin === null ? [] : [[keyOf(program), pin.replace(/~+$/, '')] as const],
    ),
  );
  for (const { original, pin } of members) {
    const key = keyOf(original);
    const name = pin?.replace(/~+$/, '');
    if (name !== undefined && !known.has(key)) known.set(key, name);
  }
  return (key) => known.get(key) ?? recorded.get(key) ?? fallback(key);
}
