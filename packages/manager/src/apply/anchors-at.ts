import { type Anchor, after, before, first } from '@mprog/core';
import { linkId, type ObjectReference, programId } from '@mprog/kernel';
import type { Place } from '../host/place.js';
import type { Entry } from '../planner/problem.js';

/**
 * The ways to say a place to the kernel, the plainest first; none by a neighbour that may be elsewhere.
 *
 * @param kind kind of the new entry where neighbours have to be of the same kind, else null
 */
export function anchorsAt(
  index: number,
  places: readonly Place[],
  kind: Entry['kind'] | null,
): readonly (readonly Anchor<ObjectReference>[])[] {
  if (index === places.length) return [[]];
  if (index === 0) return [[first()]];
  const next = places[index]!;
  const previous = places[index - 1]!;
  if (kind === null) return [[before(programId(next.program))]];
  const names = (place: Place) => place.kind === kind && !place.untold;
  const reference = ({ link, program }: Place) => (link === null ? programId(program) : linkId(link));
  return [
    ...(names(next) ? [[before(reference(next))]] : []),
    ...(names(previous) ? [[after(reference(previous))]] : []),
  ];
}
