import { env } from 'node:process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCText } from './c-text.js';

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);

test.each([
  [[0x66, 0x77, 0, 0x78], 'fw'],
  [[0], ''],
  [[], ''],
  [[0x66, 0x77], 'fw'],
  [[0xc3, 0xa4, 0x62, 0, 0xff], 'äb'],
  [[0x61, 0xff, 0x62, 0], 'a\ufffdb'],
])('%j is %j', (bytes, text) => {
  expect(readCText(Uint8Array.from(bytes), 0, bytes.length)).toBe(text);
});

test(`agrees with a decoder wherever it lies (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(40), fc.nat(40), (bytes, a, b) => {
      const [start, end] = [a, b].map((at) => Math.min(at, bytes.length)).sort((x, y) => x - y) as [
        number,
        number,
      ];
      const part = bytes.subarray(start, end);
      const zero = part.indexOf(0);
      const expected = new TextDecoder().decode(zero < 0 ? part : part.subarray(0, zero));
      expect(readCText(bytes, start, end)).toBe(expected);
    }),
    { seed },
  );
});
