import type { Entry } from '../planner/problem.js';

/** More than all entries of a chain that may move are worth together. */
const WALL = 100_000_000;
const OWN = 10_000;
/** More than all entries of a chain that stay at their index are worth together. */
const SAME_SLOT = 100;

/**
 * Keys of a longest sequence that both chains have in the same order; everything else has moved. What never moves is always
 * in it; of sequences of one length the one is taken in which more keeps its slot, then its index.
 */
export function keptKeys(today: readonly Entry[], target: readonly Entry[]): ReadonlySet<string> {
  const rows = today.length;
  const columns = target.length;
  const worth = (row: number, column: number): number => {
    const { key, role, slot } = today[row]!;
    const other = target[column]!;
    if (key !== other.key) return -1;
    return role === 'wall' ? WALL : OWN + (slot === other.slot ? SAME_SLOT : 0) + (row === column ? 1 : 0);
  };
  const sums = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1));
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const apart = Math.max(sums[row + 1]![column]!, sums[row]![column + 1]!);
      const gain = worth(row, column);
      sums[row]![column] = gain < 0 ? apart : Math.max(apart, gain + sums[row + 1]![column + 1]!);
    }
  }
  const kept = new Set<string>();
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    const sum = sums[row]![column]!;
    if (sum === sums[row + 1]![column]!) row++;
    else if (sum === sums[row]![column + 1]!) column++;
    else {
      kept.add(today[row]!.key);
      row++;
      column++;
    }
  }
  return kept;
}
