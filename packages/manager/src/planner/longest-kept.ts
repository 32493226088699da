import type { Cell, Model } from './model.js';

/**
 * Finds cells that may stay where they are on the way to a target: walls, and programs of ours in an order that is the
 * target's, each once, of greatest weight.
 *
 * @param weigh what it is worth that a cell stays as the program it holds; 0 or less for one that must not
 * @returns the ids of the cells
 */
export function longestKept(
  { own, today }: Model,
  target: readonly number[],
  weigh: (cell: Cell) => number,
): ReadonlySet<number> {
  const kept = new Set<number>();
  const wallAt = (thing: number | undefined) => thing !== undefined && thing >= own;
  let from = 0;
  let cells: Cell[] = [];
  const walls = new Set(target.filter((thing) => wallAt(thing)));
  const endGap = () => {
    const gap: number[] = [];
    for (; from < target.length && !wallAt(target[from]); from++) gap.push(target[from]!);
    from++;
    for (const id of keptInGap(cells, gap, weigh)) kept.add(id);
    cells = [];
  };
  for (const cell of today) {
    if (walls.has(cell.thing)) {
      endGap();
      kept.add(cell.id);
    } else if (cell.thing < own) cells.push(cell);
  }
  endGap();
  return kept;
}

function keptInGap(cells: readonly Cell[], gap: readonly number[], weigh: (cell: Cell) => number): number[] {
  const best = Array.from({ length: cells.length + 1 }, () => new Array<number>(gap.length + 1).fill(0));
  const worth = cells.map(weigh);
  for (let i = cells.length - 1; i >= 0; i--) {
    for (let j = gap.length - 1; j >= 0; j--) {
      const stays = worth[i]! > 0 && cells[i]!.thing === gap[j] ? worth[i]! + best[i + 1]![j + 1]! : 0;
      best[i]![j] = Math.max(best[i + 1]![j]!, best[i]![j + 1]!, stays);
    }
  }
  const kept: number[] = [];
  for (let i = 0, j = 0; i < cells.length && j < gap.length; ) {
    const here = best[i]![j]!;
    if (worth[i]! > 0 && cells[i]!.thing === gap[j] && here === worth[i]! + best[i + 1]![j + 1]!) {
      kept.push(cells[i]!.id);
      i++;
      j++;
    } else if (here === best[i]![j + 1]!) j++;
    else i++;
  }
  return kept;
}
