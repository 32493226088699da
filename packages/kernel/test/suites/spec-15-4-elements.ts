import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { type Bench, benches, type Fault, holdsOrder, type Traits } from './spec-15-bench.js';

const layout = attr.mapElement;
const NOT_OPEN = 987_654;
const NOEXIST = 1;
const EXIST = 2;
const LOCK = 4;
const MAP_FREEZE = 22;
const ENTRIES = 4;
const kind = { HASH: 1, ARRAY: 2, PROG_ARRAY: 3 } as const;
const ends = {
  [command.MAP_LOOKUP_ELEM]: 32,
  [command.MAP_UPDATE_ELEM]: 32,
  [command.MAP_DELETE_ELEM]: 16,
  [command.MAP_GET_NEXT_KEY]: 24,
} as const;
type ElementCommand = keyof typeof ends;

const word = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

/** A call on an element with a key; `value` is what goes in, or where something comes out. */
export function element(
  bench: Bench,
  number: ElementCommand,
  map: number,
  key: number,
  more: readonly Field[] = [],
  size: number = ends[number],
): Result {
  return bench.raw.call(number, size, [
    [layout.mapFd, map],
    [layout.key, bench.place(word(key)), 8],
    ...more,
  ]);
}

/** Puts a program into a slot. */
export function put(
  bench: Bench,
  map: number,
  index: number,
  program: number,
  more: readonly Field[] = [],
): Result {
  return element(bench, command.MAP_UPDATE_ELEM, map, index, [
    [layout.value, bench.place(word(program)), 8],
    ...more,
  ]);
}

/** The number that a lookup gives, or the name of the error. */
export function lookup(bench: Bench, map: number, key: number, more: readonly Field[] = []): Result {
  const value = bench.place(word(0xdddd_dddd));
  const result = element(bench, command.MAP_LOOKUP_ELEM, map, key, [[layout.value, value, 8], ...more]);
  return result === 0 ? bench.raw.u32(bench.offset(value)) : result;
}

export function remove(bench: Bench, map: number, key: number): Result {
  return element(bench, command.MAP_DELETE_ELEM, map, key);
}

/** The key after one, or the name of the error. */
function nextKey(bench: Bench, map: number, key: number | null): Result {
  const value = bench.place(word(0xdddd_dddd));
  const start: readonly Field[] = key === null ? [[layout.key, 0, 8]] : [];
  const result = element(bench, command.MAP_GET_NEXT_KEY, map, key ?? 0, [
    [layout.value, value, 8],
    ...start,
  ]);
  return result === 0 ? bench.raw.u32(bench.offset(value)) : result;
}

export function freeze(bench: Bench, map: number): Result {
  return bench.raw.call(MAP_FREEZE, 4, [[0, map]]);
}

const opened = (bench: Bench, flags: number): number => bench.map([[16, flags]]);

function frozen(bench: Bench): number {
  const map = bench.map();
  expect(freeze(bench, map)).toBe(0);
  return map;
}

const mapFaults: readonly Fault[] = [
  { row: '#2: an fd that is not open', error: 'EBADF', fields: () => [[layout.mapFd, NOT_OPEN]] },
  { row: '#2: a program', error: 'EINVAL', fields: (bench) => [[layout.mapFd, bench.verdict()]] },
];
const unreadableKey: Fault = {
  row: '#5: an unreadable key',
  error: 'EFAULT',
  fields: (bench) => [[layout.key, bench.raw.nowhere, 8]],
};

const updateFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 36, fields: () => [[32, 1]] },
  ...mapFaults,
  { row: '#3: an fd for reading', error: 'EPERM', fields: (bench) => [[layout.mapFd, opened(bench, 8)]] },
  { row: '#3: a frozen map', error: 'EPERM', fields: (bench) => [[layout.mapFd, frozen(bench)]] },
  { row: '#4: LOCK', error: 'EINVAL', flags: LOCK },
  unreadableKey,
  { row: '#5: an unreadable value', error: 'EFAULT', fields: () => [[layout.value, 0, 8]] },
  { row: '#6: NOEXIST', error: 'EINVAL', flags: NOEXIST },
  { row: '#6: EXIST', error: 'EINVAL', flags: EXIST },
  {
    row: '#7: an index behind the end',
    error: 'E2BIG',
    fields: (bench) => [[layout.key, bench.place(word(ENTRIES)), 8]],
  },
  {
    row: '#8: a value that is no open fd',
    error: 'EBADF',
    fields: (bench) => [[layout.value, bench.place(word(NOT_OPEN)), 8]],
  },
  {
    row: '#8: a value that is no program',
    error: 'EINVAL',
    fields: (bench) => [[layout.value, bench.place(word(bench.map())), 8]],
  },
];

const lookupFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 36, fields: () => [[32, 1]] },
  { row: '#1: a flag that is not LOCK', error: 'EINVAL', flags: 1 },
  ...mapFaults,
  { row: '#3: an fd for writing', error: 'EPERM', fields: (bench) => [[layout.mapFd, opened(bench, 16)]] },
  { row: '#4: LOCK', error: 'EINVAL', flags: LOCK },
  unreadableKey,
  {
    row: '#6: an index behind the end',
    error: 'ENOENT',
    fields: (bench) => [[layout.key, bench.place(word(ENTRIES)), 8]],
  },
  { row: '#6: an empty slot', error: 'ENOENT', fields: (bench) => [[layout.key, bench.place(word(1)), 8]] },
  { row: '#7: an unwritable value', error: 'EFAULT', fields: () => [[layout.value, 0, 8]] },
];

const deleteFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 20, fields: () => [[16, 1]] },
  ...mapFaults,
  { row: '#3: an fd for reading', error: 'EPERM', fields: (bench) => [[layout.mapFd, opened(bench, 8)]] },
  { row: '#3: a frozen map', error: 'EPERM', fields: (bench) => [[layout.mapFd, frozen(bench)]] },
  unreadableKey,
  {
    row: '#6: an index behind the end',
    error: 'E2BIG',
    fields: (bench) => [[layout.key, bench.place(word(ENTRIES)), 8]],
  },
  { row: '#6: an empty slot', error: 'ENOENT', fields: (bench) => [[layout.key, bench.place(word(1)), 8]] },
];

const nextKeyFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 28, fields: () => [[24, 1]] },
  ...mapFaults,
  { row: '#3: an fd for writing', error: 'EPERM', fields: (bench) => [[layout.mapFd, opened(bench, 16)]] },
  unreadableKey,
  {
    row: '#6: the last index',
    error: 'ENOENT',
    fields: (bench) => [[layout.key, bench.place(word(ENTRIES - 1)), 8]],
  },
  { row: '#7: an unwritable key', error: 'EFAULT', fields: () => [[layout.value, 0, 8]] },
];

