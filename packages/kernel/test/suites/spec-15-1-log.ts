import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import type { Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { code, fdArray, named } from './spec-15-1-load.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { exit, usesMap } from './spec-15-programs.js';

const layout = attr.progLoad;
const UNTOUCHED = 0xdddd_dddd;
const FILLING = 0xee;
const ROOM = 4096;
const NOT_OPEN = 987_654;
const FIXED = 8;
const STATISTICS =
  /^processed \d+ insns \(limit 1000000\) max_states_per_insn \d+ total_states \d+ peak_states \d+ mark_read \d+$/;

interface Logged {
  readonly result: Result;
  readonly trueSize: number;
  /** The buffer, up to what nothing was written to. */
  readonly text: string;
}

/** The log of PROG_LOAD. */
export function spec15LogSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);

  /** Loads with a log of some size; size 0 stands for no buffer. */
  const log = (
    level: number,
    size: number,
    fields: readonly Field[] = [],
    attrSize: number = 168,
  ): Logged => {
    const bench = getBench();
    const buffer = bench.place(new Uint8Array(ROOM).fill(FILLING));
    const result = bench.raw.load(
      [
        [layout.logLevel, level],
        [layout.logSize, size],
        [layout.log, size === 0 ? 0 : buffer, 8],
        [layout.logTrueSize, UNTOUCHED],
        ...fields,
      ],
      attrSize,
    );
    const bytes = bench.read(buffer, ROOM);
    const end = bytes.findLastIndex((byte) => byte !== FILLING) + 1;
    return {
      result: bench.track(result),
      trueSize: bench.raw.field(layout.logTrueSize),
      text: new TextDecoder().decode(Uint8Array.from(bytes.slice(0, end))),
    };
  };

  it('spec 15.1.2: a log is a text whose last line counts instructions, and a NUL', () => {
    for (const level of [1, 2, 3, 4, 5, 7, 9, 15]) {
      const { result, text, trueSize } = log(level, ROOM);
      expect(result, `level ${level}`).toBeTypeOf('number');
      expect(text.at(-1)).toBe('\0');
      expect(text.indexOf('\0')).toBe(text.length - 1);
      expect(text.slice(0, -1).trimEnd().split('\n').at(-1)).toMatch(STATISTICS);
      expect(trueSize, `level ${level}`).toBe(text.length);
    }
  });

  it('spec 15.1.2: the true size is 0 at level 0, and known also without a buffer', () => {
    expect(log(0, 0)).toMatchObject({ result: expect.any(Number), trueSize: 0, text: '' });
    const { trueSize } = log(1, ROOM);
    expect(log(1, 0)).toMatchObject({ result: expect.any(Number), trueSize, text: '' });
  });

  it('spec 15.1.2: the true size is written from an attr of 144 bytes on', () => {
    expect(log(1, ROOM, [], 144).trueSize).toBeGreaterThan(1);
    const { result, text, trueSize } = log(1, ROOM, [], 143);
    expect([typeof result, trueSize]).toEqual(['number', UNTOUCHED]);
    expect(text.length).toBeGreaterThan(1);
    expect(log(0, 0, [], 140).trueSize).toBe(UNTOUCHED);
  });

  it('spec 15.1.2: the true size is written whatever the result is, once the log is in order', () => {
    const bench = getBench();
    const broken: readonly (readonly [string, readonly Field[]])[] = [
      ['EBADF', fdArray(bench, [NOT_OPEN])],
      [
        'EBADF',
        [
          [layout.btfFd, NOT_OPEN],
          [layout.functionInfoCount, 1],
          [layout.functionInfoSize, 8],
        ],
      ],
      ['EBADF', code(bench, usesMap(NOT_OPEN))],
    ];
    for (const [error, fields] of broken) {
      const { result, trueSize, text } = log(1, 2048, fields);
      expect(result).toBe(error);
      expect(trueSize).toBe(text.length);
      expect(log(0, 0, fields)).toMatchObject({ result: error, trueSize: 0 });
    }
    expect(log(1, ROOM, named('a-b'))).toMatchObject({ result: 'EINVAL', trueSize: UNTOUCHED, text: '' });
    expect(log(16, ROOM)).toMatchObject({ result: 'EINVAL', trueSize: UNTOUCHED, text: '' });
  });

  it('spec 15.1 #17: a log that does not fit is ENOSPC, also for a program that is fine', () => {
    const { text: whole, trueSize } = log(1, ROOM);
    expect(log(1, trueSize)).toMatchObject({ result: expect.any(Number), text: whole });
    const { result, text, trueSize: needed } = log(1, trueSize - 1);
    expect([result, needed]).toEqual(['ENOSPC', trueSize]);
    expect(text).toBe(whole.slice(1));
    expect(log(1, 1)).toMatchObject({ result: 'ENOSPC', text: '\0', trueSize });
  });

  it('spec 15.1.2: kept is the end of the text, with FIXED its beginning', () => {
    const { text: whole, trueSize } = log(1, ROOM);
    const room = 20;
    expect(log(1, room)).toMatchObject({ result: 'ENOSPC', text: whole.slice(-room), trueSize });
    const fixed = log(1 | FIXED, room);
    expect(fixed).toMatchObject({ result: 'ENOSPC', text: `${whole.slice(0, room - 1)}\0`, trueSize });
  });

  it('spec 15.1 #17: ENOSPC and EFAULT replace what the verifier says', () => {
    const bench = getBench();
    const unreadable: Field = [layout.log, bench.raw.nowhere, 8];
    expect(log(1, ROOM, [unreadable]).result).toBe('EFAULT');
    for (const fields of [code(bench, usesMap(NOT_OPEN)), fdArray(bench, [NOT_OPEN])]) {
      expect(log(1, ROOM, fields).result).toBe('EBADF');
      expect(log(1, 1, fields).result).toBe('ENOSPC');
      expect(log(1, ROOM, [...fields, unreadable]).result).toBe('EFAULT');
    }
  });

  onlyWhere(
    traits.readOnly !== undefined,
    because.verifier,
    'spec 15.1 #17: ENOSPC replaces the EACCES of an unsafe program',
    () => {
      const bench = getBench();
      const fields = code(bench, exit);
      expect(log(1, ROOM, fields)).toMatchObject({ result: 'EACCES', text: expect.stringMatching('R0') });
      expect(log(1, 1, fields).result).toBe('ENOSPC');
    },
  );

  onlyWhere(
    traits.readOnly !== undefined,
    because.readOnly,
    'spec 15.1 #17: an unwritable true size is EFAULT, and nothing remains',
    () => {
      const bench = getBench();
      bench.raw.load([]);
      const { arena } = bench.raw.host.systemCall;
      const attrBytes = arena.bytes.slice(bench.raw.attr, bench.raw.attr + 168);
      const address = traits.readOnly!(attrBytes);
      const before = bench.raw.host.systemCall.bpf(5, address, 140);
      bench.fd(before);
      expect(bench.raw.host.systemCall.bpf(5, address, 144)).toBe(-14);
      const after = bench.fd(bench.raw.host.systemCall.bpf(5, address, 140));
      expect(after).toBe(before + 1);
    },
  );
}
