import type { Entry, Problem } from '../../src/planner/problem.js';

/** What the cheapest way of all costs, and the targets that it can lead to. */
export interface Cheapest {
  readonly waits: number;
  readonly operations: number;
  /** Each as the keys of its entries. */
  readonly targets: readonly (readonly string[])[];
}

/** Operations that no cheapest way of so few programs needs. */
const ENOUGH = 24;

/** A member of a chain as this search sees it: who, how attached, and whether it is a stand-in. */
interface Member {
  readonly who: string;
  readonly kind: Entry['kind'];
  readonly standIn: boolean;
}

/**
 * Finds the cheapest way from today's chain to any target with `overlap`, by looking at every chain in the order of its
 * cost, with no estimate, no choice between targets and no thought of gaps: what the planner is held against.
 *
 * Older versions are not known here, nor copies of ours whose place can't be told.
 *
 * @param most waits and operations after which it gives up; each wait brings the number of entries one nearer to the
 * target's at most, so that chains too long or too short for what is left of the waits are left out
 */
export function cheapestOverlap(
  problem: Problem,
  most: { readonly waits: number; readonly operations: number },
): Cheapest | null {
  const { rules } = problem;
  const wanted = new Map(problem.wanted.map(({ key, kind }) => [key, kind]));
  const names = new Map(problem.today.map((entry, index) => [nameOf(entry, index), entry]));
  const keyOf = (who: string) => names.get(who)?.key ?? who;
  const roleOf = (who: string) => names.get(who)?.role ?? 'own';
  const today = problem.today.map(
    (entry, index): Member => ({ who: nameOf(entry, index), kind: entry.kind, standIn: entry.standIn }),
  );
  const everybody = [...new Set([...names.keys(), ...wanted.keys()])];
  const pairs = everybody.flatMap((a) =>
    everybody
      .filter((b) => a !== b && mustPrecede(problem, keyOf(a), keyOf(b)))
      .map((b): [string, string] => [a, b]),
  );
  const breaks = (chain: readonly Member[], [before, after]: readonly [string, string]) => {
    const from = chain.findIndex(({ who }) => who === after);
    return from >= 0 && chain.slice(from).some(({ who }) => who === before);
  };
  const held = pairs.filter((pair) => !breaks(today, pair));
  const kept = [...wanted.keys()].filter((key) => today.some(({ who }) => who === key));
  const count = (chain: readonly Member[], key: string) => chain.filter(({ who }) => who === key).length;
  const isAllowed = (chain: readonly Member[]) =>
    chain.length <= rules.capacity &&
    kept.every((key) => count(chain, key) > 0) &&
    held.every((pair) => !breaks(chain, pair));
  const isTarget = (chain: readonly Member[]) =>
    chain.every(({ who, kind, standIn }) =>
      roleOf(who) === 'own'
        ? wanted.get(who) === kind && !standIn && count(chain, who) === 1
        : roleOf(who) === 'wall',
    ) &&
    [...wanted.keys()].every((key) => count(chain, key) === 1) &&
    pairs.every((pair) => !breaks(chain, pair));
  const isSame = (a: Member, b: Member) =>
    a.who === b.who && !a.standIn && (!rules.linkRepeats || (a.kind === 'direct' && b.kind === 'direct'));
  const copies = (who: string, kind: Entry['kind'], rest: readonly Member[]): Member[] => {
    const own: Member = { who, kind, standIn: false };
    const isThere = rest.some((other) => isSame(other, own));
    if (!isThere) return [own];
    return Object.hasOwn(problem.withoutStandIn, who) ? [] : [{ who, kind, standIn: true }];
  };
  const kinds = [
    ...new Set([
      ...wanted.values(),
      ...today.filter(({ who }) => roleOf(who) === 'own').map(({ kind }) => kind),
    ]),
  ];
  /** Chains by waits and operations; each is looked at once, when it is reached in the cheapest way. */
  const levels: Map<string, readonly Member[]>[][] = [[new Map([[textOf(today), today]])]];
  const length = problem.today.filter(({ role }) => role === 'wall').length + wanted.size;
  const limitOf = (waits: number) => (waits < most.waits ? ENOUGH : most.operations);
  const seen = new Set<string>();
  const targets: (readonly string[])[] = [];
  for (let waits = 0; waits < levels.length; waits++) {
    for (
      let operations = 0;
      operations < (levels[waits]?.length ?? 0) && operations <= limitOf(waits);
      operations++
    ) {
      for (const [text, chain] of levels[waits]?.[operations] ?? []) {
        if (seen.has(text)) continue;
        seen.add(text);
        if (isTarget(chain)) targets.push(chain.map(({ who }) => keyOf(who)));
        const put = (next: readonly Member[], wait: number) => {
          if (waits + wait + Math.abs(next.length - length) > most.waits || !isAllowed(next)) return;
          levels[waits + wait] ??= [];
          const row = levels[waits + wait]!;
          row[operations + 1] ??= new Map();
          const key = textOf(next);
          if (!seen.has(key)) row[operations + 1]!.set(key, next);
        };
        const isFull = chain.length >= rules.capacity;
        for (const [index, member] of chain.entries()) {
          const { who, kind } = member;
          if (roleOf(who) === 'wall') continue;
          const rest = chain.toSpliced(index, 1);
          put(rest, 1);
          if (roleOf(who) !== 'own' || (isFull && !rules.replaceWhenFull && kind === 'direct')) continue;
          for (const key of wanted.keys()) {
            if (key === who && !member.standIn) continue;
            if (key !== who && count(chain, key) > 1) continue;
            for (const by of copies(key, kind, rest))
              if (key !== who || !by.standIn) put(chain.with(index, by), 0);
          }
        }
        for (let index = 0; index <= chain.length; index++) {
          for (const key of wanted.keys()) {
            if (count(chain, key) > 1) continue;
            for (const kind of kinds) {
              const isAtEnd = index === 0 || index === chain.length;
              const canName = (one: Member) => one.kind === kind && names.get(one.who)?.untold !== true;
              const isBeside = !isAtEnd && (canName(chain[index - 1]!) || canName(chain[index]!));
              if (rules.besideSameKind && !isAtEnd && !isBeside) continue;
              for (const by of copies(key, kind, chain)) put(chain.toSpliced(index, 0, by), 1);
            }
          }
        }
      }
      if (targets.length > 0) return { waits, operations, targets };
    }
  }
  return null;
}

