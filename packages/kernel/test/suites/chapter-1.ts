import { describe, expect, test } from 'vitest';
import { command, flag, type Laboratory } from '../../src/index.js';
import { Bench, BOGUS } from './bench.js';
import type { Field } from './raw-calls.js';

/** Chapter 1 of the specification: commands, sizes and padding. */
export function chapter1(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  describe('spec 1.1: commands', () => {
    test.each([999, 0x7fff_ffff, -1])('spec 1.1: command %i is unknown and EINVAL', (number) => {
      expect(bench.raw.call(number, 16, [])).toBe('EINVAL');
    });

    test('spec 1.1: an unknown command with junk behind the attr is E2BIG', () => {
      expect(bench.raw.call(999, 172, [[168, 1]])).toBe('E2BIG');
    });
  });

  describe('spec 1.2: flags', () => {
    test.each(Object.entries(flag))('spec 1.2: flag %s is one bit', (_, bit) => {
      expect(Math.log2(bit) % 1).toBe(0);
    });
  });

  /** Each command with the end of its last field and what it answers to a call that names nothing. */
  const commands: readonly (readonly [name: keyof typeof command, end: number, fields: readonly Field[]])[] =
    [
      ['PROG_ATTACH', 32, [[8, 46]]],
      ['PROG_DETACH', 32, [[8, 46]]],
      ['LINK_CREATE', 60, [[0, BOGUS]]],
      ['LINK_UPDATE', 16, [[0, BOGUS]]],
      ['LINK_DETACH', 4, [[0, BOGUS]]],
      ['PROG_GET_FD_BY_ID', 4, []],
      ['LINK_GET_FD_BY_ID', 4, []],
      ['MAP_GET_FD_BY_ID', 12, []],
      ['BTF_GET_FD_BY_ID', 16, []],
      ['OBJ_GET_INFO_BY_FD', 16, [[0, BOGUS]]],
      ['OBJ_PIN', 20, []],
      ['OBJ_GET', 20, []],
      ['PROG_TEST_RUN', 76, []],
      ['MAP_CREATE', 92, []],
      ['MAP_LOOKUP_ELEM', 32, [[0, BOGUS]]],
      ['MAP_UPDATE_ELEM', 32, [[0, BOGUS]]],
      ['MAP_DELETE_ELEM', 16, [[0, BOGUS]]],
      ['MAP_GET_NEXT_KEY', 24, [[0, BOGUS]]],
      ['BTF_LOAD', 40, []],
      ['PROG_QUERY', 64, [[4, 46]]],
    ];

  describe('spec 1.5: size and padding', () => {
    test.each(commands)('spec 1.5: %s: larger than a page is E2BIG', (name, _, fields) => {
      expect(bench.raw.call(command[name], 4097, fields)).toBe('E2BIG');
    });

    test.each(commands)('spec 1.5: %s: zeros up to a page change nothing', (name, _, fields) => {
      const plain = bench.raw.call(command[name], 168, fields);
      expect(bench.raw.call(command[name], 4096, fields)).toBe(plain);
    });

    test.each(commands)('spec 1.5: %s: junk behind the attr is E2BIG', (name, _, fields) => {
      expect(bench.raw.call(command[name], 4096, [...fields, [168, 1, 1]])).toBe('E2BIG');
      expect(bench.raw.call(command[name], 4096, [...fields, [4095, 1, 1]])).toBe('E2BIG');
    });

    test.each(commands)('spec 1.5: %s: junk behind its last field is EINVAL', (name, end, fields) => {
      expect(bench.raw.call(command[name], 168, [...fields, [end, 1, 1]])).toBe('EINVAL');
      expect(bench.raw.call(command[name], 168, [...fields, [167, 1, 1]])).toBe('EINVAL');
    });

    test.each(commands)('spec 1.5: %s: what is not passed reads as zero', (name) => {
      const whole = bench.raw.call(command[name], 168, []);
      expect(bench.raw.call(command[name], 0, [])).toBe(whole);
    });

    test('spec 1.5: what is passed in part is completed with zeros', () => {
      const { raw, device } = bench;
      const program = bench.program();
      raw.call(command.PROG_ATTACH, 32, [
        [0, device],
        [4, program],
        [8, 46],
        [12, 0xffff_ff00 | flag.BEFORE],
      ]);
      expect(raw.again(command.PROG_ATTACH, 13)).toBe(0);
    });

    test.each([20, 23, 32, 59])('spec 1.5: LINK_CREATE accepts junk in byte %i', (at) => {
      const { raw, device } = bench;
      expect(raw.linkCreate({ target: device, program: bench.program() }, [[at, 1, 1]])).toBeTypeOf('number');
    });

    test.each([60, 63, 64, 67])('spec 1.5: LINK_CREATE refuses junk in byte %i', (at) => {
      const { raw, device } = bench;
      expect(raw.linkCreate({ target: device, program: bench.program() }, [[at, 1, 1]], 68)).toBe('EINVAL');
    });

    test('spec 1.5: PROG_QUERY checks the capability before its padding', () => {
      const { raw } = bench;
      bench.laboratory.withCapabilities([], () => {
        expect(raw.call(command.PROG_QUERY, 168, [[64, 1]])).toBe('EPERM');
      });
      expect(raw.call(command.PROG_QUERY, 168, [[64, 1]])).toBe('EINVAL');
    });

    test('spec 15.7.1 #3: an attr that cannot be read is EFAULT, before the command is looked at', () => {
      const { systemCall } = bench.laboratory.host;
      expect(systemCall.bpf(command.PROG_ATTACH, bench.raw.nowhere, 32)).toBe(-14);
      expect(systemCall.bpf(999, bench.raw.nowhere, 32)).toBe(-14);
      expect(systemCall.bpf(999, bench.raw.nowhere, 0)).toBe(-22);
    });
  });
}
