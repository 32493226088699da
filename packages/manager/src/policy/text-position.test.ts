import { expect, test } from 'vitest';
import { textPositions } from './text-position.js';

test.each([
  ['the start', 'abc', 0, 1, 1],
  ['inside of a line', 'abc', 2, 1, 3],
  ['the end', 'abc', 3, 1, 4],
  ['an empty text', '', 0, 1, 1],
  ['behind a line feed', 'a\nb', 2, 2, 1],
  ['a line feed itself', 'a\nb', 1, 1, 2],
  ['behind CR LF', 'a\r\nb', 3, 2, 1],
  ['an empty line', 'a\n\nb', 2, 2, 1],
  ['behind a tab, one character', '\ta', 1, 1, 2],
  ['behind a character of two units', '\u{1F525}a', 2, 1, 2],
  ['behind letters with accents', 'éü a', 3, 1, 4],
  ['between two such characters of the second line', '\u{1F525}\n\u{1F525}\u{1F525}a', 5, 2, 2],
  ['the last of many lines', 'x\n'.repeat(1000), 2000, 1001, 1],
])('%s', (_, text, offset, line, column) => {
  expect(textPositions(text)(offset)).toEqual({ line, column });
});
