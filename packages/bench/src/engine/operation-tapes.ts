import { type Entry, flag, verb, writeTape } from './entry.js';
import { randomNumbers } from './random.js';

const PRESENT = 20;
const ABSENT = 40;

/**
 * For each kind of operation a tape of nothing else, on a chain of 20 of which every third is owned by a link. What
 * changes the chain is undone by the next entry, and counts as well. Which program it is about changes at random.
 */
export function operationTapes(length: number): ReadonlyMap<string, Int32Array> {
  const random = randomNumbers(20);
  const owner = (program: number): number => (program % 3 === 0 ? program : 0);
  const there = (): number => 1 + random(PRESENT);
  const linked = (): number => 3 * (1 + random(Math.floor(PRESENT / 3)));
  const program = ABSENT;
  const detach: Entry = { verb: verb.detach, program };
  const attach = (more: Partial<Entry> = {}): Entry => ({ verb: verb.attach, program, ...more });
  const replace = (): Entry[] => {
    const old = there();
    const link = owner(old);
    return [attach({ link, replace: old }), { verb: verb.attach, program: old, link, replace: program }];
  };
  const kinds: Record<string, () => Entry[]> = {
    'attach last, detach': () => [attach(), detach],
    'attach first, detach': () => [attach({ flags: flag.before }), detach],
    'attach before a program, detach': () => [attach({ flags: flag.before, relative: there() }), detach],
    'attach after a link, detach': () => [attach({ flags: flag.after, relative: -linked() }), detach],
    'attach by a link, detach': () => [attach({ link: program }), { ...detach, link: program }],
    'attach first, detach the first': () => [
      attach({ flags: flag.before }),
      { verb: verb.detach, flags: flag.before },
    ],
    replace,
    query: () => [{ verb: verb.query }],
    'refused: ESTALE': () => [attach({ revision: 1 })],
    'refused: EEXIST': () => [{ verb: verb.attach, program: there() }],
    'refused: ENOENT': () => [attach({ flags: flag.before, relative: ABSENT + 1 })],
    'refused: EBUSY': () => [{ verb: verb.detach, program: linked() }],
  };
  const filled = Array.from({ length: PRESENT }, (_, i): Entry => {
    return { verb: verb.attach, program: i + 1, link: owner(i + 1) };
  });
  return new Map(
    Object.entries(kinds).map(([name, kind]) => {
      const entries = [...filled];
      while (entries.length < length) entries.push(...kind());
      return [name, writeTape(entries.slice(0, length))];
    }),
  );
}
