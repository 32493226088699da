import { expect, test } from 'vitest';
import { type Attempt, type Change, checkHistory } from '../test/check-history.js';

const attempt = (
  revision: number,
  list: number[],
  change: Change,
  result: number,
  start: number,
  end: number,
): Attempt => ({
  revision,
  list,
  change,
  result,
  start: String(start),
  end: String(end),
});
const insert = (program: number): Change => ({ kind: 'insert', program, side: 'after', beside: null });
const first = { revision: 1, list: [] };

test('two processes whose changes follow each other, one of them refused once', () => {
  const logs = [
    [attempt(1, [], insert(7), 0, 10, 20), attempt(3, [7, 8], { kind: 'remove', program: 7 }, 0, 50, 60)],
    [attempt(1, [], insert(8), -116, 12, 22), attempt(2, [7], insert(8), 0, 30, 40)],
  ];
  expect(checkHistory({ logs, first, last: { revision: 4, list: [8] } })).toEqual({
    changes: 3,
    problems: [],
  });
});

test.each<[string, Attempt[][], { revision: number; list: number[] }, RegExp]>([
  [
    'two changes at one revision',
    [[attempt(1, [], insert(7), 0, 1, 2)], [attempt(1, [], insert(8), 0, 1, 2)]],
    { revision: 2, list: [8] },
    /an update is lost/,
  ],
  [
    'a list that lost a program',
    [[attempt(1, [], insert(7), 0, 1, 2)]],
    { revision: 2, list: [] },
    /the changes lead to \[7\]/,
  ],
  [
    'a revision too many',
    [[attempt(1, [], insert(7), 0, 1, 2)]],
    { revision: 3, list: [7] },
    /has revision 3/,
  ],
  [
    'a list that was never there',
    [[attempt(1, [], insert(7), 0, 1, 2), attempt(2, [9], insert(8), -116, 3, 4)]],
    { revision: 2, list: [7] },
    /revision 2 was read as \[9\], was \[7\]/,
  ],
  [
    'an order against time',
    [[attempt(1, [], insert(7), 0, 30, 40)], [attempt(2, [7], insert(8), 0, 10, 20)]],
    { revision: 3, list: [7, 8] },
    /revision 1 began after a later one had returned/,
  ],
])('%s is found', (_, logs, last, problem) => {
  expect(checkHistory({ logs, first, last }).problems.join('\n')).toMatch(problem);
});