function nameOf(entry: Entry, index: number): string {
  return entry.role === 'own' ? entry.key : `${entry.role} ${index} ${entry.key}`;
}

function textOf(chain: readonly Member[]): string {
  return chain.map(({ who, kind, standIn }) => `${who}/${kind}${standIn ? '*' : ''}`).join(' ');
}

function mustPrecede({ constraints, first, last }: Problem, before: string, after: string): boolean {
  return (
    before !== after &&
    (before === first?.key ||
      after === last?.key ||
      constraints.some((said) => said.before === before && said.after === after))
  );
}

/** Every order of wanted programs and walls that satisfies a problem, walls in today's order; each as members. */
export function everyTarget(problem: Problem): readonly (readonly Target[])[] {
  const walls = problem.today
    .filter(({ role }) => role === 'wall')
    .map(({ key, kind }): Target => ({ key, kind, isWall: true }));
  const targets: (readonly Target[])[] = [];
  const extend = (chain: readonly Target[], own: readonly Target[], wall: number): void => {
    if (own.length === 0 && wall === walls.length) {
      const isGood = chain.every((after, index) =>
        chain.slice(index + 1).every((before) => !mustPrecede(problem, before.key, after.key)),
      );
      if (isGood) targets.push(chain);
      return;
    }
    if (wall < walls.length) extend([...chain, walls[wall]!], own, wall + 1);
    for (const [index, each] of own.entries()) extend([...chain, each], own.toSpliced(index, 1), wall);
  };
  extend(
    [],
    problem.wanted.map(({ key, kind }) => ({ key, kind, isWall: false })),
    0,
  );
  return targets;
}

/** A member of a target. */
export interface Target {
  readonly key: string;
  readonly kind: Entry['kind'];
  readonly isWall: boolean;
}

/** Fewest inserts and removes between today's own places and a target's, gap by gap, where `same` says what may stay. */
export function editsBetween(
  today: readonly Entry[],
  target: readonly Target[],
  same: (entry: Entry, target: Target) => boolean,
): number {
  const here = [[]] as Entry[][];
  for (const entry of today) {
    if (entry.role === 'wall') here.push([]);
    else here.at(-1)!.push(entry);
  }
  const there = [[]] as Target[][];
  for (const each of target) {
    if (each.isWall) there.push([]);
    else there.at(-1)!.push(each);
  }
  const edits = (a: readonly Entry[], b: readonly Target[]): number => {
    if (a.length === 0 || b.length === 0) return a.length + b.length;
    const [one, other] = [a[0]!, b[0]!];
    const without = 1 + Math.min(edits(a.slice(1), b), edits(a, b.slice(1)));
    return one.role === 'own' && same(one, other)
      ? Math.min(without, edits(a.slice(1), b.slice(1)))
      : without;
  };
  return here.reduce((sum, gap, index) => sum + edits(gap, there[index]!), 0);
}

/** Pairs of keys, one of ours among them or not, that stand in another order than today; own ones of today count once. */
export function changedPairs(today: readonly Entry[], target: readonly string[]): number {
  const places = new Map<string, number[]>();
  const mark = (key: string, index: number) => places.set(key, [...(places.get(key) ?? []), index]);
  today.forEach((entry, index) => {
    if (entry.role === 'wall') mark(entry.key, index);
  });
  for (const [index, entry] of today.entries()) {
    if (entry.role !== 'own') continue;
    const program = today.findIndex(
      ({ role, key, standIn }) => role === 'own' && key === entry.key && !standIn,
    );
    if (program === index || (program < 0 && !places.has(entry.key))) mark(entry.key, index);
  }
  const met = new Map<string, number>();
  const order = target.map((key) => {
    const time = met.get(key) ?? 0;
    met.set(key, time + 1);
    return places.get(key)?.[time];
  });
  let changed = 0;
  order.forEach((one, index) => {
    for (const other of order.slice(index + 1))
      if (one !== undefined && other !== undefined && other < one) changed++;
  });
  return changed;
}
