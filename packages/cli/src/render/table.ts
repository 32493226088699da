import { printable } from './printable.js';
import type { Markup, Style } from './style.js';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** May be cut on this side when the line is too long for the terminal, down to `least` characters. */
  readonly cut?: 'start' | 'end';
  /** Fewest characters to cut to; 8 when absent. */
  readonly least?: number;
}

/** A cell: its text, and how it stands out. */
export type Cell = string | { readonly text: string; readonly markup: Markup };

/** Rows under a line of their own, or a line alone. */
export interface RowGroup {
  /** Laid out and marked up already. */
  readonly heading?: string;
  readonly rows: readonly (readonly Cell[])[];
}

const gap = '  ';

/**
 * Lays rows out in columns that all groups share.
 *
 * @param width characters that a line may have; infinite cuts nothing
 */
export function table(
  columns: readonly Column[],
  groups: readonly RowGroup[],
  { style, width, indent = 0 }: { readonly style: Style; readonly width: number; readonly indent?: number },
): string[] {
  const rows = groups.flatMap((group) => group.rows);
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => textOf(row[index]).length)),
  );
  shrink(columns, widths, width - indent - gap.length * (columns.length - 1));
  const line = (cells: readonly Cell[]) =>
    ' '.repeat(indent) +
    columns
      .map((column, index) => lay(cells[index], column, widths[index]!))
      .join(gap)
      .trimEnd();
  const lines = [line(columns.map(({ title }) => ({ text: title, markup: style.faint })))];
  for (const { heading, rows } of groups) {
    if (heading !== undefined) lines.push(heading);
    lines.push(...rows.map(line));
  }
  return lines;
}

function textOf(cell: Cell | undefined): string {
  return printable(typeof cell === 'object' ? cell.text : (cell ?? ''));
}

/** Takes what is too much from the columns that may be cut, the widest first. */
function shrink(columns: readonly Column[], widths: number[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    let widest = -1;
    for (const [index, { cut, least = 8 }] of columns.entries()) {
      const spare = cut !== undefined && widths[index]! > least;
      if (spare && (widest < 0 || widths[index]! > widths[widest]!)) widest = index;
    }
    if (widest < 0) return;
    widths[widest] = widths[widest]! - 1;
    excess -= 1;
  }
}

function lay(cell: Cell | undefined, column: Column, width: number): string {
  const text = cutTo(textOf(cell), width, column.cut);
  const padding = ' '.repeat(Math.max(0, width - text.length));
  const shown = typeof cell === 'object' ? cell.markup(text) : text;
  return column.align === 'right' ? padding + shown : shown + padding;
}

function cutTo(text: string, width: number, side: Column['cut']): string {
  if (text.length <= width || side === undefined) return text;
  return side === 'start' ? `…${text.slice(text.length - width + 1)}` : `${text.slice(0, width - 1)}…`;
}
