import { keyOf } from './program-key.js';
import type { MemberReading } from './read-members.js';

/**
 * Where links are pinned by the keys of their programs: as they are named today; one that a kill left beside another's name
 * takes that name.
 *
 * @param fallback for keys that are not on the hook through a link of ours
 */
export function pinsOfMembers(
  members: readonly MemberReading[],
  fallback: (key: string) => string,
): (key: string) => string {
  const known = new Map<string, string>();
  for (const { original, pin } of members) {
    const key = keyOf(original);
    const name = pin?.replace(/~+$/, '');
    if (name !== undefined && !known.has(key)) known.set(key, name);
  }
  return (key) => known.get(key) ?? fallback(key);
}