/** The element calls: their tables, and the three kinds of maps. */
export function spec15ElementsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const tables: readonly (readonly [string, ElementCommand, readonly Fault[]])[] = [
    ['MAP_UPDATE_ELEM', command.MAP_UPDATE_ELEM, updateFaults],
    ['MAP_LOOKUP_ELEM', command.MAP_LOOKUP_ELEM, lookupFaults],
    ['MAP_DELETE_ELEM', command.MAP_DELETE_ELEM, deleteFaults],
    ['MAP_GET_NEXT_KEY', command.MAP_GET_NEXT_KEY, nextKeyFaults],
  ];
  for (const [name, number, faults] of tables) {
    describe(`${name} in its order`, () => {
      holdsOrder(`15.4 ${name}`, traits, getBench, layout.flags, faults, (bench, { fields, size }) => {
        const map = bench.map();
        const program = bench.verdict();
        expect(put(bench, map, 0, program)).toBe(0);
        const value: Field = [layout.value, bench.place(word(program)), 8];
        const given = number === command.MAP_DELETE_ELEM ? [] : [value];
        return element(bench, number, map, 0, [...given, ...fields], size);
      });
    });
  }

  it('spec 15.4 MAP_LOOKUP_ELEM #5 and MAP_UPDATE_ELEM #5: every byte of a key must be readable', () => {
    const bench = getBench();
    const map = bench.map([[0, kind.ARRAY]]);
    const last = bench.atEnd(word(0));
    expect(lookup(bench, map, 0, [[layout.key, last, 8]])).toBe(0);
    expect(lookup(bench, map, 0, [[layout.key, last + 1, 8]])).toBe('EFAULT');
    expect(put(bench, map, 0, 7, [[layout.key, last + 1, 8]])).toBe('EFAULT');
  });

  it('spec 15.4: a lookup writes the value and nothing else; a fault nothing', () => {
    const bench = getBench();
    const map = bench.map([
      [0, kind.ARRAY],
      [8, 6],
    ]);
    const out = bench.place(new Uint8Array(16).fill(0xee));
    const value = bench.place([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(element(bench, command.MAP_UPDATE_ELEM, map, 1, [[layout.value, value, 8]])).toBe(0);
    const to: Field = [layout.value, out + 2, 8];
    expect(element(bench, command.MAP_LOOKUP_ELEM, map, 9, [to])).toBe('ENOENT');
    expect(bench.read(out, 16)).toEqual(new Array(16).fill(0xee));
    expect(element(bench, command.MAP_LOOKUP_ELEM, map, 1, [to])).toBe(0);
    expect(bench.read(out, 16)).toEqual([0xee, 0xee, 1, 2, 3, 4, 5, 6, ...new Array(8).fill(0xee)]);
  });

  it('spec 15.4 MAP_GET_NEXT_KEY #6: the next key of a program array', () => {
    const bench = getBench();
    const map = bench.map();
    expect([null, 0, 2, ENTRIES - 1, ENTRIES, 0xffff_ffff].map((key) => nextKey(bench, map, key))).toEqual([
      0,
      1,
      3,
      'ENOENT',
      0,
      0,
    ]);
  });

  it('spec 15.4: a lookup in a program array gives the id of the program', () => {
    const bench = getBench();
    const map = bench.map();
    const program = bench.verdict();
    expect(put(bench, map, 2, program)).toBe(0);
    expect(lookup(bench, map, 2)).toBe(bench.raw.idOf(program));
    expect(remove(bench, map, 2)).toBe(0);
    expect(lookup(bench, map, 2)).toBe('ENOENT');
    expect(remove(bench, map, 2)).toBe('ENOENT');
  });

  it('spec 15.4: element calls need no capability', () => {
    const bench = getBench();
    const map = bench.map();
    const program = bench.verdict();
    bench.laboratory.withCapabilities([], () => {
      expect(put(bench, map, 0, program)).toBe(0);
      expect(lookup(bench, map, 0)).toBeTypeOf('number');
      expect(nextKey(bench, map, null)).toBe(0);
      expect(remove(bench, map, 0)).toBe(0);
      expect(freeze(bench, map)).toBe(0);
    });
  });

  it('spec 15.4 b: arrays', () => {
    const bench = getBench();
    const map = bench.map([[0, kind.ARRAY]]);
    const set = (index: number, flags: number) => put(bench, map, index, 7, [[layout.flags, flags]]);
    expect(lookup(bench, map, 1)).toBe(0);
    expect([0, EXIST, NOEXIST, 3, 8].map((flags) => set(1, flags))).toEqual([
      0,
      0,
      'EEXIST',
      'EINVAL',
      'EINVAL',
    ]);
    expect(lookup(bench, map, 1)).toBe(7);
    expect([0, EXIST, NOEXIST, 3].map((flags) => set(ENTRIES, flags))).toEqual([
      'E2BIG',
      'E2BIG',
      'E2BIG',
      'EINVAL',
    ]);
    expect(lookup(bench, map, ENTRIES)).toBe('ENOENT');
    expect(remove(bench, map, 1)).toBe('EINVAL');
    expect(remove(bench, map, ENTRIES)).toBe('EINVAL');
    expect([null, 0, ENTRIES - 1, ENTRIES].map((key) => nextKey(bench, map, key))).toEqual([
      0,
      1,
      'ENOENT',
      0,
    ]);
  });

  it('spec 15.4 b: hashes', () => {
    const bench = getBench();
    const map = bench.map([
      [0, kind.HASH],
      [12, 2],
    ]);
    const set = (key: number, flags: number) => put(bench, map, key, key + 1, [[layout.flags, flags]]);
    expect(set(5, EXIST)).toBe('ENOENT');
    expect(set(5, NOEXIST)).toBe(0);
    expect(set(5, NOEXIST)).toBe('EEXIST');
    expect(set(5, EXIST)).toBe(0);
    expect(set(5, 3)).toBe('EINVAL');
    expect(set(6, 0)).toBe(0);
    expect(set(7, 0)).toBe('E2BIG');
    expect(set(7, EXIST)).toBe('ENOENT');
    expect(lookup(bench, map, 6)).toBe(7);
    expect(lookup(bench, map, 9)).toBe('ENOENT');
    expect(remove(bench, map, 9)).toBe('ENOENT');
    const first = nextKey(bench, map, null);
    expect([5, 6]).toContain(first);
    expect(nextKey(bench, map, 11 - Number(first))).toBe('ENOENT');
    expect(nextKey(bench, map, 99)).toBe(first);
    expect(remove(bench, map, 5)).toBe(0);
    expect(nextKey(bench, map, null)).toBe(6);
  });

  it('spec 15.4: MAP_FREEZE, once', () => {
    const bench = getBench();
    const map = bench.map([[0, kind.ARRAY]]);
    expect(
      bench.raw.call(MAP_FREEZE, 8, [
        [0, map],
        [4, 1],
      ]),
    ).toBe('EINVAL');
    expect(freeze(bench, NOT_OPEN)).toBe('EBADF');
    expect(freeze(bench, bench.verdict())).toBe('EINVAL');
    expect(put(bench, map, 0, 9)).toBe(0);
    expect(freeze(bench, map)).toBe(0);
    expect(freeze(bench, map)).toBe('EPERM');
    expect(put(bench, map, 0, 1)).toBe('EPERM');
    expect(remove(bench, map, 0)).toBe('EPERM');
    expect(lookup(bench, map, 0)).toBe(9);
    expect(nextKey(bench, map, null)).toBe(0);
  });
}
