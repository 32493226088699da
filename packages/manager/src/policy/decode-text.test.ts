import { expect, test } from 'vitest';
import { decodeText, LARGEST_POLICY } from './decode-text.js';

const bytes = (...parts: readonly (string | number)[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [part])));

test.each([
  ['ASCII', bytes('version: 1\n'), 'version: 1\n'],
  ['a byte order mark in front', bytes(0xef, 0xbb, 0xbf, 'a: 1'), 'a: 1'],
  ['CR LF', bytes('a: 1\r\nb: 2\r\n'), 'a: 1\r\nb: 2\r\n'],
  ['characters of every length', bytes('é€\u{1F525}\ufffd'), 'é€\u{1F525}\ufffd'],
  ['nothing', bytes(), ''],
])('takes %s', (_, given, text) => {
  expect(decodeText(given)).toEqual({ ok: true, text });
});

test.each([
  ['a byte that is no UTF-8', bytes('ab\nc', 0xff, 'd'), 4, 'byte 0xff is no UTF-8 text'],
  ['one behind longer characters', bytes('é\u{1F525}', 0x80), 3, 'byte 0x80 is no UTF-8 text'],
  ['one behind a real U+FFFD', bytes('\ufffd', 0xc3), 1, 'byte 0xc3 is no UTF-8 text'],
  ['one behind a byte order mark', bytes(0xef, 0xbb, 0xbf, 'a', 0xfe), 1, 'byte 0xfe is no UTF-8 text'],
  ['a cut character', bytes('a', 0xe2, 0x82), 1, 'byte 0xe2 is no UTF-8 text'],
  ['an ELF object', bytes(0x7f, 'ELF', 2, 1, 1, 0), 0, 'character U+007F is no text'],
  ['a NUL', bytes('a: ', 0, '\n'), 3, 'character U+0000 is no text'],
  ['an escape', bytes('a: \u001b[31m'), 3, 'character U+001B is no text'],
  [
    'a lone carriage return',
    bytes('a: 1\r\nb: 2\rc: 3'),
    10,
    'a carriage return stands alone; end lines with a line feed',
  ],
  ['UTF-16', bytes(0xff, 0xfe, 'a', 0), 0, 'it is UTF-16; save it as UTF-8'],
  ['UTF-16 of the other order', bytes(0xfe, 0xff, 0, 'a'), 0, 'it is UTF-16; save it as UTF-8'],
])('refuses %s where it stands', (_, given, offset, reason) => {
  expect(decodeText(given)).toMatchObject({ ok: false, offset, reason });
});

test('refuses what is too large, and nothing that is not', () => {
  expect(decodeText(new Uint8Array(LARGEST_POLICY).fill(0x20)).ok).toBe(true);
  expect(decodeText(new Uint8Array(LARGEST_POLICY + 1).fill(0x20))).toMatchObject({
    ok: false,
    offset: 0,
    reason: 'it has more than 4194304 bytes',
  });
});
