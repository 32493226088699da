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
export interface RowSummary extends Pick<Row, 'name' | 'unit' | 'against' | 'limit' | 'above' | 'skipped'> {
  readonly value?: Spread;
  readonly ratio?: Spread;
  /** Whether the median, as it was measured and not as it is printed, keeps the limit; absent without one. */
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
        ...(isGoal(row) && measured !== undefined ? { met: meets(measured, row) } : {}),
      };
    }),
  }));
}

function isGoal({ limit, above }: Pick<Row, 'limit' | 'above'>): boolean {
  return limit !== undefined || above !== undefined;
}

/** Whether a number is what the goal of a row wants. */
export function meets(
  measured: number,
  { limit = Number.POSITIVE_INFINITY, above = Number.NEGATIVE_INFINITY }: Pick<Row, 'limit' | 'above'>,
): boolean {
  return measured <= limit && measured > above;
}

function spread(numbers: readonly number[]): Spread | undefined {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round(part * (sorted.length - 1))] as number;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
