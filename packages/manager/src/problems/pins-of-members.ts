import type { LastPlan } from '../history/hook-history.js';
import { keyOf } from './program-key.js';
import type { MemberReading } from './read-members.js';

/**
 * Where links are pinned by the keys of their programs: as they are named today; one that a kill left beside another's name
 * takes that name. What a plan that was cut off took off the hook, or gave a link with another's name, is named as before it.
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
  const namesOf = new Map<string, readonly string[]>();
  for (const { original, pin } of members) {
    if (pin === null) continue;
    const key = keyOf(original);
    namesOf.set(key, [...(namesOf.get(key) ?? []), pin.replace(/~+$/, '')]);
  }
  for (const [key, names] of namesOf) {
    const before = recorded.get(key);
    const isShared = (name: string) =>
      [...namesOf].some(([other, others]) => other !== key && others.includes(name));
    const isKept = before !== undefined && names.includes(before);
    known.set(key, (isKept ? before : names.find((name) => !isShared(name))) ?? before ?? names[0]!);
  }
  return (key) => known.get(key) ?? recorded.get(key) ?? fallback(key);
}
