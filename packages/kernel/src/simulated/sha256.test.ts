import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programTag } from './program-tag.js';
import { sha256 } from './sha256.js';

const SEED = 256;

test(`sha256 agrees with the platform's (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      expect(Buffer.from(sha256(message)).toString('hex')).toBe(
        createHash('sha256').update(message).digest('hex'),
      );
    }),
    { seed: SEED },
  );
});

test.each([55, 56, 63, 64, 65, 1_000_000])('sha256 pads a message of %i bytes', (length) => {
  const message = new Uint8Array(length).fill(97);
  expect(Buffer.from(sha256(message)).toString('hex')).toBe(
    createHash('sha256').update(message).digest('hex'),
  );
});

test('spec 15.1.4: the tag of r0 = 0; exit', () => {
  expect(programTag(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0))).toBe(
    '59f4a931744dcdc6',
  );
});

test('spec 15.1.4: map fds are cleared for src_reg 1 and 2 and hashed for 5', () => {
  const load = (source: number, fd: number) =>
    programTag(Uint8Array.of(0x18, 1 | (source << 4), 0, 0, fd, 0, 0, 0, 0, 0, 0, 0, fd, 0, 0, 0));
  expect(load(1, 5)).toBe(load(1, 9));
  expect(load(2, 5)).toBe(load(2, 9));
  expect(load(5, 5)).not.toBe(load(5, 9));
});
