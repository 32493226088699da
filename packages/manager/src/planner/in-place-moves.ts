import { Draft, hasStandIn, type Move } from './draft.js';
import { type Cell, kindWanted, type Model } from './model.js';
import { placesFor } from './place.js';

/** What becomes of the places of a chain. */
interface Alignment {
  /** For each place that stays, by the id of its cell, the program that will be in it. */
  readonly stays: ReadonlyMap<number, number>;
  /** Programs that get a place of their own, in the target's order. */
  readonly inserted: readonly number[];
}

/**
 * Brings a chain to a target with as few waits as there are places too few and too many between the walls: the places
 * that stay pass from program to program by replaces.
 *
 * A program that gets an inserted place, or leaves a removed one, is there twice meanwhile where that is possible, so that
 * none is missing for as long as a wait takes.
 *
 * @returns null when there is no room, no stand-in, or no way to say a place
 */
export function inPlaceMoves(model: Model, target: readonly number[]): readonly Move[] | null {
  const { stays, inserted } = align(model, target);
  const draft = new Draft(model);
  const rank = new Map(target.map((thing, index) => [thing, index]));
  const settled = new Map<number, number>();
  for (const { id, thing } of draft.cells) {
    const will = model.walls.includes(thing) ? thing : stays.get(id);
    if (will !== undefined) settled.set(id, rank.get(will)!);
  }
  const removable = () => draft.cells.filter(({ id }) => !settled.has(id));
  const isNeeded = ({ thing }: Cell) => thing < model.wanted && draft.copiesOf(thing).length === 1;
  const makeRoom = (): boolean => {
    const going = removable();
    const best = going.find((cell) => !isNeeded(cell)) ?? going[0];
    if (best !== undefined) draft.remove(draft.indexOf(best.id));
    return best !== undefined;
  };
  let pending = [...inserted];
  const insertWhere = (isReady: (thing: number) => boolean): void => {
    for (let progress = true; progress; ) {
      progress = false;
      for (const thing of pending) {
        const kind = kindWanted(model, thing);
        if (!isReady(thing) || !draft.canCopy(thing, kind) || (draft.isFull && !makeRoom())) continue;
        if (!draft.canCopy(thing, kind)) continue;
        const [index] = placesFor(draft, kind, rank.get(thing)!, settled);
        if (index === undefined) continue;
        settled.set(draft.insert(index, thing, kind), rank.get(thing)!);
        pending = pending.filter((other) => other !== thing);
        progress = true;
      }
    }
  };
  insertWhere(() => true);
  while (!permute(draft, stays)) if (!makeRoom()) return null;
  insertWhere(() => true);
  while (pending.length > 0) {
    if (!makeRoom()) return null;
    insertWhere(() => true);
  }
  while (makeRoom());
  return draft.moves;
}

/** Gives the places that stay their programs by replaces; false when that has to wait until something is removed. */
function permute(draft: Draft, stays: ReadonlyMap<number, number>): boolean {
  const { model } = draft;
  for (;;) {
    const waiting = draft.cells.filter(({ id, thing }) => stays.has(id) && stays.get(id) !== thing);
    if (waiting.length === 0) return true;
    if (waiting.some(({ kind }) => !draft.canReplace(kind))) return false;
    const wants = ({ id }: Cell) => stays.get(id)!;
    const isFree = (cell: Cell) => !draft.needsStandIn(wants(cell), cell.kind, cell.id);
    const isHeldByWaiting = (cell: Cell) =>
      waiting.some(({ id, thing }) => id !== cell.id && thing === wants(cell));
    const next =
      waiting.find(isFree) ??
      // What holds it is to be removed: both are there until then.
      waiting.find((cell) => !isHeldByWaiting(cell) && hasStandIn(model, wants(cell)));
    if (next !== undefined) {
      draft.replace(draft.indexOf(next.id), wants(next));
      continue;
    }
    const cycle = cycleOf(waiting, (cell) =>
      waiting.find(({ id, thing }) => id !== cell.id && thing === wants(cell)),
    );
    if (cycle.length === 0) return false;
    const spared = cycle.find((cell) => hasStandIn(model, wants(cell)));
    const spare = spared === undefined ? sparesOf(draft)[0] : wants(spared);
    if (spare === undefined) return false;
    draft.replace(draft.indexOf((spared ?? cycle[0]!).id), spare);
  }
}

/** Programs of which a stand-in can be made. */
function sparesOf({ model }: Draft): readonly number[] {
  return Array.from({ length: model.wanted }, (_, thing) => thing).filter((thing) =>
    hasStandIn(model, thing),
  );
}

/** Cells of which each waits for the next and the last for the first; none when there are no such. */
function cycleOf(waiting: readonly Cell[], next: (cell: Cell) => Cell | undefined): readonly Cell[] {
  for (const start of waiting) {
    const path: Cell[] = [];
    for (let at: Cell | undefined = start; at !== undefined; at = next(at)) {
      const seen = path.indexOf(at);
      if (seen >= 0) return path.slice(seen);
      path.push(at);
    }
  }
  return [];
}

function align(model: Model, target: readonly number[]): Alignment {
  const stays = new Map<number, number>();
  const inserted: number[] = [];
  const isWall = (thing: number) => thing >= model.own;
  let from = 0;
  let cells: Cell[] = [];
  const endGap = () => {
    const gap: number[] = [];
    for (; from < target.length && !isWall(target[from]!); from++) gap.push(target[from]!);
    from++;
    for (const [cell, thing] of alignGap(model, cells, gap)) {
      if (cell === null) inserted.push(thing);
      else stays.set(cell.id, thing);
    }
    cells = [];
  };
  for (const cell of model.today) {
    if (model.walls.includes(cell.thing)) endGap();
    else if (cell.thing < model.own) cells.push(cell);
  }
  endGap();
  return { stays, inserted };
}

/** As many places as possible stay, and as many as possible of those keep their program. */
function alignGap(
  model: Model,
  cells: readonly Cell[],
  gap: readonly number[],
): (readonly [Cell | null, number])[] {
  const worth = (cell: Cell, thing: number) => {
    if (cell.kind !== kindWanted(model, thing)) return 0;
    return 1000 + (cell.thing === thing ? (cell.copy ? 1 : 2) : 0);
  };
  const best = Array.from({ length: cells.length + 1 }, () => new Array<number>(gap.length + 1).fill(0));
  for (let i = cells.length - 1; i >= 0; i--) {
    for (let j = gap.length - 1; j >= 0; j--) {
      const stays = worth(cells[i]!, gap[j]!);
      best[i]![j] = Math.max(
        best[i + 1]![j]!,
        best[i]![j + 1]!,
        stays > 0 ? stays + best[i + 1]![j + 1]! : 0,
      );
    }
  }
  const aligned: [Cell | null, number][] = [];
  for (let i = 0, j = 0; j < gap.length; ) {
    const cell = cells[i];
    const thing = gap[j]!;
    if (cell !== undefined) {
      const stays = worth(cell, thing);
      if (stays > 0 && best[i]![j] === stays + best[i + 1]![j + 1]!) {
        aligned.push([cell, thing]);
        i++;
        j++;
        continue;
      }
      if (best[i]![j] === best[i + 1]![j]!) {
        i++;
        continue;
      }
    }
    aligned.push([null, thing]);
    j++;
  }
  return aligned;
}
