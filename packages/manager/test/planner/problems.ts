import fc from 'fast-check';
import type { Entry, Problem, SlotKind, Source, Strategy, Wanted } from '../../src/planner/problem.js';

/** The rules of tcx. */
export const tcx: Problem['rules'] = {
  capacity: 63,
  waits: true,
  linkRepeats: false,
  besideSameKind: false,
  replaceWhenFull: true,
};

/** The rules of a cgroup. */
export const cgroup: Problem['rules'] = {
  capacity: 64,
  waits: false,
  linkRepeats: true,
  besideSameKind: true,
  replaceWhenFull: false,
};

/** A source that says nothing but where it is. */
export function said(words: string): Source {
  return { where: 'policy.yaml:1:1', words };
}

/**
 * A chain from words: `A` is ours and direct, `A/link` through a link, `A*` a stand-in, `A-` an older version, `[w]` a
 * wall, `(x)` one that leaves; with `?` its place can't be told.
 */
export function chain(...words: readonly string[]): readonly Entry[] {
  return words.map((word, index) => {
    const [, key] = /^[[(]?(\w+)/.exec(word) as unknown as [string, string];
    const role = word.startsWith('[') ? 'wall' : word.startsWith('(') ? 'leaving' : 'own';
    return {
      slot: `id:${index + 1}`,
      key,
      kind: word.includes('/link') ? 'link' : 'direct',
      role,
      standIn: word.includes('*'),
      outdated: word.includes('-'),
      ...(word.includes('?') ? { untold: true as const } : {}),
    };
  });
}

/** A chain as the words that {@link chain} reads. */
export function words(entries: readonly Entry[]): string {
  return entries
    .map(({ key, kind, role, standIn, outdated, untold }) => {
      const suffix = `${kind === 'link' ? '/link' : ''}${standIn ? '*' : ''}${outdated ? '-' : ''}${untold === true ? '?' : ''}`;
      if (role === 'wall') return `[${key}${suffix}]`;
      return role === 'leaving' ? `(${key}${suffix})` : `${key}${suffix}`;
    })
    .join(' ');
}

/** A problem from words: `order` has a constraint for each two neighbours. */
export function problem(
  today: readonly Entry[],
  wanted: readonly string[],
  more: Partial<Problem> & { readonly order?: readonly string[] } = {},
): Problem {
  const { order = [], ...rest } = more;
  const constraints = order.slice(1).map((after, index) => {
    const before = order[index]!;
    return { before, after, source: said(`order: ${before} before ${after}`) };
  });
  return {
    today,
    wanted: wanted.map((word): Wanted => {
      const [key, kind] = word.split('/') as [string, SlotKind | undefined];
      return { key, kind: kind ?? 'direct' };
    }),
    constraints,
    first: null,
    last: null,
    strategy: 'overlap',
    withoutStandIn: {},
    rules: tcx,
    ...rest,
  };
}

/** What a random problem may be made of. */
export interface Making {
  readonly own: number;
  readonly walls: number;
  readonly strategies?: readonly Strategy[];
  readonly isTidy?: boolean;
  readonly rules?: readonly Problem['rules'][];
  /** Everything is there and wanted, and much has to move. */
  readonly isBusy?: boolean;
  /** Only constraints that some chain satisfies. */
  readonly isSatisfiable?: boolean;
  /** Whether the place of what is on a cgroup several times can't be told. */
  readonly isUntold?: boolean;
}

const KEYS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

/**
 * Random problems.
 *
 * Constraints are drawn from a hidden order of everything, in which the walls are as they are today; so there is a chain
 * that satisfies them, unless wanted otherwise.
 */
export function anyProblem(making: Making): fc.Arbitrary<Problem> {
  const { own, walls, isBusy = false, isSatisfiable = true } = making;
  const isTidy = making.isTidy ?? isBusy;
  const entry = fc.record({
    today: fc.constantFrom(
      'there',
      'there',
      'there',
      isTidy ? 'there' : 'twice',
      isBusy ? 'there' : 'absent',
    ),
    wanted: fc.constantFrom(true, true, true, true, isBusy),
    kinds: fc.tuple(kindOf, kindOf),
    standIn: fc.constantFrom(false, false, false, !isTidy),
    outdated: fc.constantFrom(false, false, false, !isTidy),
    copyless: fc.constantFrom(false, false, false, false, !isTidy),
  });
  return fc
    .record({
      own: fc.array(entry, { minLength: isBusy ? Math.min(2, own) : 1, maxLength: own }),
      walls: fc.array(
        fc.record({ kind: kindOf, key: fc.nat({ max: 3 }), leaves: fc.nat({ max: isTidy ? 0 : 5 }) }),
        {
          maxLength: walls,
        },
      ),
      kinds: fc.boolean(),
      places: fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      constraints: fc.array(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 })), { maxLength: own + 2 }),
      order: fc.boolean(),
      first: fc.nat({ max: 5 }),
      last: fc.nat({ max: 5 }),
      strategy: fc.constantFrom(...(making.strategies ?? (['overlap', 'in-place', 'gap'] as const))),
      rules: fc.constantFrom(...(making.rules ?? [tcx])),
      full: fc.nat({ max: 12 }),
    })
    .map((drawn) => {
      const pick = drawn.places[Symbol.iterator]();
      const at = (length: number) => (pick.next().value as number) % (length + 1);
      const oneKind = (kind: SlotKind): SlotKind => (drawn.kinds ? kind : 'direct');
      const keyOf = (key: number, leaves: boolean, index: number) =>
        making.isUntold === true ? `${leaves ? 'x' : 'w'}${key % 2}` : leaves ? `x${index}` : `w${key}`;
      const today: Omit<Entry, 'slot'>[] = drawn.walls.map(({ kind, key, leaves }, index) => ({
        key: keyOf(key, leaves === 5, index),
        kind: oneKind(kind),
        role: leaves === 5 ? 'leaving' : 'wall',
        standIn: false,
        outdated: false,
      }));
      for (const [index, { today: there, kinds, standIn, outdated }] of drawn.own.entries()) {
        const key = KEYS[index]!;
        const common = { key, kind: oneKind(kinds[0]), role: 'own' as const };
        if (there === 'absent') continue;
        today.splice(at(today.length), 0, { ...common, standIn, outdated });
        if (there !== 'twice') continue;
        // The newer of two versions is another program, and a link may hold one that is on a cgroup already.
        const isRepeated = outdated || (drawn.rules.linkRepeats && common.kind === 'link');
        const second = { ...common, standIn: !standIn && !isRepeated, outdated: false };
        today.splice(at(today.length), 0, second);
      }
      const wanted = drawn.own.flatMap(({ wanted, kinds, today: there }, index) =>
        wanted ? [{ key: KEYS[index]!, kind: oneKind(there === 'absent' ? kinds[0] : kinds[1]) }] : [],
      );
      const hidden = today.filter(({ role }) => role === 'wall').map(({ key }) => key);
      for (const { key } of wanted) hidden.splice(at(hidden.length), 0, key);
      const pairs: [string, string][] = drawn.order
        ? hidden.slice(1).map((after, index) => [hidden[index]!, after])
        : drawn.constraints.map(([a, b]) => {
            const [one, other] = [a % Math.max(hidden.length, 1), b % Math.max(hidden.length, 1)];
            const [low, high] = isSatisfiable && one > other ? [other, one] : [one, other];
            return [hidden[low] ?? 'nobody', hidden[high] ?? 'nobody'];
          });
      const isHeld = ([before, after]: [string, string]) =>
        before !== after && (!isSatisfiable || hidden.lastIndexOf(before) < hidden.indexOf(after));
      const isAlone = (key: string | undefined) =>
        key !== undefined && (!isSatisfiable || hidden.filter((other) => other === key).length === 1);
      const [front, end] = [hidden[0], hidden.at(-1)];
      const length = today.length;
      const isUntold = ({ key, role, standIn, outdated }: Omit<Entry, 'slot'>) => {
        if (making.isUntold !== true || !drawn.rules.linkRepeats) return false;
        const isSame = (other: Omit<Entry, 'slot'>) =>
          [other.key, other.role, other.standIn, other.outdated].join() ===
          [key, role, standIn, outdated].join();
        return today.filter(isSame).length > 1;
      };
      return {
        today: today.map((entry, index) => ({
          slot: `id:${index + 1}`,
          ...entry,
          ...(isUntold(entry) ? { untold: true as const } : {}),
        })),
        wanted,
        constraints: pairs
          .filter(isHeld)
          .map(([before, after]) => ({ before, after, source: said(`${before} before ${after}`) })),
        first: drawn.first === 0 && isAlone(front) ? { key: front!, source: said(`first: ${front}`) } : null,
        last:
          drawn.last === 0 && isAlone(end) && hidden.length > 1
            ? { key: end!, source: said(`last: ${end}`) }
            : null,
        strategy: drawn.strategy,
        withoutStandIn: Object.fromEntries(
          drawn.own.flatMap(({ copyless }, index) => (copyless ? [[KEYS[index]!, 'it has no name']] : [])),
        ),
        rules:
          isTidy || drawn.full > 2
            ? drawn.rules
            : { ...drawn.rules, capacity: Math.max(length, hidden.length) + drawn.full },
      };
    });
}

const kindOf = fc.constantFrom<SlotKind>('direct', 'link');
