import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributeEffective } from './attribute-effective.js';

const SEED = 20260802;

interface Entry {
  readonly program: number;
  readonly preorder: boolean;
}

/** Spec 10.5, said once more: entries with their places. */
function effective(
  lists: readonly (readonly Entry[])[],
): readonly (Entry & { list: number; index: number })[] {
  const all = lists.map((entries, list) => entries.map((entry, index) => ({ ...entry, list, index })));
  const front = [...all].reverse().flatMap((entries) => entries.filter(({ preorder }) => preorder));
  return [...front, ...all.flatMap((entries) => entries.filter(({ preorder }) => !preorder))];
}

const lists = (programs: number) =>
  fc.array(
    fc.array(fc.record({ program: fc.integer({ min: 1, max: programs }), preorder: fc.boolean() }), {
      maxLength: 4,
    }),
    { maxLength: 4 },
  );

describe('attributeEffective', () => {
  test.each([3, 1000])(`what it claims is so, with programs out of %i (seed ${SEED})`, (programs) => {
    fc.assert(
      fc.property(lists(programs), (given) => {
        const truth = effective(given);
        const found = attributeEffective(
          given.map((entries) => entries.map(({ program }) => program)),
          truth.map(({ program }) => program),
        );
        expect(found).not.toBeNull();
        for (const [at, { list, index, preorder }] of (found?.entries ?? []).entries()) {
          const entry = truth[at]!;
          expect([list ?? entry.list, index ?? entry.index, preorder ?? entry.preorder]).toEqual([
            entry.list,
            entry.index,
            entry.preorder,
          ]);
        }
        for (const { list, index, preorder } of truth) {
          expect(found?.preorder(list, index) ?? preorder).toBe(preorder);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('distinct programs always have a list', () => {
    const found = attributeEffective([[3, 4, 5, 7], [2], [0, 1, 6]], [6, 5, 7, 3, 4, 2, 0, 1]);
    expect(found?.entries.map(({ list }) => list)).toEqual([2, 0, 0, 0, 0, 1, 2, 2]);
    expect(found?.entries.map(({ preorder }) => preorder)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('an order that the lists cannot give is null', () => {
    expect(attributeEffective([[1, 2]], [2, 1, 3])).toBeNull();
    expect(attributeEffective([[1], [2]], [3, 1])).toBeNull();
  });

  test('lists that repeat one program without end are given up, not searched for ever', () => {
    const many = Array.from({ length: 60 }, () => 1);
    const found = attributeEffective([many, many], [...many, ...many]);
    expect(found?.entries[0]).toEqual({ list: null, index: null, preorder: null });
  });
});
