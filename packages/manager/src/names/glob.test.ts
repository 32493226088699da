import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, escapeGlob } from './glob.js';

const SEED = 20260803;
const text = fc.string({ unit: fc.constantFrom(...'ab*?[]!-\\/@') });

describe('patterns', () => {
  test(`an escaped text matches itself alone (seed ${SEED})`, () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const glob = compileGlob(escapeGlob(one));
        expect(glob.literal).toBe(one);
        expect(glob.test(one)).toBe(true);
        expect(glob.test(other)).toBe(one === other);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test(`agrees with a regular expression for * and ? (seed ${SEED})`, () => {
    const pattern = fc.string({ unit: fc.constantFrom(...'ab*?'), maxLength: 8 });
    const word = fc.string({ unit: fc.constantFrom(...'ab'), maxLength: 10 });
    fc.assert(
      fc.property(pattern, word, (glob, candidate) => {
        const source = glob.replaceAll('*', '.*').replaceAll('?', '.');
        expect(compileGlob(glob).test(candidate)).toBe(new RegExp(`^(?:${source})$`).test(candidate));
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });

  test('many stars on a long text end at once', () => {
    expect(compileGlob(`${'*a'.repeat(40)}*b`).test('a'.repeat(5000))).toBe(false);
  });

  test.each([
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['[!a-c]x', 'dx', true],
    ['[]]', ']', true],
    ['[a\\]]', ']', true],
    ['[a-]', '-', true],
    ['[a', '[a', true],
    ['a\\', 'a\\', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['?', '😀', true],
    ['', '', true],
    ['*', '', true],
    ['?', '', false],
  ])('%j on %j: %s', (pattern, candidate, expected) => {
    expect(compileGlob(pattern).test(candidate)).toBe(expected);
  });
});
