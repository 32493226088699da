import { MprogError } from '@mprog/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatReference, parseReference } from './reference.js';

const SEED = 20260804;

describe('references', () => {
  test.each([
    ['id:97', { kind: 'id', id: 97 }],
    ['id:2147483647', { kind: 'id', id: 2147483647 }],
    ['link:7', { kind: 'link', id: 7 }],
    ['name:fw_*', { kind: 'name', glob: 'fw_*' }],
    ['name:a:b', { kind: 'name', glob: 'a:b' }],
    ['tag:59F4a931744dcdc6', { kind: 'tag', tag: '59f4a931744dcdc6' }],
    ['pin:/sys/fs/bpf/x', { kind: 'pin', path: '/sys/fs/bpf/x' }],
    ['fw.o', { kind: 'file', path: 'fw.o', program: null }],
    ['./dir/fw.bpf.o:main', { kind: 'file', path: './dir/fw.bpf.o', program: 'main' }],
    ['a.o:b.o', { kind: 'file', path: 'a.o:b.o', program: null }],
    ['./id:3.o', { kind: 'file', path: './id:3.o', program: null }],
  ])('reads %s', (text, reference) => {
    expect(parseReference(text)).toEqual(reference);
    expect(Object.isFrozen(parseReference(text))).toBe(true);
  });

  test.each([
    ['', 'it is none of id:N, link:N, name:GLOB, tag:HEX, pin:PATH or FILE.o[:PROGRAM]'],
    ['97', 'a bare number may be a program or a link; write id:97 or link:97'],
    ['fw', 'it is none of'],
    ['.o', 'it is none of'],
    ['dir/.o', 'it is none of'],
    ['fw.c', 'it is none of'],
    ['nmae:fw', 'did you mean name:?'],
    ['id:', 'id: wants a number from 1 to 2147483647, not ""'],
    ['id:0', 'id: wants a number'],
    ['id:-1', 'id: wants a number'],
    ['id:1.5', 'id: wants a number'],
    ['id:0x10', 'id: wants a number'],
    ['id:2147483648', 'id: wants a number'],
    ['link:x', 'link: wants a number'],
    ['name:', 'name: wants a name or a pattern'],
    ['tag:59f4', 'tag: wants 16 hexadecimal digits, not "59f4"'],
    ['tag:59f4a931744dcdcg', 'tag: wants 16 hexadecimal digits'],
    ['pin:', 'pin: wants an absolute path'],
    ['pin:x', 'pin: wants an absolute path, not "x"; write it whole'],
    ['fw.o:', 'no program is named behind the colon'],
  ])('refuses %j', (text, words) => {
    expect(() => parseReference(text)).toThrowError(
      expect.objectContaining({ code: 'ERR_REFERENCE', message: expect.stringContaining(words) }),
    );
  });

  test(`any text is refused with ERR_REFERENCE or reads back as it was written (seed ${SEED})`, () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'id:link:nametag.o/09af*') }),
      fc.tuple(fc.constantFrom('id:', 'link:', 'name:', 'tag:', 'pin:/'), fc.string()).map((p) => p.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const reference = parseReference(text);
          expect(parseReference(formatReference(reference))).toEqual(reference);
        } catch (error) {
          expect(MprogError.is(error) && error.code).toBe('ERR_REFERENCE');
        }
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
