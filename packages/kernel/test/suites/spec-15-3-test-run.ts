import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { code } from './spec-15-1-load.js';
import {
  type Bench,
  because,
  benches,
  type Fault,
  holdsOrder,
  onlyWhere,
  type Traits,
} from './spec-15-bench.js';
import { exit, helper, instruction, join, load64, move } from './spec-15-programs.js';

const layout = attr.testRun;
const NOT_OPEN = 987_654;
/** Bytes of the packet that `run` passes. */
export const LENGTH = 64;
/** Bytes of the context of packet programs. */
export const CONTEXT = 192;
const SOCKOPT_GET = 21;
const RUNNABLE = [1, 3, 4, 6, 8, 10, 11];
const XDP = 6;

/** Runs a program on a packet of 64 bytes, 0 to 63. */
export function run(bench: Bench, program: number, fields: readonly Field[] = [], size = 76): Result {
  const packet = bench.place(Array.from({ length: LENGTH }, (_, i) => i));
  return bench.raw.call(command.PROG_TEST_RUN, size, [
    [layout.programFd, program],
    [layout.inputSize, LENGTH],
    [layout.input, packet, 8],
    ...fields,
  ]);
}

/** Fields for a context of bytes. */
export function contextIn(bench: Bench, bytes: ArrayLike<number>): readonly Field[] {
  return [
    [layout.contextInputSize, bytes.length],
    [layout.contextInput, bench.place(bytes), 8],
  ];
}

/** A context with 32-bit words at offsets. */
export function contextOf(values: Readonly<Record<number, number>>, size: number = CONTEXT): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of Object.entries(values)) view.setUint32(Number(at), value, true);
  return bytes;
}

/** The table, in its order. */
export const faults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 80, fields: () => [[76, 1]] },
  { row: '#2: the size of a context alone', error: 'EINVAL', fields: () => [[layout.contextInputSize, 8]] },
  {
    row: '#2: the address of a context alone',
    error: 'EINVAL',
    fields: (bench) => [[layout.contextOutput, bench.place(new Uint8Array(CONTEXT)), 8]],
  },
  { row: '#3: an fd that is not open', error: 'EBADF', fields: () => [[layout.programFd, NOT_OPEN]] },
  { row: '#3: a map', error: 'EINVAL', fields: (bench) => [[layout.programFd, bench.map()]] },
  {
    row: '#4: a type that cannot be run',
    error: 'ENOTSUPP',
    fields: (bench) => [[layout.programFd, bench.verdict(0, { type: 15 })]],
  },
  { row: '#5: an unknown flag', error: 'EINVAL', flags: 1 },
  { row: '#5: a processor', error: 'EINVAL', fields: () => [[layout.cpu, 1]] },
  { row: '#5: a batch', error: 'EINVAL', fields: () => [[layout.batchSize, 1]] },
  { row: '#6: 13 bytes', error: 'EINVAL', fields: () => [[layout.inputSize, 13]] },
  { row: '#6: 3713 bytes', error: 'EINVAL', fields: () => [[layout.inputSize, 3713]] },
  { row: '#7: no packet', error: 'EFAULT', fields: () => [[layout.input, 0, 8]] },
  {
    row: '#7: an unreadable context',
    error: 'EFAULT',
    fields: (bench) => [
      [layout.contextInputSize, 8],
      [layout.contextInput, bench.raw.nowhere, 8],
    ],
  },
  {
    row: '#8: a context of more than a page',
    error: 'E2BIG',
    fields: (bench) => contextIn(bench, new Uint8Array(4097)),
  },
  {
    row: '#9: a context with what is no input',
    error: 'EINVAL',
    fields: (bench) => contextIn(bench, contextOf({ 0: 1 })),
  },
  {
    row: '#9: an unknown device in the context',
    error: 'ENODEV',
    fields: (bench) => contextIn(bench, contextOf({ 40: 0x7fff_fff0 })),
  },
  {
    row: '#10: room for less than the packet',
    error: 'ENOSPC',
    fields: () => [[layout.outputSize, 8]],
  },
  {
    row: '#11: an unwritable packet',
    error: 'EFAULT',
    fields: (bench) => [[layout.output, bench.raw.nowhere, 8]],
  },
  {
    row: '#12: room for less than the context',
    error: 'ENOSPC',
    fields: (bench) => [
      [layout.contextOutputSize, 100],
      [layout.contextOutput, bench.place(new Uint8Array(CONTEXT)), 8],
    ],
  },
];

