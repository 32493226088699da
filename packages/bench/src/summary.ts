import type { Row, Table } from './benchmark.js';

/** The middle of many numbers and how far they spread. */
export interface Spread {
  readonly median: number;
  /** A quarter of the numbers is below this one. */
  readonly low: number;
  /** A quarter of the numbers is above this one. */
  readonly high: number;
}

/** What a {@link Row} comes to. */
export interface RowSummary extends Pick<Row, 'name' | 'unit' | 'against' | 'limit' | 'note'> {
  readonly value?: Spread;
  readonly ratio?: Spread;
  /** Whether the median keeps the limit; absent without a limit. */
  readonly met?: boolean;
}

/** What a {@link Table} comes to. */
export interface TableSummary {
  readonly title: string;
  readonly rows: readonly RowSummary[];
}

/** The tables of one benchmark from several processes, taken together. */
export function summarize(processes: readonly (readonly Table[])[]): readonly TableSummary[] {
  const [first = []] = processes;
  return first.map(({ title, rows }, table) => ({
    title,
    rows: rows.map(({ values: _, ratios: _ratios, ...row }, line): RowSummary => {
      const same = processes.map((tables) => tables[table]?.rows[line]);
      const value = spread(same.flatMap((row) => row?.values ?? []));
      const ratio = spread(same.flatMap((row) => row?.ratios ?? []));
      const measured = (ratio ?? value)?.median;
      return {
        ...row,
        ...(value === undefined ? {} : { value }),
        ...(ratio === undefined ? {} : { ratio }),
        ...(row.limit === undefined || measured === undefined ? {} : { met: measured <= row.limit }),
      };
    }),
  }));
}

function spread(numbers: readonly number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] as number;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
