import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeAttributes,
  decodeMessages,
  encodeAttributes,
  encodeMessage,
  findAttribute,
  lengthOfValue,
  readText,
  readWord,
  text,
  word,
} from './netlink-message.js';

const SEED = 20_240_607;

describe('netlink messages', () => {
  it('are a header of 16 bytes, a fixed part and attributes on boundaries of four bytes', () => {
    const bytes = encodeMessage(18, 5, 7, new Uint8Array([1, 0, 0, 0]), [
      { type: 3, value: text('lo') },
      { type: 28, value: word(9) },
    ]);
    const encoded = [
      [36, 0, 0, 0, 18, 0, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0],
      [1, 0, 0, 0],
      [7, 0, 3, 0, 0x6c, 0x6f, 0, 0],
      [8, 0, 28, 0, 9, 0, 0, 0],
    ].flat();
    expect([...bytes]).toEqual(encoded);
  });

  it('come back as they were written, however many arrive together', () => {
    const [a, b] = [encodeMessage(1, 2, 3, word(4), []), encodeMessage(5, 6, 7, new Uint8Array(), [])];
    expect(decodeMessages(new Uint8Array([...a, ...b]))).toEqual([
      { type: 1, flags: 2, sequence: 3, payload: word(4) },
      { type: 5, flags: 6, sequence: 7, payload: new Uint8Array() },
    ]);
  });

  it('end where one is cut', () => {
    const whole = encodeMessage(1, 2, 3, word(4), []);
    expect(decodeMessages(whole.subarray(0, whole.length - 1))).toEqual([]);
    expect(decodeMessages(new Uint8Array(15))).toEqual([]);
    expect(decodeMessages(new Uint8Array(16))).toEqual([]);
  });

  it(`keep every attribute (seed ${SEED})`, () => {
    const attributes = fc.uniqueArray(
      fc.record({ type: fc.integer({ min: 0, max: 0x3fff }), value: fc.uint8Array({ maxLength: 64 }) }),
      { selector: ({ type }) => type, maxLength: 20 },
    );
    fc.assert(
      fc.property(attributes, (list) => {
        const expected = list.map(({ type, value }) => [type, [...value]]);
        const found = [...decodeAttributes(encodeAttributes(list))].map(([type, value]) => [
          type,
          [...value],
        ]);
        expect(found).toEqual(expected);
      }),
      { seed: SEED },
    );
  });

  it(`have each attribute found where it lies (seed ${SEED})`, () => {
    const lists = fc.uniqueArray(
      fc.record({ type: fc.integer({ min: 0, max: 30 }), value: fc.uint8Array({ maxLength: 9 }) }),
      { selector: ({ type }) => type, maxLength: 20 },
    );
    fc.assert(
      fc.property(lists, fc.nat(40), (list, cut) => {
        const bytes = encodeAttributes(list);
        const end = Math.max(0, bytes.length - cut);
        const known = decodeAttributes(bytes.subarray(0, end));
        const view = new DataView(bytes.buffer);
        for (let type = 0; type <= 30; type++) {
          const at = findAttribute(view, 0, end, type);
          const found = at < 0 ? undefined : bytes.subarray(at, at + lengthOfValue(view, at));
          expect(found).toEqual(known.get(type));
        }
      }),
      { seed: SEED },
    );
  });

  it(`do not trip over bytes at random (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const { payload } of decodeMessages(bytes)) decodeAttributes(payload);
        decodeAttributes(bytes);
      }),
      { seed: SEED },
    );
  });

  it('read numbers and names, and take what is absent for nothing', () => {
    expect(readWord(word(0xffff_ffff))).toBe(0xffff_ffff);
    expect(readWord(undefined)).toBe(0);
    expect(readWord(new Uint8Array(2))).toBe(0);
    expect(readText(text('größe'))).toBe('größe');
    expect(readText(undefined)).toBe('');
    expect(readText(new Uint8Array([0x61]))).toBe('a');
  });

  it('strip the bits that say that an attribute is nested', () => {
    const bytes = encodeAttributes([{ type: 0x8000 | 18, value: word(1) }]);
    expect([...decodeAttributes(bytes).keys()]).toEqual([18]);
  });
});
