import { printable } from './printable.js';
import type { Style } from './style.js';

/** Lines of names and values, one under the other, indented by two. */
export function fields(rows: readonly (readonly [string, string])[], style: Style): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${style.faint(name.padEnd(width))}  ${printable(value)}`);
}
