import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OptionDeclaration } from './declaration.js';
import { tokensOf } from './tokens.js';

const text = { placeholder: 'TEXT', kind: 'text' } as const;
const declared: readonly OptionDeclaration[] = [
  { name: 'kernel', value: text, summary: '' },
  { name: 'output', short: 'o', value: text, summary: '' },
  { name: 'quiet', short: 'q', summary: '' },
  { name: 'help', short: 'h', summary: '' },
];

/** What Node's own parser makes of the same words. */
function asNodeReadsThem(words: readonly string[]): unknown[] {
  const options = {
    kernel: { type: 'string', multiple: true },
    output: { type: 'string', short: 'o', multiple: true },
    quiet: { type: 'boolean', short: 'q', multiple: true },
    help: { type: 'boolean', short: 'h', multiple: true },
  } as const;
  const { tokens } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens.flatMap((token): unknown[] => {
    if (token.kind === 'option-terminator') return [];
    if (token.kind === 'positional') return [token];
    const { index: _, ...option } = token;
    return [option];
  });
}

const pieces = [
  '-',
  '--',
  '=',
  'kernel',
  'output',
  'o',
  'q',
  'h',
  'x',
  'no-',
  ' ',
  'ä',
  '𝔘',
  '__proto__',
  'toString',
];
const word = fc
  .array(fc.constantFrom(...pieces), { maxLength: 5 })
  .map((parts) => parts.join(''))
  // Node takes a dash among short options for the end of all options.
  .filter((text) => !/^-[^-].*-/.test(text));

test('words are taken apart as by parseArgs of Node', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (words) => {
      expect(JSON.parse(JSON.stringify(tokensOf(words, declared)))).toEqual(
        JSON.parse(JSON.stringify(asNodeReadsThem(words))),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('a dash is no short option and ends nothing', () => {
  expect(tokensOf(['-q-h', '-o-', '--help'], declared)).toEqual([
    { kind: 'option', name: 'quiet', rawName: '-q' },
    { kind: 'option', name: '-', rawName: '-q-h' },
    { kind: 'option', name: 'help', rawName: '-h' },
    { kind: 'option', name: 'output', rawName: '-o', value: '-', inlineValue: true },
    { kind: 'option', name: 'help', rawName: '--help' },
  ]);
});

test('a value is the next word, the rest of the word, or what is behind =', () => {
  const option = { kind: 'option', name: 'output', value: '-q' };
  expect(tokensOf(['-o', '-q', '-qo-q', '--output=-q', '--', '-q'], declared)).toEqual([
    { ...option, rawName: '-o', inlineValue: false },
    { kind: 'option', name: 'quiet', rawName: '-q' },
    { ...option, rawName: '-o', inlineValue: true },
    { ...option, rawName: '--output', inlineValue: true },
    { kind: 'positional', value: '-q', index: 5 },
  ]);
});
