import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, errnoName, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { open } from './spec-15-2-pins.js';
import { run } from './spec-15-3-test-run.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { btfBlob } from './spec-15-btf.js';

const UNKNOWN = 38;
const KNOWN_BYTES = 168;
const PAGE = 4096;
const WHOLE_32_BITS = 2 ** 32;
const UNTOUCHED = 0xdddd_dddd;
const NOT_OPEN = 987_654;

/** The call itself, before any command looks at its attr. */
export function spec15FrontSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;
  const call = (number: number, address: number, size: number): Result => {
    const { systemCall } = getBench().raw.host;
    const result = systemCall.bpf(number, address, size);
    return result < 0 ? errnoName(-result) : getBench().track(result);
  };
  const commands = Object.values(command);

  it('spec 15.7.1 #1: more than a page is E2BIG, whatever is there and whatever is called', () => {
    const { nowhere } = getBench().raw;
    for (const number of [...commands, UNKNOWN]) {
      expect(call(number, nowhere, PAGE + 1)).toBe('E2BIG');
      expect(call(number, 0, 0x7fff_ffff)).toBe('E2BIG');
      expect(call(number, 0, 0xffff_ffff)).toBe('E2BIG');
    }
  });

  it('spec 15.7.1 #1: the low 32 bits of size and command count', () => {
    const bench = getBench();
    const next = (number: number, size: number) => {
      bench.raw.call(command.PROG_GET_NEXT_ID, 8, []);
      return bench.raw.again(number, size);
    };
    bench.verdict();
    expect(next(command.PROG_GET_NEXT_ID, WHOLE_32_BITS + 8)).toBe(0);
    expect(next(WHOLE_32_BITS + command.PROG_GET_NEXT_ID, 8)).toBe(0);
    expect(next(WHOLE_32_BITS + UNKNOWN, 8)).toBe('EINVAL');
  });

  it('spec 15.7.1 #2: what stands behind 168 bytes must be readable and zero', () => {
    const bench = getBench();
    const zero = bench.atEnd(new Uint8Array(PAGE));
    // PROG_LOAD says E2BIG to no instructions.
    const others = [...commands, UNKNOWN].filter((number) => number !== command.PROG_LOAD);
    for (const number of others) {
      expect(call(number, zero, PAGE), `${number}`).not.toBe('E2BIG');
      expect(call(number, zero + 1, PAGE), `${number}`).toBe('EFAULT');
    }
    for (const at of [KNOWN_BYTES, 200, PAGE - 1]) {
      const bytes = new Uint8Array(PAGE);
      bytes[at] = 1;
      const address = bench.atEnd(bytes);
      for (const number of others) {
        expect(call(number, address, PAGE), `${number}, byte ${at}`).toBe('E2BIG');
        expect(call(number, address, at), `${number}, byte ${at}`).not.toBe('E2BIG');
      }
    }
  });

  it('spec 15.7.1 #2 #3: the rest is looked at before the beginning', () => {
    const { raw } = getBench();
    const { arena } = raw.host.systemCall;
    // The beginning lies before the arena, where nothing can be read; the rest is its first bytes.
    const before = arena.address(0) - KNOWN_BYTES;
    arena.bytes.fill(0, 0, 8);
    expect(call(command.PROG_GET_NEXT_ID, before, KNOWN_BYTES + 8)).toBe('EFAULT');
    arena.bytes[3] = 1;
    expect(call(command.PROG_GET_NEXT_ID, before, KNOWN_BYTES + 8)).toBe('E2BIG');
    arena.bytes[3] = 0;
  });

  it('spec 15.7.1 #3 #4: an unreadable attr is EFAULT, also for unknown commands', () => {
    const { nowhere } = getBench().raw;
    for (const number of [...commands, UNKNOWN]) {
      expect(call(number, 0, 4), `${number}`).toBe('EFAULT');
      expect(call(number, nowhere, KNOWN_BYTES), `${number}`).toBe('EFAULT');
    }
  });

  it('spec 15.7.1 #4: unknown commands are EINVAL', () => {
    const bench = getBench();
    const zero = bench.atEnd(new Uint8Array(KNOWN_BYTES));
    for (const number of [UNKNOWN, 39, 100, 0x7fff_ffff, -1, -2]) {
      expect(call(number, zero, KNOWN_BYTES), `${number}`).toBe('EINVAL');
      expect(call(number, 0, 0), `${number}`).toBe('EINVAL');
    }
  });

  it('spec 15.7.1: with size 0 the pointer is not read, and out fields go through it', () => {
    const bench = getBench();
    bench.verdict();
    expect(call(command.PROG_GET_NEXT_ID, 0, 0)).toBe('EFAULT');
    expect(call(command.PROG_GET_NEXT_ID, bench.raw.nowhere, 0)).toBe('EFAULT');
    const out = bench.place(new Uint8Array(16).fill(0xdd));
    expect(call(command.PROG_GET_NEXT_ID, out, 0)).toBe(0);
    const words = [0, 4, 8].map((at) => bench.raw.u32(bench.offset(out) + at));
    expect([words[0], words[2]]).toEqual([UNTOUCHED, UNTOUCHED]);
    expect(words[1]).not.toBe(UNTOUCHED);
    expect(call(command.OBJ_PIN, 0, 0)).toBe('EINVAL');
    expect(call(command.OBJ_GET, 0, 0)).toBe('EFAULT');
    expect(call(command.LINK_DETACH, 0, 0)).toBe('EINVAL');
    expect(call(command.ENABLE_STATS, 0, 0)).toBeTypeOf('number');
  });

  it('spec 15.7.1: the bytes of a field that is cut count', () => {
    const bench = getBench();
    const program = bench.verdict();
    const pin = (fd: number, size: number, path: string) =>
      bench.raw.call(command.OBJ_PIN, size, [
        [0, bench.text(path), 8],
        [8, fd],
      ]);
    expect(program).toBeLessThan(2 ** 16);
    expect(pin(program + 2 ** 24, 12, `${bench.mount}/a`)).toBe('EINVAL');
    expect(pin(program + 2 ** 24, 11, `${bench.mount}/a`)).toBe(0);
    expect(pin(program + 2 ** 16, 11, `${bench.mount}/b`)).toBe('EINVAL');
    expect(pin(program + 2 ** 16, 10, `${bench.mount}/b`)).toBe(0);
    expect(open(bench, `${bench.mount}/b`)).toBeTypeOf('number');
  });

  it('spec 15.7.1: out fields behind the end of memory are EFAULT', () => {
    const bench = getBench();
    const bytesOf = (length: number, words: Readonly<Record<number, number | bigint>>) => {
      const bytes = new Uint8Array(length);
      const view = new DataView(bytes.buffer);
      for (const [at, value] of Object.entries(words)) {
        if (typeof value === 'bigint') view.setBigUint64(Number(at), value, true);
        else view.setUint32(Number(at), value, true);
      }
      return bytes;
    };
    const program = bench.verdict();
    const target = bench.laboratory.addDevice();
    const end = (bytes: Uint8Array, number: number) => call(number, bench.atEnd(bytes), bytes.length);
    expect(end(bytesOf(4, {}), command.PROG_GET_NEXT_ID)).toBe('EFAULT');
    expect(end(bytesOf(8, { 0: target, 4: 46 }), command.PROG_QUERY)).toBe('EFAULT');
    expect(end(bytesOf(4, { 0: program }), command.OBJ_GET_INFO_BY_FD)).toBe('EFAULT');
    expect(end(bytesOf(8, { 0: program }), command.OBJ_GET_INFO_BY_FD)).toBe(0);
  });

  onlyWhere(linux, because.readOnly, 'spec 15.7.1: an attr that cannot be written', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    const copyOf = (size: number): number => {
      const { arena } = bench.raw.host.systemCall;
      return traits.readOnly!(arena.bytes.slice(bench.raw.attr, bench.raw.attr + size));
    };
    const again = (number: number, size: number) => call(number, copyOf(size), size);

    const layout = attr.getInfo;
    const structure = bench.place(new Uint8Array(64));
    bench.raw.call(command.OBJ_GET_INFO_BY_FD, 16, [
      [layout.fd, program],
      [layout.length, 64],
      [layout.info, structure, 8],
    ]);
    bench.raw.bytes(bench.offset(structure), 64).fill(0);
    expect(again(command.OBJ_GET_INFO_BY_FD, 16)).toBe('EFAULT');
    expect(bench.raw.u32(bench.offset(structure))).toBe(3);

    expect(bench.raw.query(target).result).toBe(0);
    expect(again(command.PROG_QUERY, attr.progQuery.end)).toBe('EFAULT');
    expect(run(bench, program)).toBe(0);
    expect(again(command.PROG_TEST_RUN, attr.testRun.end)).toBe('EFAULT');

    const blob = btfBlob();
    bench.fd(
      bench.raw.call(command.BTF_LOAD, 40, [
        [attr.btfLoad.btf, bench.place(blob), 8],
        [attr.btfLoad.size, blob.length],
      ]),
    );
    expect(again(command.BTF_LOAD, 40)).toBe('EFAULT');

    // These two write nothing back.
    expect(bench.raw.attach({ target, program })).toBe(0);
    expect(bench.raw.detach({ target, program })).toBe(0);
    bench.raw.call(command.PROG_ATTACH, 32, [
      [0, target],
      [4, NOT_OPEN],
      [8, 46],
    ]);
    const { arena } = bench.raw.host.systemCall;
    arena.view.setUint32(bench.raw.attr + 4, program, true);
    expect(again(command.PROG_ATTACH, 32)).toBe(0);
    const fields: readonly Field[] = [
      [0, NOT_OPEN],
      [4, target],
      [8, 47],
    ];
    bench.raw.call(command.LINK_CREATE, 64, fields);
    arena.view.setUint32(bench.raw.attr, program, true);
    expect(again(command.LINK_CREATE, 64)).toBeTypeOf('number');
  });
}
