import type { Model } from './model.js';

/** Place in today's chain of each thing that is there and stays; of two copies the program itself counts. */
export function placesToday({ things, today, wanted, walls }: Model): readonly (number | null)[] {
  const places = new Array<number | null>(things.length).fill(null);
  const isOriginal = new Set<number>();
  for (const [index, { thing, copy }] of today.entries()) {
    if (thing >= wanted && !walls.includes(thing)) continue;
    if (places[thing] !== null && (copy || isOriginal.has(thing))) continue;
    places[thing] = index;
    if (!copy) isOriginal.add(thing);
  }
  return places;
}

/** Pairs of entries, one of them `thing`, that stand in another order once it is put before all of `later`. */
export function pairsChangedBy(
  { size }: Model,
  places: readonly (number | null)[],
  thing: number,
  later: Iterable<number>,
): number {
  const place = places[thing]!;
  if (place === null) return 0;
  let changed = 0;
  for (const other of later) {
    const otherPlace = places[other]!;
    if (otherPlace !== null && otherPlace < place) changed += size[thing]! * size[other]!;
  }
  return changed;
}
