import type { Problem } from '../../src/planner/problem.js';

/**
 * Whether any target can be reached with `overlap` within a number of waits, by looking at every chain that can be reached
 * so; for problems of one kind of attachment, without stand-ins of today, under the rules of tcx with room and stand-ins
 * enough.
 *
 * It does not tell a program from its stand-in, which costs no wait, so that six programs between two walls can be looked
 * at.
 */
export function waitsSuffice(problem: Problem, waits: number): boolean {
  const wanted = new Set(problem.wanted.map(({ key }) => key));
  const letters = new Map<string, string>();
  const letterOf = (who: string) => {
    if (!letters.has(who)) letters.set(who, String.fromCharCode(65 + letters.size));
    return letters.get(who)!;
  };
  const keys = new Map<string, string>();
  const own = new Set<string>();
  const goals = new Set<string>();
  for (const { key } of problem.wanted) {
    const letter = letterOf(`own ${key}`);
    keys.set(letter, key);
    own.add(letter);
    goals.add(letter);
  }
  const today = problem.today
    .map(({ role, key }, index) => {
      const letter = letterOf(role === 'own' ? `own ${key}` : `${role} ${index}`);
      keys.set(letter, key);
      if (role === 'own') own.add(letter);
      return letter;
    })
    .join('');
  const walls = [...today].filter((letter) => !own.has(letter)).length;
  const said: (readonly [string, string])[] = [];
  for (const [a, one] of keys) {
    for (const [b, other] of keys) {
      const isSaid = problem.constraints.some(({ before, after }) => before === one && after === other);
      const isClaimed = one !== other && (one === problem.first?.key || other === problem.last?.key);
      if (a !== b && (isSaid || isClaimed)) said.push([a, b]);
    }
  }
  const isBroken = (chain: string, [before, after]: readonly [string, string]) => {
    const from = chain.indexOf(after);
    return from >= 0 && chain.includes(before, from);
  };
  const held = said.filter((pair) => !isBroken(today, pair));
  const kept = [...goals].filter((letter) => today.includes(letter));
  const isAllowed = (chain: string) =>
    kept.every((letter) => chain.includes(letter)) && held.every((pair) => !isBroken(chain, pair));
  const isTarget = (chain: string) =>
    chain.length === walls + wanted.size &&
    [...goals].every((letter) => chain.includes(letter)) &&
    !said.some((pair) => isBroken(chain, pair));
  const isTwice = (chain: string, letter: string) => chain.indexOf(letter) !== chain.lastIndexOf(letter);
  let level = new Set([today]);
  const seen = new Set<string>();
  for (let done = 0; done <= waits; done++) {
    const next = new Set<string>();
    for (const chain of level) {
      if (seen.has(chain)) continue;
      seen.add(chain);
      if (isTarget(chain)) return true;
      for (let index = 0; index <= chain.length; index++) {
        const [left, right] = [chain.slice(0, index), chain.slice(index)];
        const isOurs = index < chain.length && own.has(chain[index]!);
        for (const letter of goals) {
          if (isTwice(chain, letter)) continue;
          const replaced = left + letter + right.slice(1);
          if (isOurs && !seen.has(replaced) && isAllowed(replaced)) level.add(replaced);
          const inserted = left + letter + right;
          if (done < waits && isWithin(inserted, waits - done - 1) && isAllowed(inserted)) next.add(inserted);
        }
        const removed = left + right.slice(1);
        if (isOurs && done < waits && isWithin(removed, waits - done - 1) && isAllowed(removed))
          next.add(removed);
      }
    }
    level = next;
  }
  return false;

  /** The number of entries has to come right in what is left. */
  function isWithin(chain: string, left: number): boolean {
    return Math.abs(chain.length - walls - wanted.size) <= left;
  }
}
