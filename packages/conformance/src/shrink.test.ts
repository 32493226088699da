import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from './shrink.js';

const SEED = 618;
const numbers = Array.from({ length: 100 }, (_, i) => i);

test('what the failure does not need is left out, also what stands behind it', async () => {
  const failsAt = (items: readonly number[]) =>
    [3, 50, 51].every((needed) => items.includes(needed)) ? items.indexOf(51) : -1;
  expect(await shrink(numbers, failsAt)).toEqual([3, 50, 51]);
});

test('a single item that fails by itself', async () => {
  expect(await shrink(numbers, (items) => items.indexOf(99))).toEqual([99]);
});

test('a list whose every item is needed stays as it is, and is tried without each', async () => {
  const tried: number[] = [];
  const items = [1, 2, 3];
  const shortest = await shrink(items, (candidate) => {
    tried.push(candidate.length);
    return candidate.length === 3 ? 2 : -1;
  });
  expect(shortest).toEqual(items);
  expect(tried.filter((length) => length === 2)).toHaveLength(3);
});

test(`no item of a shrunk list can be left out (seed ${SEED})`, async () => {
  const needed = fc.uniqueArray(fc.nat(39), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(needed, async (wanted) => {
      const failsAt = (items: readonly number[]) =>
        wanted.every((item) => items.includes(item)) ? items.length - 1 : -1;
      const shortest = await shrink(numbers.slice(0, 40), failsAt);
      expect([...shortest]).toEqual(wanted.toSorted((a, b) => a - b));
    }),
    { seed: SEED, numRuns: 60 },
  );
});
