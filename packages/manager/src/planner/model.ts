import { namingKind } from './naming-kind.js';
import type { Entry, Problem, SlotKind } from './problem.js';

/** What may stand in a chain: a program of ours, a run of walls that nothing is ever put between, or one that leaves. */
export type Thing =
  | { readonly sort: 'own'; readonly key: string; readonly wanted: SlotKind | null; readonly there: boolean }
  | { readonly sort: 'walls'; readonly entries: readonly Entry[] }
  | { readonly sort: 'leaving'; readonly entry: Entry };

/** One member of a chain: a thing, and for a program of ours how it is attached. */
export interface Cell {
  /** Names the cell through all states; a replace keeps it. */
  readonly id: number;
  readonly thing: number;
  readonly kind: SlotKind;
  /** The place holds something else than the program itself: a stand-in, or an older version. */
  readonly copy: boolean;
}

/** A problem as numbers: things by index, own programs first, in the policy's order. */
export interface Model {
  readonly problem: Problem;
  readonly things: readonly Thing[];
  /** Things below this are programs of ours; those below `wanted` are to be on the hook in the end. */
  readonly own: number;
  readonly wanted: number;
  /** Walls in today's order. */
  readonly walls: readonly number[];
  readonly today: readonly Cell[];
  /** `must[a][b]`: a runs before b in the end. */
  readonly must: readonly (readonly boolean[])[];
  /** As `must`, for those pairs that today's chain does not violate: `overlap` keeps them in every state. */
  readonly held: readonly (readonly boolean[])[];
  /** Entries that a thing stands for. */
  readonly size: readonly number[];
  /** Kinds that an entry of ours has today or in the end. */
  readonly kinds: readonly SlotKind[];
}

/** Turns a problem into numbers; `today` is the chain that the search begins with. */
export function modelOf(problem: Problem, today: readonly Entry[]): Model {
  const kindOf = new Map(problem.wanted.map(({ key, kind }) => [key, kind]));
  const onHook = new Set(today.filter(({ role }) => role === 'own').map(({ key }) => key));
  const things: Thing[] = [...new Set([...kindOf.keys(), ...onHook])].map((key) => ({
    sort: 'own',
    key,
    wanted: kindOf.get(key) ?? null,
    there: onHook.has(key),
  }));
  const own = things.length;
  const ownIndex = new Map(things.map((thing, index) => [(thing as { key: string }).key, index]));
  const gaps = usefulGaps(problem, today);
  const cells: Cell[] = [];
  const walls: number[] = [];
  let block: Entry[] = [];
  let passed = 0;
  const endBlock = () => {
    if (block.length === 0) return;
    walls.push(things.length);
    cells.push({ id: cells.length, thing: things.length, kind: block[0]!.kind, copy: false });
    things.push({ sort: 'walls', entries: block });
    block = [];
  };
  for (const entry of today) {
    if (entry.role === 'wall') {
      if (gaps.has(passed)) endBlock();
      block.push(entry);
      passed++;
      continue;
    }
    endBlock();
    const thing = entry.role === 'own' ? ownIndex.get(entry.key)! : things.length;
    if (entry.role === 'leaving') things.push({ sort: 'leaving', entry });
    cells.push({ id: cells.length, thing, kind: entry.kind, copy: entry.standIn || entry.outdated });
  }
  endBlock();
  const must = pairs(problem, things);
  const kinds = new Set([
    ...problem.wanted.map(({ kind }) => kind),
    ...today.filter(({ role }) => role === 'own').map(({ kind }) => kind),
  ]);
  return {
    problem,
    things,
    own,
    wanted: kindOf.size,
    walls,
    today: cells,
    must,
    held: unviolated(must, cells),
    size: things.map((thing) => (thing.sort === 'walls' ? thing.entries.length : 1)),
    kinds: (['direct', 'link'] as const).filter((kind) => kinds.has(kind)),
  };
}

/** How a program of ours that is wanted is to be attached. */
export function kindWanted({ things }: Model, thing: number): SlotKind {
  return (things[thing] as { readonly wanted: SlotKind }).wanted;
}

/** What the entry at one side of a cell names a place for, see {@link namingKind}. */
export function kindAtSide(
  { things }: Model,
  cell: Pick<Cell, 'thing' | 'kind'>,
  side: 'left' | 'right',
): SlotKind | null {
  const thing = things[cell.thing]!;
  if (thing.sort === 'own') return cell.kind;
  return namingKind(thing.sort === 'leaving' ? thing.entry : thing.entries.at(side === 'left' ? 0 : -1)!);
}

/** Keys of everything that a thing stands for. */
export function keysOf(thing: Thing): readonly string[] {
  if (thing.sort === 'walls') return thing.entries.map(({ key }) => key);
  return [thing.sort === 'own' ? thing.key : thing.entry.key];
}

/**
 * Gaps between walls, counted from 0 before the first, that a best plan may use: those where something else stands today,
 * and the first and last that each program may stand in. Whatever is put into another gap could as well be put into the
 * next of these. Where an entry can be placed beside its own kind alone every gap counts.
 */
function usefulGaps(problem: Problem, today: readonly Entry[]): ReadonlySet<number> {
  const walls = today.filter(({ role }) => role === 'wall');
  const gaps = new Set([0, walls.length]);
  if (problem.rules.besideSameKind) for (let gap = 1; gap < walls.length; gap++) gaps.add(gap);
  let passed = 0;
  for (const { role } of today) {
    if (role === 'wall') passed++;
    else gaps.add(passed);
  }
  const named = new Set<string>();
  for (const { before, after } of problem.constraints) named.add(before).add(after);
  if (problem.first !== null) named.add(problem.first.key);
  if (problem.last !== null) named.add(problem.last.key);
  for (const name of named) {
    const first = walls.findIndex(({ key }) => key === name);
    if (first >= 0) gaps.add(first).add(walls.findLastIndex(({ key }) => key === name) + 1);
  }
  return gaps;
}

function pairs(problem: Problem, things: readonly Thing[]): boolean[][] {
  const must = things.map(() => things.map(() => false));
  const bearers = new Map<string, number[]>();
  things.forEach((thing, index) => {
    for (const key of new Set(keysOf(thing))) bearers.set(key, [...(bearers.get(key) ?? []), index]);
  });
  const put = (before: readonly number[], after: readonly number[]) => {
    for (const a of before) for (const b of after) if (a !== b) must[a]![b] = true;
  };
  for (const { before, after } of problem.constraints) {
    if (before !== after) put(bearers.get(before) ?? [], bearers.get(after) ?? []);
  }
  const all = things.map((_, index) => index);
  for (const end of ['first', 'last'] as const) {
    const claim = problem[end];
    const claimants = claim === null ? [] : (bearers.get(claim.key) ?? []);
    const rest = all.filter((index) => !claimants.includes(index));
    if (end === 'first') put(claimants, rest);
    else put(rest, claimants);
  }
  return must;
}

function unviolated(must: readonly (readonly boolean[])[], cells: readonly Cell[]): boolean[][] {
  const held = must.map((row) => [...row]);
  cells.forEach((earlier, index) => {
    for (const later of cells.slice(index + 1)) held[later.thing]![earlier.thing] = false;
  });
  return held;
}
