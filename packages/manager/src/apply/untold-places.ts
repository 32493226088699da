import type { Place } from '../host/place.js';

/** What is left when what is in a place goes: the likeliest first, several where that place can't be told. */
export function placesWithout(places: readonly Place[], index: number): readonly (readonly Place[])[] {
  const gone = places[index]!;
  const isMeant = (other: Place) => other.untold && other.program === gone.program;
  const likely = places.toSpliced(index, 1);
  if (!gone.untold) return [likely];
  const others = likely.filter(isMeant);
  return [
    likely,
    ...places.flatMap((place, at) => {
      if (!isMeant(place)) return [];
      const left = [...others];
      return [places.toSpliced(at, 1).map((other) => (isMeant(other) ? left.shift()! : other))];
    }),
  ];
}

/** The same places, without the mark where no other place can be meant any more. */
export function withTold(places: readonly Place[]): readonly Place[] {
  const isAlone = ({ program }: Place) =>
    places.filter((other) => other.untold && other.program === program).length === 1;
  return places.map((place) => (place.untold && isAlone(place) ? { ...place, untold: false } : place));
}
