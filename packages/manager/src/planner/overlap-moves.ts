import { Draft, hasStandIn, type Move } from './draft.js';
import { longestKept } from './longest-kept.js';
import { kindWanted, type Model } from './model.js';
import { placesFor } from './place.js';

/**
 * Brings a chain to a target with `overlap` by moving one program after the other: a copy at the new place, then the old
 * one goes. Two waits for each program outside a longest kept sequence, one for each that comes or goes.
 *
 * Those towards the end move from the last, those towards the front from the first. Whatever has to run before or after
 * a program that moves is then on the right side of both of its places: what has moved and what stays is where the target
 * has it, and what is still to move lies further out than its own place.
 *
 * @returns null when there is no room, no stand-in, or no way to say a place
 */
export function overlapMoves(model: Model, target: readonly number[]): readonly Move[] | null {
  const draft = new Draft(model);
  const rank = new Map(target.map((thing, index) => [thing, index]));
  const kindOf = (thing: number) => kindWanted(model, thing);
  const longest = longestKept(model, target, (cell) => {
    if (cell.thing >= model.wanted) return 0;
    const isRight = cell.kind === kindOf(cell.thing);
    return (hasStandIn(model, cell.thing) ? 0 : 1_000_000) + (isRight ? 1000 : 1) + (cell.copy ? 0 : 1);
  });
  const kept = new Map(
    model.today.flatMap(({ id, thing }) => (longest.has(id) ? [[id, rank.get(thing)!] as const] : [])),
  );
  dropSpare(draft, kept);
  const place = (thing: number): boolean => {
    const kind = kindOf(thing);
    const [index] = placesFor(draft, kind, rank.get(thing)!, kept);
    if (index === undefined || !draft.canCopy(thing, kind)) return false;
    const old = draft.copiesOf(thing);
    kept.set(draft.insert(index, thing, kind), rank.get(thing)!);
    for (const { id } of old) draft.remove(draft.indexOf(id));
    return true;
  };
  for (const { id, thing, kind } of [...draft.cells]) {
    if (!kept.has(id) || thing >= model.wanted || kind === kindOf(thing)) continue;
    // Right beside the old one, so that what is still to move finds everything as it was.
    const index = draft.indexOf(id);
    const beside = [index + 1, index].find((at) => draft.canInsert(at, kindOf(thing)));
    if (beside === undefined || !draft.canCopy(thing, kindOf(thing))) return null;
    kept.set(draft.insert(beside, thing, kindOf(thing)), rank.get(thing)!);
    kept.delete(id);
    draft.remove(draft.indexOf(id));
  }
  const { towardsEnd, towardsFront } = directions(draft, kept, rank);
  for (const thing of [...towardsEnd, ...towardsFront]) if (!place(thing)) return null;
  const there = new Set(draft.cells.map(({ thing }) => thing));
  for (const thing of target) if (!there.has(thing) && !place(thing)) return null;
  return draft.moves;
}

/** Removes what leaves, and copies of which there are others. */
function dropSpare(draft: Draft, kept: ReadonlyMap<number, number>): void {
  const { model } = draft;
  const spare = draft.cells.filter((cell) => {
    if (kept.has(cell.id) || model.walls.includes(cell.thing)) return false;
    if (cell.thing >= model.wanted) return true;
    const copies = draft.copiesOf(cell.thing);
    const best = copies.find(({ id }) => kept.has(id)) ?? copies.find(({ copy }) => !copy) ?? copies[0]!;
    return cell.id !== best.id;
  });
  for (const { id } of spare) draft.remove(draft.indexOf(id));
}

function directions(
  draft: Draft,
  kept: ReadonlyMap<number, number>,
  rank: ReadonlyMap<number, number>,
): { readonly towardsEnd: readonly number[]; readonly towardsFront: readonly number[] } {
  const towardsEnd: number[] = [];
  const towardsFront: number[] = [];
  for (const [index, { id, thing }] of draft.cells.entries()) {
    if (kept.has(id)) continue;
    const passes = draft.cells
      .slice(index)
      .some((other) => kept.has(other.id) && kept.get(other.id)! < rank.get(thing)!);
    (passes ? towardsEnd : towardsFront).push(thing);
  }
  towardsEnd.sort((a, b) => rank.get(b)! - rank.get(a)!);
  towardsFront.sort((a, b) => rank.get(a)! - rank.get(b)!);
  return { towardsEnd, towardsFront };
}
