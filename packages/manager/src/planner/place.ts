import type { Draft } from './draft.js';
import type { SlotKind } from './problem.js';

/**
 * Indexes at which something stands where the target has it: after everything settled that the target has before it,
 * before everything settled that the target has after it.
 *
 * @param rank its place in the target
 * @param settled for each cell that is where the target has it, its place there
 * @returns those that the layer can say and that have room, the last first
 */
export function placesFor(
  draft: Draft,
  kind: SlotKind,
  rank: number,
  settled: ReadonlyMap<number, number>,
): readonly number[] {
  let least = 0;
  let most = draft.cells.length;
  for (const [index, { id }] of draft.cells.entries()) {
    const place = settled.get(id);
    if (place === undefined) continue;
    if (place > rank) {
      most = index;
      break;
    }
    least = index + 1;
  }
  const places: number[] = [];
  for (let index = most; index >= least; index--) if (draft.canInsert(index, kind)) places.push(index);
  return places;
}
