import { env } from 'node:process';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { findCycles } from './find-cycles.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const edges = (...words: string[]) => words.map((word) => ({ before: word[0]!, after: word[1]! }));
const shown = (...words: string[]) =>
  findCycles(edges(...words)).map((cycle) => cycle.map(({ before, after }) => before + after));

describe('circles', () => {
  test.each([
    [[], []],
    [['ab', 'bc', 'ac'], []],
    [['ab', 'ba'], [['ab', 'ba']]],
    [['aa'], [['aa']]],
    [['ab', 'bc', 'cd', 'da', 'ca'], [['ab', 'bc', 'ca']]],
    [['xa', 'ab', 'ba', 'by'], [['ab', 'ba']]],
    [
      ['ab', 'ba', 'bc', 'cd', 'dc'],
      [
        ['ab', 'ba'],
        ['cd', 'dc'],
      ],
    ],
    [['ab', 'ab', 'ba'], [['ab', 'ba']]],
  ])('of %j: %j', (words, cycles) => {
    expect(shown(...words)).toEqual(cycles);
  });

  test('are found in a chain that is longer than the stack', () => {
    const long = Array.from({ length: 10_000 }, (_, index) => ({
      before: `${index}`,
      after: `${index + 1}`,
    }));
    expect(findCycles(long)).toEqual([]);
    expect(findCycles([...long, { before: '10000', after: '0' }])).toMatchObject([{ length: 10_001 }]);
  });
});

test(`a circle is one, and there is none where the names can be put in a row (seed ${seed}, MPROG_SEED sets another)`, () => {
  const edge = fc.record({ before: fc.constantFrom(...'abcdefg'), after: fc.constantFrom(...'abcdefg') });
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 16 }), (all) => {
      const cycles = findCycles(all);
      for (const cycle of cycles) {
        expect(cycle.length).toBeGreaterThan(0);
        for (const [index, one] of cycle.entries()) {
          expect(all).toContain(one);
          expect(one.after).toBe(cycle[(index + 1) % cycle.length]!.before);
        }
        const names = cycle.map(({ before }) => before);
        expect(new Set(names).size).toBe(names.length);
      }
      expect(cycles.length === 0).toBe(isRow(all));
    }),
    { seed, numRuns: 2000 },
  );
});

/** Whether taking away what nothing stands before, again and again, takes everything. */
function isRow(all: readonly { readonly before: string; readonly after: string }[]): boolean {
  let left = all;
  for (;;) {
    const rest = left.filter(({ before }) => left.some(({ after }) => after === before));
    if (rest.length === left.length) return left.length === 0;
    left = rest;
  }
}
