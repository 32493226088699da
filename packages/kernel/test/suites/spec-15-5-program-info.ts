import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import type { Laboratory } from '../../src/index.js';
import { functions, lines, loadBtf } from './spec-15-1-btf.js';
import { code, fdArray, named } from './spec-15-1-load.js';
import { pointer, tell, type Words } from './spec-15-5-info.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { btfType, LINE_TEXT } from './spec-15-btf.js';
import {
  callFunction,
  exit,
  instruction,
  join,
  load64,
  returns,
  twoFunctions,
  usesMap,
} from './spec-15-programs.js';

const at = info.program;
const FILLING = 0xee;
const KEPT = 0xeeee_eeee;
const SIZE = at.size;
/** Counts and record sizes that ask for nothing. */
const quiet: Words = Object.fromEntries(
  [
    at.jitedLength,
    at.translatedLength,
    at.mapCount,
    at.symbolCount,
    at.functionLengthCount,
    at.functionInfoSize,
    at.functionInfoCount,
    at.lineInfoCount,
    at.jitedLineInfoCount,
    at.lineInfoSize,
    at.jitedLineInfoSize,
    at.tagCount,
    at.padding,
  ].map((field) => [field, 0]),
);
const buffers = [
  at.jited,
  at.translated,
  at.mapIds,
  at.symbols,
  at.functionLengths,
  at.functionInfo,
  at.lineInfo,
  at.jitedLineInfo,
  at.tags,
];

