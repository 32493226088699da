import { meets, type RowSummary, type TableSummary } from './summary.js';

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

function value({ value, ratio, unit = 'ns', skipped, ...goal }: RowSummary): string {
  if (value === undefined) return `skipped: ${skipped ?? 'no reason given'}`;
  const { median, low, high } = value;
  // With a ratio it is that which the goal is about, and whose quartiles count.
  const text =
    ratio === undefined
      ? `${inFigures(median, usual, goal)} ${unit} (${usual(low)}–${usual(high)})`
      : `${usual(median)} ${unit}`;
  return skipped === undefined ? text : `${text}; ${skipped}`;
}

function ratio({ ratio, against, ...goal }: RowSummary): string {
  if (ratio === undefined) return '';
  const { median, low, high } = ratio;
  return `${inFigures(median, hundredths, goal)} (${hundredths(low)}–${hundredths(high)}) × ${against}`;
}

const hundredths = (value: number): string => value.toFixed(2);

/** Two or three figures. */
const usual = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** A number in as few figures as show on which side of its goal it is. */
function inFigures(
  value: number,
  round: (value: number) => string,
  goal: Pick<RowSummary, 'limit' | 'above'>,
): string {
  let text = round(value);
  for (
    let digits = decimals(text) + 1;
    digits < 10 && meets(Number(text), goal) !== meets(value, goal);
    digits++
  ) {
    text = value.toFixed(digits);
  }
  return text;
}

function decimals(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function goal({ limit, above, met }: RowSummary): string {
  if (limit === undefined && above === undefined) return '';
  const wanted = limit === undefined ? `> ${above}` : `≤ ${limit}`;
  return `${wanted}: ${met === undefined ? 'not measured' : met ? 'met' : 'not met'}`;
}
