import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { damageOfBtf } from './btf-check.js';
import { checkElf } from './elf-check.js';

const read = (name: string) => readFileSync(fileURLToPath(new URL(`../../objects/${name}`, import.meta.url)));
const changed = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
};

/** Type information with one text `a`, and the words of its types. */
function btf(...words: number[]): Uint8Array {
  const bytes = new Uint8Array(24 + words.length * 4 + 3);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  bytes[2] = 1;
  [24, 0, words.length * 4, words.length * 4, 3].forEach((word, at) => {
    view.setUint32(4 + at * 4, word, true);
  });
  words.forEach((word, at) => {
    view.setUint32(24 + at * 4, word, true);
  });
  bytes[24 + words.length * 4 + 1] = 0x61;
  return bytes;
}

const kind = (number: number, members: number = 0) => number * 2 ** 24 + members;

describe('the check of objects', () => {
  const whole = read('audit.bpf.o');

  it.each([
    'audit',
    'firewall',
    'long-name',
    'netkit',
    'rejected',
    'stop',
    'telemetry',
    'unknown-section',
    'xdp',
  ])('lets %s pass', (name) => {
    expect(() => checkElf(read(`${name}.bpf.o`), name)).not.toThrow();
  });

  it.each([
    ['nothing', new Uint8Array(), 'the file is empty'],
    ['a text', Buffer.from('#!/bin/sh\necho hello\n'), 'it is not an ELF file'],
    ['the first bytes', whole.subarray(0, 3), 'the file is cut short: its ELF header is not whole'],
    [
      'a header without the rest',
      whole.subarray(0, 64),
      'the file is cut short: its sections reach past its end',
    ],
    ['all but one byte', whole.subarray(0, -1), 'the file is cut short: its sections reach past its end'],
    ['x86-64', changed(whole, 18, 62, 0), 'it holds code for x86-64, not BPF'],
    ['a machine unheard of', changed(whole, 18, 0x39, 0x30), 'it holds code for machine 12345, not BPF'],
    ['big-endian BPF', changed(changed(whole, 5, 2), 18, 0, 247), 'it is BPF for big-endian machines'],
    ['an executable', changed(whole, 16, 2, 0), 'it is not a relocatable 64-bit ELF object'],
    ['no sections', changed(whole, 60, 0, 0), 'it has no sections'],
    ['odd sections', changed(whole, 58, 1, 0), 'its section table is damaged'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => checkElf(bytes, 'x.o')).toThrow(
      expect.objectContaining({
        code: 'ENOEXEC',
        message: expect.stringContaining(`read object x.o: ${reason}`),
      }),
    );
  });

  it('never fails in another way, whatever byte is damaged', () => {
    for (let at = 0; at < whole.length; at++) {
      try {
        checkElf(changed(whole, at, whole[at]! ^ 0xff), 'x.o');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOEXEC' });
      }
    }
  });
});

describe('the check of type information', () => {
  it.each([
    ['no types', btf(), null],
    ['an integer', btf(1, kind(1), 4, 32), null],
    ['a pointer to nothing', btf(0, kind(2), 0), null],
    ['a structure that points to itself', btf(1, kind(4, 1), 8, 1, 2, 0, 0, kind(2), 1), null],
    ['too few bytes', btf().subarray(0, 20), 'it has no header'],
    ['another magic number', changed(btf(), 0, 1), 'it has no header'],
    ['names past the end', changed(btf(), 20, 100), 'its parts reach past its end'],
    ['no names', changed(btf(), 20, 0), 'its names are not texts'],
    ['an unknown kind', btf(1, kind(31), 0), 'type 1 is of an unknown kind'],
    ['an integer cut short', btf(1, kind(1), 4), 'type 1 is cut short'],
    ['members past the end', btf(1, kind(4, 9), 8), 'type 1 is cut short'],
    ['a name past the end', btf(3, kind(2), 0), 'type 1 has a name outside of the names'],
    ['a pointer to a type past the end', btf(0, kind(2), 2), 'type 1 refers to a type that is not there'],
    ['a typedef of itself', btf(1, kind(8), 1), 'type 1 refers to itself'],
    ['two that go round', btf(1, kind(8), 2, 0, kind(10), 1), 'type 1 refers to itself'],
    ['a function without prototype', btf(1, kind(12), 2, 0, kind(2), 0), 'function 1 has no prototype'],
    [
      'a section that holds an integer',
      btf(1, kind(15, 1), 4, 2, 0, 4, 1, kind(1), 4, 32),
      'section 1 holds what is no variable',
    ],
  ])('of %s', (_, bytes, damage) => {
    expect(damageOfBtf(bytes)).toBe(damage);
  });
});