/** Program info. */
export function spec15ProgramInfoSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;
  const ask = (fd: number, words: Words = {}) => tell(getBench(), fd, SIZE, { ...quiet, ...words });

  it('spec 15.5.1, 15.5 a: fields that are not set keep the caller’s bytes', () => {
    const told = ask(getBench().verdict());
    expect([told.result, told.length]).toEqual([0, SIZE]);
    const kept = [...buffers, at.netnsDevice, at.netnsInode].flatMap((field) => [field, field + 4]);
    for (const field of [...kept, at.ifindex, at.btfId, at.attachBtfObjectId])
      expect(told.word(field), `field ${field}`).toBe(KEPT);
    expect(told.bytes.subarray(SIZE).every((byte) => byte === FILLING)).toBe(true);
  });

  it('spec 15.5.1: what stands in a program’s info', () => {
    const bench = getBench();
    const fd = bench.fd(bench.raw.load(named('a_name'), 168, 6));
    const told = ask(fd);
    expect(told.word(at.type)).toBe(6);
    expect(told.word(at.id)).toBe(bench.raw.idOf(fd));
    expect(Buffer.from(told.bytes.subarray(at.tag, at.tag + 8)).toString('hex')).toBe('59f4a931744dcdc6');
    expect(told.word(at.translatedLength)).toBe(16);
    expect(told.word(at.createdByUid)).toBe(0);
    expect(told.word(at.mapCount)).toBe(0);
    const name = told.bytes.subarray(at.name, at.name + 16);
    expect(new TextDecoder().decode(name)).toBe('a_name'.padEnd(16, '\0'));
    expect(told.word(at.symbolCount)).toBe(1);
    expect(told.word(at.functionLengthCount)).toBe(1);
    expect([at.functionInfoSize, at.lineInfoSize, at.jitedLineInfoSize].map(told.word)).toEqual([8, 16, 8]);
    expect([at.functionInfoCount, at.lineInfoCount, at.jitedLineInfoCount].map(told.word)).toEqual([0, 0, 0]);
    expect(told.word(at.tagCount)).toBe(1);
    for (const field of [at.runTime, at.runCount, at.recursionMisses])
      expect([told.word(field), told.word(field + 4)], `field ${field}`).toEqual([0, 0]);
    expect(told.word(at.verifiedInstructions)).toBe(2);
    expect(told.word(at.attachBtfId)).toBe(0);
    expect(told.word(at.padding)).toBe(0);
  });

  it('spec 15.5.1: the time of loading goes up', () => {
    const bench = getBench();
    const loadTime = (fd: number) => {
      const { bytes } = ask(fd);
      return new DataView(bytes.buffer).getBigUint64(at.loadTime, true);
    };
    const first = loadTime(bench.verdict());
    const second = loadTime(bench.verdict());
    expect(second >= first).toBe(true);
    expect(second < 2n ** 62n).toBe(true);
  });

  it('spec 15.5.1: which licenses are compatible with the GPL; the other bits are kept', () => {
    const bench = getBench();
    const bit = (license: string, filling: number = FILLING) => {
      const fd = bench.fd(bench.raw.load([[attr.progLoad.license, bench.text(license), 8]]));
      return tell(bench, fd, SIZE, quiet, filling).word(at.gpl);
    };
    const both = ['GPL and additional rights', 'Dual BSD/GPL', 'Dual MIT/GPL', 'Dual MPL/GPL'];
    for (const license of ['GPL', 'GPL v2', ...both]) {
      expect(bit(license), license).toBe(0xeeee_eeef);
    }
    for (const license of ['', 'gpl', 'GPLv2', 'GPL ', 'MIT', 'Proprietary']) {
      expect(bit(license, 0xff), license).toBe(0xffff_fffe);
    }
  });

  it('spec 15.5.1: maps, also those that only the array of fds names', () => {
    const bench = getBench();
    const [a, b] = [bench.map(), bench.map()];
    const ids = [a, b].map((map) => bench.raw.idOf(map));
    const fd = bench.fd(bench.raw.load([...code(bench, usesMap(a)), ...fdArray(bench, [b])]));
    const out = bench.place(new Uint8Array(12).fill(FILLING));
    const told = ask(fd, { [at.mapCount]: 3, ...pointer(at.mapIds, out) });
    expect([told.result, told.word(at.mapCount)]).toEqual([0, 2]);
    const listed = [0, 4].map((offset) => bench.raw.u32(bench.offset(out) + offset));
    expect(new Set(listed)).toEqual(new Set(ids));
    expect(bench.raw.u32(bench.offset(out) + 8)).toBe(KEPT);

    const one = ask(fd, { [at.mapCount]: 1, ...pointer(at.mapIds, out + 8) });
    expect([one.word(at.mapCount), bench.raw.u32(bench.offset(out) + 8)]).toEqual([2, listed[0]]);
  });

  it('spec 15.5.1: instructions show maps by id, and are cut at any byte', () => {
    const bench = getBench();
    const map = bench.map();
    const fd = bench.fd(bench.raw.load(code(bench, usesMap(map))));
    const whole = usesMap(bench.raw.idOf(map));
    const out = bench.place(new Uint8Array(48));
    const read = (size: number) => {
      bench.raw.bytes(bench.offset(out), 48).fill(FILLING);
      const told = ask(fd, { [at.translatedLength]: size, ...pointer(at.translated, out) });
      return [told.result, told.word(at.translatedLength), bench.read(out, 48)];
    };
    const expected = (size: number) => [
      0,
      whole.length,
      [...whole.subarray(0, size), ...new Array(48 - Math.min(size, whole.length)).fill(FILLING)],
    ];
    for (const size of [48, whole.length, 13, 1]) expect(read(size), `${size}`).toEqual(expected(size));
  });

  it('spec 15.5.1: a call of an own function shows the distance as offset, then the number of the function', () => {
    const bench = getBench();
    const map = bench.map();
    const program = (id: number, ...calls: readonly Uint8Array[]) =>
      join(load64(1, 1, id), ...calls, exit, ...[7, 8].map((value) => returns(value)));
    const fd = bench.fd(bench.raw.load(code(bench, program(map, callFunction(4), callFunction(1)))));
    const shown = program(bench.raw.idOf(map), instruction(0x85, 0, 1, 4, 2), instruction(0x85, 0, 1, 1, 1));
    const out = bench.place(new Uint8Array(shown.length));
    const told = ask(fd, { [at.translatedLength]: shown.length, ...pointer(at.translated, out) });
    expect([told.result, told.word(at.translatedLength)]).toEqual([0, shown.length]);
    expect(bench.read(out, shown.length)).toEqual([...shown]);
    // A load of 64 bits is one instruction.
    expect(told.word(at.verifiedInstructions)).toBe(8);
  });

  /** A program of two functions with records for both. */
  const withRecords = () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const records = [
      [0, btfType.FIRST],
      [2, btfType.SECOND],
    ];
    const text = [
      [0, LINE_TEXT, LINE_TEXT, 1 << 10],
      [2, LINE_TEXT, LINE_TEXT, 2 << 10],
    ];
    const fields = [
      ...code(bench, twoFunctions()),
      ...functions(bench, btf, records),
      ...lines(bench, btf, text),
    ];
    return { fd: bench.fd(bench.raw.load(fields)), btf, records: records.flat(), text: text.flat() };
  };

  it('spec 15.5.1: functions, lines and tags', () => {
    const bench = getBench();
    const { fd, btf, records, text } = withRecords();
    const out = bench.place(new Uint8Array(160).fill(FILLING));
    const told = ask(fd, {
      [at.functionInfoCount]: 9,
      [at.functionInfoSize]: 8,
      ...pointer(at.functionInfo, out),
      [at.lineInfoCount]: 9,
      [at.lineInfoSize]: 16,
      ...pointer(at.lineInfo, out + 32),
      [at.tagCount]: 9,
      ...pointer(at.tags, out + 96),
    });
    expect(told.result).toBe(0);
    expect(told.word(at.btfId)).toBe(bench.btfId(btf));
    const counts = [
      at.functionInfoCount,
      at.lineInfoCount,
      at.tagCount,
      at.symbolCount,
      at.functionLengthCount,
    ];
    expect(counts.map(told.word)).toEqual([2, 2, 2, 2, 2]);
    const words = (offset: number, count: number) =>
      Array.from({ length: count }, (_, i) => bench.raw.u32(bench.offset(out) + offset + 4 * i));
    expect(words(0, 5)).toEqual([...records, KEPT]);
    expect(words(32, 9)).toEqual([...text, KEPT]);
    expect(words(112, 1)).toEqual([KEPT]);
    const tag = (offset: number) => Buffer.from(bench.read(out + offset, 8)).toString('hex');
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    // A call names the number of the function, and the constant 1.
    expect(tag(96)).toBe(hash(join(instruction(0x85, 0, 1, 1, 1), exit)));
    expect(tag(104)).toBe(hash(returns(7)));
  });

  it('spec 15.5.1: fewer items than there are', () => {
    const bench = getBench();
    const { fd, records } = withRecords();
    const out = bench.place(new Uint8Array(16).fill(FILLING));
    const words = { [at.functionInfoCount]: 1, [at.functionInfoSize]: 8, ...pointer(at.functionInfo, out) };
    expect(ask(fd, words).word(at.functionInfoCount)).toBe(2);
    const read = Array.from({ length: 4 }, (_, i) => bench.raw.u32(bench.offset(out) + 4 * i));
    expect(read).toEqual([...records.slice(0, 2), KEPT, KEPT]);
  });

  onlyWhere(linux, because.machineCode, 'spec 15.5.1: machine code, its addresses and lines', () => {
    const bench = getBench();
    const { fd } = withRecords();
    const out = bench.place(new Uint8Array(400));
    const told = ask(fd, {
      [at.jitedLength]: 300,
      ...pointer(at.jited, out),
      [at.symbolCount]: 2,
      ...pointer(at.symbols, out + 304),
      [at.functionLengthCount]: 2,
      ...pointer(at.functionLengths, out + 320),
      [at.jitedLineInfoCount]: 2,
      [at.jitedLineInfoSize]: 8,
      ...pointer(at.jitedLineInfo, out + 328),
    });
    expect(told.result).toBe(0);
    expect(told.word(at.jitedLength)).toBeGreaterThan(0);
    expect(told.word(at.jitedLineInfoCount)).toBe(2);
    const lengths = [320, 324].map((offset) => bench.raw.u32(bench.offset(out) + offset));
    expect(lengths[0]! + lengths[1]!).toBe(told.word(at.jitedLength));
    expect(bench.read(out, 300).some((byte) => byte !== 0)).toBe(true);
    for (const offset of [308, 316, 332])
      expect(bench.raw.u32(bench.offset(out) + offset)).toBeGreaterThan(0xff00_0000);
  });

  it('spec 15.5.1: a count without a place is EFAULT and writes nothing; none is not looked at', () => {
    const bench = getBench();
    const { fd } = withRecords();
    const mapped = bench.fd(bench.raw.load(code(bench, usesMap(bench.map()))));
    const bad: readonly (readonly [number, Words])[] = [
      [mapped, { [at.mapCount]: 1, ...pointer(at.mapIds, bench.raw.nowhere) }],
      [fd, { [at.translatedLength]: 1, ...pointer(at.translated, 0) }],
      [fd, { [at.symbolCount]: 1, ...pointer(at.symbols, 0) }],
      [fd, { [at.functionLengthCount]: 1, ...pointer(at.functionLengths, 0) }],
      [fd, { [at.functionInfoCount]: 1, [at.functionInfoSize]: 8, ...pointer(at.functionInfo, 0) }],
      [fd, { [at.lineInfoCount]: 1, [at.lineInfoSize]: 16, ...pointer(at.lineInfo, 0) }],
      [fd, { [at.tagCount]: 1, ...pointer(at.tags, 0) }],
    ];
    for (const [program, words] of bad) {
      const told = ask(program, words);
      expect([told.result, told.length], JSON.stringify(words)).toEqual(['EFAULT', SIZE]);
      expect(told.word(at.type)).toBe(KEPT);
      expect(told.word(at.tag)).toBe(KEPT);
    }
  });

  it('spec 15.5.1: record sizes must be right where they or a count are given', () => {
    const bench = getBench();
    const fd = bench.verdict();
    for (const [size, count, right] of [
      [at.functionInfoSize, at.functionInfoCount, 8],
      [at.lineInfoSize, at.lineInfoCount, 16],
      [at.jitedLineInfoSize, at.jitedLineInfoCount, 8],
    ] as const) {
      expect(ask(fd, { [size]: right }).result).toBe(0);
      expect(ask(fd, { [size]: right, [count]: 1 }).result).toBe(0);
      expect(ask(fd, { [size]: right + 4 }).result).toBe('EINVAL');
      expect(ask(fd, { [count]: 1 }).result).toBe('EINVAL');
    }
  });

  it('spec 15.5.1: map ids are written, then record sizes are checked, then the rest', () => {
    const bench = getBench();
    const map = bench.map();
    const fd = bench.fd(bench.raw.load(code(bench, usesMap(map))));
    const out = bench.place(new Uint8Array(8).fill(FILLING));
    const wrongSize = { [at.lineInfoSize]: 7 };
    const maps = (address: number) => ({ [at.mapCount]: 1, ...pointer(at.mapIds, address) });
    expect(ask(fd, { ...wrongSize, ...maps(bench.raw.nowhere) }).result).toBe('EFAULT');
    expect(ask(fd, { ...wrongSize, ...maps(out) }).result).toBe('EINVAL');
    expect(bench.raw.u32(bench.offset(out))).toBe(bench.raw.idOf(map));
    const nowhere = { [at.translatedLength]: 1, ...pointer(at.translated, 0) };
    expect(ask(fd, { ...wrongSize, ...nowhere }).result).toBe('EINVAL');
  });

  it('spec 15.5.1: without CAP_BPF lengths and counts are 0, buffers and the count of tags as they were', () => {
    const bench = getBench();
    const { fd } = withRecords();
    const hidden = {
      [at.jitedLength]: 9,
      [at.translatedLength]: 9,
      [at.symbolCount]: 9,
      [at.functionLengthCount]: 9,
      [at.functionInfoCount]: 9,
      [at.functionInfoSize]: 8,
      [at.lineInfoCount]: 9,
      [at.lineInfoSize]: 16,
      [at.jitedLineInfoCount]: 9,
      [at.jitedLineInfoSize]: 8,
      [at.tagCount]: 9,
    };
    const nowhere = Object.assign({}, ...buffers.map((field) => pointer(field, bench.raw.nowhere))) as Words;
    for (const capabilities of [[], ['CAP_PERFMON'], ['CAP_NET_ADMIN']] as const) {
      const told = bench.laboratory.withCapabilities(capabilities, () => ask(fd, { ...hidden, ...nowhere }));
      expect(told.result).toBe(0);
      const zero = Object.keys(hidden)
        .map(Number)
        .filter((field) => told.word(field) === 0);
      expect(zero).toEqual([16, 20, 104, 108, 144, 148, 168]);
      expect(told.word(at.tagCount)).toBe(9);
      expect(told.word(at.type)).toBe(3);
    }
    const translated = bench.place(new Uint8Array(64));
    const seen = bench.laboratory.withCapabilities(['CAP_BPF'], () =>
      ask(fd, { [at.translatedLength]: 8, ...pointer(at.translated, translated) }),
    );
    expect([seen.result, seen.word(at.translatedLength)]).toEqual([0, twoFunctions().length]);
    expect(bench.read(translated, 2)).toEqual([0x85, 0x10]);
  });

  it('spec 15.5.1: order without CAP_BPF: map ids and record sizes come first', () => {
    const bench = getBench();
    const fd = bench.fd(bench.raw.load(code(bench, usesMap(bench.map()))));
    bench.laboratory.withCapabilities([], () => {
      expect(ask(fd, { [at.lineInfoSize]: 7 }).result).toBe('EINVAL');
      const maps = { [at.mapCount]: 1, ...pointer(at.mapIds, bench.raw.nowhere) };
      expect(ask(fd, maps).result).toBe('EFAULT');
    });
  });

  it('spec 15.5.1: a program without a map has none to write', () => {
    const bench = getBench();
    const fd = bench.fd(bench.raw.load(code(bench, returns(1))));
    expect(ask(fd, { [at.mapCount]: 9, ...pointer(at.mapIds, 0) }).word(at.mapCount)).toBe(0);
  });
}
