import { expect, test } from 'vitest';
import type { Entry } from '../planner/problem.js';
import { keptKeys } from './kept-keys.js';

/** A chain of words: capitals never move. */
const chain = (words: string): readonly Entry[] =>
  Array.from(words, (key) => ({
    slot: key,
    key,
    kind: 'link',
    role: key === key.toUpperCase() ? 'wall' : 'own',
    standIn: false,
    outdated: false,
  }));

test.each([
  ['', '', ''],
  ['abc', 'abc', 'abc'],
  ['abc', 'xabyc', 'abc'],
  ['abc', 'cab', 'ab'],
  ['abc', 'bca', 'bc'],
  // Of a chain that is turned round the middle one stays where it is.
  ['abc', 'cba', 'b'],
  // One program that may move has moved, however many there would be to pass it.
  ['AfB', 'fAB', 'AB'],
  ['Af', 'fA', 'A'],
  ['abcX', 'Xabc', 'X'],
])('of %s and %s: %s', (today, target, kept) => {
  expect([...keptKeys(chain(today), chain(target))].join('')).toBe(kept);
});

test('of two that pass each other the one has moved that got another slot', () => {
  const moved = chain('ba').map((entry) => (entry.key === 'b' ? { ...entry, slot: 'new:1' } : entry));
  expect([...keptKeys(chain('ab'), moved)]).toEqual(['a']);
});
