import type { RowSummary, TableSummary } from './summary.js';

/** A table for people, in Markdown as docs/performance.md has it. */
export function printTable({ title, rows }: TableSummary): string {
  const cells = rows.map((row) => [row.name, value(row), ratio(row), goal(row)]);
  const head = [title, 'value', 'ratio (quartiles)', 'goal'];
  const widths = head.map((cell, i) => Math.max(cell.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...cells.map(line)].join('\n');
}

function value({ value, unit = 'ns', note }: RowSummary): string {
  const text = value === undefined ? '' : `${inFigures(value.median)} ${unit}`;
  return note === undefined ? text : `${text} (${note})`;
}

/** Two or three of them. */
function inFigures(value: number): string {
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}

function ratio({ ratio, against }: RowSummary): string {
  if (ratio === undefined) return '';
  const { median, low, high } = ratio;
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}) × ${against}`;
}

function goal({ limit, met }: RowSummary): string {
  return limit === undefined
    ? ''
    : `≤ ${limit}: ${met === undefined ? 'not measured' : met ? 'met' : 'not met'}`;
}
