import { describe, expect, test } from 'vitest';
import { printable } from './printable.js';
import { styleFor } from './style.js';
import { table } from './table.js';

const style = styleFor(false);
const columns = [
  { title: 'ID', align: 'right' },
  { title: 'NAME', cut: 'end', least: 4 },
  { title: 'PIN', cut: 'start', least: 6 },
] as const;
const rows = [
  ['7', 'firewall', '/sys/fs/bpf/mprog/links/a'],
  ['1042', 'x', '-'],
];

describe('table', () => {
  test('aligns columns and leaves no space at the end of a line', () => {
    expect(table(columns, [{ rows }], { style, width: Number.POSITIVE_INFINITY })).toEqual([
      '  ID  NAME      PIN',
      '   7  firewall  /sys/fs/bpf/mprog/links/a',
      '1042  x         -',
    ]);
  });

  test('shares columns between groups and puts headings in', () => {
    const lines = table(
      columns,
      rows.map((row, index) => ({ heading: `h${index}`, rows: [row] })),
      { style, width: 100, indent: 2 },
    );
    expect(lines.map((line) => line.indexOf(line.trim()))).toEqual([4, 0, 5, 0, 2]);
    expect([lines[1], lines[3]]).toEqual(['h0', 'h1']);
  });

  test('cuts the widest column first, on its own side, to fit the terminal', () => {
    const lines = table(columns, [{ rows }], { style, width: 32 });
    expect(lines[1]).toBe('   7  firewall  …f/mprog/links/a');
    expect(Math.max(...lines.map((line) => line.length))).toBe(32);
  });

  test('never cuts below the least width, nor columns that must stay whole', () => {
    const [, line] = table(columns, [{ rows }], { style, width: 1 });
    expect(line).toBe('   7  fir…  …nks/a');
  });

  test('markup is no part of the width', () => {
    const markup = (text: string) => `<${text}>`;
    const lines = table(
      [{ title: 'A' }, { title: 'B' }],
      [
        {
          rows: [
            [{ text: 'x', markup }, 'y'],
            ['long', 'z'],
          ],
        },
      ],
      { style, width: 80 },
    );
    expect(lines.slice(1)).toEqual(['<x>     y', 'long  z']);
  });

  test('a name cannot steer the terminal', () => {
    const [, line] = table([{ title: 'A' }], [{ rows: [['a\u001b[2Jb\nc']] }], { style, width: 80 });
    expect(line).toBe('a\\x1b[2Jb\\x0ac');
    expect(printable('\u202e')).toBe('\\u202e');
    expect(printable('/x\udcff\udc80y')).toBe('/x\\xff\\x80y');
    expect(printable('🐝')).toBe('🐝');
  });
});

describe('style', () => {
  test('marks up only where there are colours', () => {
    expect(styleFor(false).bad('x')).toBe('x');
    expect(styleFor(true).bad('x')).toBe('\u001b[31mx\u001b[39m');
  });
});