/** PROG_TEST_RUN. */
export function spec15TestRunSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  describe('PROG_TEST_RUN in its order', () => {
    holdsOrder('15.3', traits, getBench, layout.flags, faults, (bench, { fields, size }) =>
      run(bench, bench.verdict(), fields, size),
    );
  });

  it('spec 15.3 #2: sizes and addresses of contexts come together', () => {
    const bench = getBench();
    const program = bench.verdict();
    const context = bench.place(new Uint8Array(CONTEXT));
    for (const [size, address] of [
      [layout.contextInputSize, layout.contextInput],
      [layout.contextOutputSize, layout.contextOutput],
    ] as const) {
      expect(run(bench, program, [[size, CONTEXT]])).toBe('EINVAL');
      expect(run(bench, program, [[address, context, 8]])).toBe('EINVAL');
      expect(
        run(bench, program, [
          [size, CONTEXT],
          [address, context, 8],
        ]),
      ).toBe(0);
    }
  });

  it('spec 15.3 #4 b: which types can be run', () => {
    const bench = getBench();
    for (const type of RUNNABLE) expect(run(bench, bench.verdict(0, { type })), `type ${type}`).toBe(0);
    for (const [type, expected] of [
      [9, 2],
      [15, 0],
      [25, SOCKOPT_GET],
      [18, 8],
      [13, 0],
      [14, 0],
      [16, 0],
      [2, 0],
      [5, 0],
      [7, 0],
      [23, 0],
    ] as const) {
      const program = bench.fd(bench.raw.load([[68, expected]], 168, type));
      expect(run(bench, program), `type ${type}`).toBe('ENOTSUPP');
    }
  });

  it('spec 15.3 #5: the flag 4 is known', () => {
    const bench = getBench();
    const program = bench.verdict();
    for (let bit = 0; bit < 32; bit++)
      expect(run(bench, program, [[layout.flags, 2 ** bit]]), `bit ${bit}`).toBe(bit === 2 ? 0 : 'EINVAL');
  });

  it('spec 15.3 #6: a packet has 14 to 3712 bytes', () => {
    const bench = getBench();
    const program = bench.verdict();
    const packet = bench.place(new Uint8Array(3713));
    const ofSize = (size: number) =>
      run(bench, program, [
        [layout.inputSize, size],
        [layout.input, packet, 8],
      ]);
    expect([13, 14, 3712, 3713, 0, 0xffff_ffff].map(ofSize)).toEqual([
      'EINVAL',
      0,
      0,
      'EINVAL',
      'EINVAL',
      'EINVAL',
    ]);
  });

  it.each([
    ['IPv4', 0x0800, 34],
    ['IPv6', 0x86dd, 54],
    ['ARP', 0x0806, 14],
    ['VLAN', 0x8100, 14],
  ])('spec 15.3 d: a packet of %s holds its IP header, except for XDP', (_, protocol, least) => {
    const bench = getBench();
    const packet = bench.place(
      Uint8Array.from({ length: LENGTH }, (__, at) =>
        at === 12 ? protocol >> 8 : at === 13 ? protocol & 255 : 0,
      ),
    );
    const ofSize = (type: number, size: number, more: readonly Field[] = []) =>
      run(bench, bench.verdict(0, { type }), [[layout.inputSize, size], [layout.input, packet, 8], ...more]);
    for (const type of RUNNABLE) {
      const short = type === XDP || least === 14 ? 0 : 'EINVAL';
      const found = [14, least - 1, least].map((size) => ofSize(type, Math.max(size, 14)));
      expect(found, `type ${type}`).toEqual([short, short, 0]);
    }
    const sizeOf = (size: number, context: Uint8Array) => ofSize(3, size, contextIn(bench, context));
    expect(sizeOf(14, new Uint8Array(4097))).toBe('E2BIG');
    expect(sizeOf(14, contextOf({ 40: 0x7fff_fff0 }))).toBe('ENODEV');
  });

  it('spec 15.3 #7: every byte of packet and context must be readable', () => {
    const bench = getBench();
    const program = bench.verdict();
    const last = bench.atEnd(new Uint8Array(LENGTH));
    expect(run(bench, program, [[layout.input, last, 8]])).toBe(0);
    expect(run(bench, program, [[layout.input, last + 1, 8]])).toBe('EFAULT');
    const context = (address: number): Field[] => [
      [layout.contextInputSize, LENGTH],
      [layout.contextInput, address, 8],
    ];
    expect(run(bench, program, context(last))).toBe(0);
    expect(run(bench, program, context(last + 1))).toBe('EFAULT');
  });

  it('spec 15.3 #8: what a context has more than 192 bytes must be zero', () => {
    const bench = getBench();
    const program = bench.verdict();
    const long = (size: number, at: number) => {
      const bytes = new Uint8Array(size);
      bytes[at] = 1;
      return run(bench, program, contextIn(bench, bytes));
    };
    expect(long(196, 8)).toBe(0);
    expect(long(196, 192)).toBe('E2BIG');
    expect(long(196, 195)).toBe('E2BIG');
    expect(long(4096, 8)).toBe(0);
    expect(long(4097, 8)).toBe('E2BIG');
    const bytes = contextOf({ 0: 1, 192: 1 }, 196);
    expect(run(bench, program, contextIn(bench, bytes))).toBe('E2BIG');
  });

  it('spec 15.3 #9: which bytes of a context may be set', () => {
    const bench = getBench();
    const program = bench.verdict();
    const expected = (at: number): Result => {
      if (at >= 41 && at < 44) return 'ENODEV';
      const mark = at >= 8 && at < 12;
      const priorityAndDevices = at >= 32 && at < 44;
      const cb = at >= 48 && at < 68;
      const tstamp = at >= 152 && at < 160;
      // 1 and 16 777 216 are no length on the wire, 256 and 65 536 are.
      const wire = at === 161 || at === 162;
      const segments = at >= 164 && at < 166;
      const gso = at >= 176 && at < 180;
      return mark || priorityAndDevices || cb || tstamp || wire || segments || gso || at >= 184
        ? 0
        : 'EINVAL';
    };
    const context = new Uint8Array(CONTEXT);
    const fields = contextIn(bench, context);
    const address = bench.offset(Number(fields[1]![1]));
    for (let at = 0; at < CONTEXT; at++) {
      bench.raw.bytes(address, CONTEXT).fill(0);
      bench.raw.bytes(address, CONTEXT)[at] = 1;
      const packet = bench.raw.put(512, new Uint8Array(LENGTH));
      const result = bench.raw.call(command.PROG_TEST_RUN, 76, [
        [layout.programFd, program],
        [layout.inputSize, LENGTH],
        [layout.input, packet, 8],
        ...fields,
      ]);
      expect(result, `byte ${at}`).toBe(expected(at));
    }
  });

  it('spec 15.3 #9: bounds of wire_len and gso_segs', () => {
    const bench = getBench();
    const program = bench.verdict();
    const given = (values: Readonly<Record<number, number>>) =>
      run(bench, program, contextIn(bench, contextOf(values)));
    expect([0, LENGTH - 1, LENGTH, 65_536, 65_537].map((length) => given({ 160: length }))).toEqual([
      0,
      'EINVAL',
      0,
      0,
      'EINVAL',
    ]);
    expect([65_535, 65_536].map((segments) => given({ 164: segments }))).toEqual([0, 'EINVAL']);
    expect(given({ 36: 0x7fff_fff0 })).toBe(0);
    expect(given({ 0: 1, 40: 0x7fff_fff0 })).toBe('ENODEV');
  });

  onlyWhere(linux, because.verifier, 'spec 15.3: what a program sees of its context', () => {
    const bench = getBench();
    const value = (at: number): number => {
      const program = bench.fd(bench.raw.load(code(bench, join(instruction(0x61, 0, 1, at), exit))));
      expect(run(bench, program)).toBe(0);
      return bench.raw.field(layout.result);
    };
    const [length, protocol, ingress, ifindex] = [0, 16, 36, 40];
    expect([length, ingress, ifindex].map(value)).toEqual([LENGTH, 0, 1]);
    expect(value(protocol)).toBe(0x0d0c);
  });

  onlyWhere(
    linux,
    because.verifier,
    'spec 15.3 c: 33 tail calls in a row, then the call falls through',
    () => {
      const bench = getBench();
      const map = bench.map();
      // mark += 1; tail call of itself; return mark
      const program = bench.fd(
        bench.raw.load(
          code(
            bench,
            join(
              instruction(0xbf, 6, 1),
              instruction(0x61, 2, 1, 8),
              instruction(0x07, 2, 0, 0, 1),
              instruction(0x63, 1, 2, 8),
              load64(2, 1, map),
              move(3, 0),
              helper(12),
              instruction(0x61, 0, 6, 8),
              exit,
            ),
          ),
        ),
      );
      const put = bench.raw.call(command.MAP_UPDATE_ELEM, 32, [
        [0, map],
        [8, bench.place([0, 0, 0, 0]), 8],
        [16, bench.place(new Uint8Array(Int32Array.of(program).buffer)), 8],
      ]);
      expect(put).toBe(0);
      expect(run(bench, program)).toBe(0);
      expect(bench.raw.field(layout.result)).toBe(34);
    },
  );
}
