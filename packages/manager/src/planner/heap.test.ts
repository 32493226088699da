import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Heap } from './heap.js';
import { PriorityStacks } from './priority-stacks.js';

test('a heap gives what was put in, the least first (seed 7)', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a - b);
      for (const number of numbers) heap.put(number);
      expect(numbers.map(() => heap.take())).toEqual(numbers.toSorted((a, b) => a - b));
      expect(heap.take()).toBeUndefined();
    }),
    { seed: 7 },
  );
});

test('stacks give the lowest priority first, and of equal ones the last', () => {
  const stacks = new PriorityStacks<string>();
  for (const [priority, item] of [
    [2, 'a'],
    [1, 'b'],
    [3, 'c'],
    [1, 'd'],
    [2, 'e'],
  ] as const)
    stacks.put(priority, item);
  expect([1, 2, 3].map(() => stacks.take())).toEqual(['d', 'b', 'e']);
  stacks.put(1, 'f');
  expect([1, 2, 3, 4].map(() => stacks.take())).toEqual(['f', 'a', 'c', undefined]);
});
