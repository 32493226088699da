import { describe, expect, it } from 'vitest';
import type { Row } from './benchmark.js';
import { printTable } from './print.js';
import { summarize } from './summary.js';

/** The cells of one row behind its name. */
function cells(row: Omit<Row, 'name'>): readonly string[] {
  const [summary] = summarize([[{ title: 'table', rows: [{ name: 'row', ...row }] }]]);
  const line = printTable(summary!).split('\n').at(-1)!;
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const ratioOf = (ratios: readonly number[], goal: Pick<Row, 'limit' | 'above'>) =>
  cells({ values: ratios, ratios, against: 'C', ...goal });

describe('a row', () => {
  it('shows quartiles of the value where there is no ratio', () => {
    expect(cells({ values: [53, 50, 56, 52, 54], unit: 'bytes' })).toEqual(['53 bytes (52–54)', '', '']);
  });

  it('shows quartiles of the ratio where there is one', () => {
    const row = { values: [53], ratios: [1.5, 1.25, 2], against: 'C' };
    expect(cells(row)).toEqual(['53 ns', '1.50 (1.50–2.00) × C', '']);
  });

  it('shows as many figures as tell on which side of its limit it is', () => {
    expect(cells({ values: [40.4], limit: 40 })).toEqual(['40.4 ns (40–40)', '', '≤ 40: not met']);
    expect(cells({ values: [39.7], limit: 40 })).toEqual(['40 ns (40–40)', '', '≤ 40: met']);
    expect(ratioOf([1.1004], { limit: 1.1 })[1]).toBe('1.1004 (1.10–1.10) × C');
    expect(ratioOf([1.1], { limit: 1.1 })).toEqual(['1.1 ns', '1.10 (1.10–1.10) × C', '≤ 1.1: met']);
  });

  it('can want more than a bound', () => {
    expect(ratioOf([1.004], { above: 1 })).toEqual(['1.0 ns', '1.004 (1.00–1.00) × C', '> 1: met']);
    expect(ratioOf([1], { above: 1 })[2]).toBe('> 1: not met');
    expect(ratioOf([0.998], { above: 1 })[2]).toBe('> 1: not met');
  });

  it('says why it, or what it is compared with, was not measured', () => {
    expect(cells({ values: [], limit: 1, skipped: 'no rights' })).toEqual([
      'skipped: no rights',
      '',
      '≤ 1: not measured',
    ]);
    expect(cells({ values: [12], skipped: 'no compiler' })[0]).toBe('12 ns (12–12); no compiler');
  });
});
