import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOfPath, pathOfBytes } from './path-bytes.js';

describe('paths as strings', () => {
  test.each([
    ['UTF-8', [0x2f, 0xc3, 0xbc, 0xf0, 0x9f, 0x90, 0x9d], '/ü🐝'],
    ['a byte that begins nothing', [0x78, 0xff, 0x79], 'x\udcffy'],
    ['a character that is cut', [0xf0, 0x9f, 0x90, 0x2f], '\udcf0\udc9f\udc90/'],
    ['a surrogate in UTF-8', [0xed, 0xb3, 0xbf], '\udced\udcb3\udcbf'],
  ])('%s', (_, bytes, path) => {
    expect(pathOfBytes(Buffer.from(bytes))).toBe(path);
    expect([...bytesOfPath(path)]).toEqual(bytes);
  });

  const SEED = 17;
  test(`all bytes come back, and every two paths differ (seed ${SEED})`, () => {
    const tricky = fc.constantFrom(0x2f, 0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xff);
    fc.assert(
      fc.property(fc.array(fc.oneof(tricky, fc.integer({ min: 1, max: 255 }))), (bytes) => {
        expect([...bytesOfPath(pathOfBytes(Buffer.from(bytes)))]).toEqual(bytes);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});
