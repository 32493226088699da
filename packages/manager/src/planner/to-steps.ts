import type { Step } from './chain-plan.js';
import { excludes, type Move } from './draft.js';
import type { Cell, Model } from './model.js';
import type { Entry } from './problem.js';

interface Place extends Cell {
  readonly entries: readonly Entry[];
}

/**
 * Writes moves out as steps: says of each copy whether it is the program itself or a stand-in, and gives a place that
 * stays its program as soon as that is free, by one more replace without a wait.
 *
 * @param today the chain that the moves begin with
 * @returns null when a place can't be given its program, because a full hook refuses that replace
 */
export function toSteps(
  model: Model,
  today: readonly Entry[],
  moves: readonly Move[],
): readonly Step[] | null {
  const { problem, things } = model;
  const { capacity, replaceWhenFull } = problem.rules;
  const lastMoveOf = lastMoves(model, moves);
  const steps: Step[] = [];
  let created = 0;
  let nextId = model.today.length;
  let from = 0;
  let places: Place[] = model.today.map((cell) => {
    const entries = today.slice(from, from + model.size[cell.thing]!);
    from += entries.length;
    return { ...cell, entries };
  });
  const indexAt = (at: number) => places.slice(0, at).reduce((sum, { entries }) => sum + entries.length, 0);
  const chain = () => Object.freeze(places.flatMap(({ entries }) => entries));
  const isTaken = (thing: number, kind: Entry['kind'], except: number | null) =>
    places.some((place) => place.id !== except && excludes(model, place, thing, kind));
  const keyOf = (thing: number) => (things[thing] as { readonly key: string }).key;
  const put = (at: number, thing: number, standIn: boolean) => {
    const place = places[at]!;
    const [entry] = place.entries as [Entry];
    const by: Entry = { ...entry, key: keyOf(thing), standIn, outdated: false };
    const index = indexAt(at);
    places = places.with(at, { ...place, thing, copy: standIn, entries: [by] });
    steps.push({ kind: 'replace', index, entry, by, after: chain() });
  };
  const settle = (done: number): boolean => {
    let settled = true;
    for (const [at, place] of places.entries()) {
      if (!place.copy || place.thing >= model.wanted || (lastMoveOf.get(place.id) ?? 0) > done) continue;
      const isFull = places.reduce((sum, { entries }) => sum + entries.length, 0) >= capacity;
      const refused = isFull && !replaceWhenFull && place.kind === 'direct';
      if (refused || isTaken(place.thing, place.kind, place.id)) settled = false;
      else put(at, place.thing, false);
    }
    return settled;
  };
  let settled = settle(0);
  for (const [done, move] of moves.entries()) {
    if (move.kind === 'insert') {
      const { index: at, thing, slotKind: kind } = move;
      const standIn = isTaken(thing, kind, null);
      created++;
      const slot = `new:${created}`;
      const entry: Entry = { slot, key: keyOf(thing), kind, role: 'own', standIn, outdated: false };
      const index = indexAt(at);
      places = places.toSpliced(at, 0, { id: nextId++, thing, kind, copy: standIn, entries: [entry] });
      steps.push({ kind: 'insert', index, entry, after: chain() });
    } else if (move.kind === 'remove') {
      const [entry] = places[move.index]!.entries as [Entry];
      const index = indexAt(move.index);
      places = places.toSpliced(move.index, 1);
      steps.push({ kind: 'remove', index, entry, after: chain() });
    } else {
      const { id, kind } = places[move.index]!;
      put(move.index, move.thing, isTaken(move.thing, kind, id));
    }
    settled = settle(done + 1);
  }
  return settled ? steps : null;
}

/** For each cell the number of moves after which it stays as it is; one that goes stays never. */
function lastMoves({ today }: Model, moves: readonly Move[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  let nextId = today.length;
  const ids = today.map(({ id }) => id);
  for (const [index, move] of moves.entries()) {
    if (move.kind === 'insert') {
      last.set(nextId, index + 1);
      ids.splice(move.index, 0, nextId++);
    } else if (move.kind === 'remove') {
      last.set(ids[move.index]!, Number.POSITIVE_INFINITY);
      ids.splice(move.index, 1);
    } else last.set(ids[move.index]!, index + 1);
  }
  return last;
}
