import { describe, expect, test } from 'vitest';
import { attachType, command, type Laboratory } from '../../src/index.js';
import { Bench } from './bench.js';
import type { Field, Result } from './raw-calls.js';

const QUERY_EFFECTIVE = 1;
/** What the arrays hold where nothing was written. */
const UNTOUCHED = 0xaaaa_aaaa;
const ROOM = 8;
/** Offsets of the arrays in the buffer, by their place in the attr. */
const ARRAYS = { programs: [16, 0], programFlags: [32, 64], links: [40, 128], linkFlags: [48, 192] } as const;

/** Chapter 6 of the specification, through PROG_QUERY. */
export function chapter6(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  /** Queries with fields beside target and attach type. */
  const query = (fields: readonly Field[], size = 64): Result =>
    bench.raw.call(command.PROG_QUERY, size, [[0, bench.device], [4, attachType.TCX_INGRESS], ...fields]);
  /** All arrays, filled so that every byte that is written shows. */
  const arrays = (): readonly Field[] => {
    bench.raw.bytes(0, 256).fill(0xaa);
    return Object.values(ARRAYS).map(([at, offset]): Field => [at, bench.raw.at(offset), 8]);
  };
  const read = (name: keyof typeof ARRAYS): number[] =>
    Array.from({ length: ROOM }, (_, i) => bench.raw.u32(ARRAYS[name][1] + 4 * i));
  /** attach_flags, revision and count as they were written back. */
  const written = (): readonly number[] => [8 + 4, 56, 24].map((at) => bench.raw.field(at));
  const untouched = (count: number): number[] => new Array<number>(count).fill(UNTOUCHED);

  /** A program, a link and a program; their ids. */
  const three = (): { programs: number[]; link: number } => {
    const { raw } = bench;
    const [first, second, third] = bench.programs(3) as [number, number, number];
    bench.attach([first]);
    const link = bench.link(second);
    bench.attach([third]);
    return { programs: [first, second, third].map((program) => raw.idOf(program)), link: raw.idOf(link) };
  };

  describe('spec 6: query', () => {
    test.each([
      ['EFFECTIVE', [[8, QUERY_EFFECTIVE]]],
      ['attach_flags', [[12, 1]]],
    ] as const)('spec 6 #1: %s is EINVAL, and nothing is written', (_, fields) => {
      three();
      expect(query([...arrays(), [24, ROOM], ...fields])).toBe('EINVAL');
      expect(written().slice(1)).toEqual([0, ROOM]);
      expect(read('programs')).toEqual(untouched(ROOM));
    });
    test('spec 6 #2: attach_flags, revision and count are written back', () => {
      three();
      expect(query([[24, 0]])).toBe(0);
      expect(written()).toEqual([0, 4, 3]);
    });
    test('spec 6 #2: without a bundle the revision is 1 and the count 0', () => {
      expect(
        query([
          [24, ROOM],
          [56, 77, 8],
        ]),
      ).toBe(0);
      expect(written()).toEqual([0, 1, 0]);
    });
    test('spec 6 #2: the revision is written beyond a shorter attr', () => {
      three();
      expect(query([[56, 77, 8]], 32)).toBe(0);
      expect(written()).toEqual([0, 4, 3]);
    });
    test.each([
      ['count 0', [[24, 0]]],
      [
        'no array of programs',
        [
          [24, ROOM],
          [16, 0, 8],
        ],
      ],
    ] as const)('spec 6 #3: %s: a success that writes no array', (_, fields) => {
      three();
      expect(query([...arrays(), ...fields])).toBe(0);
      for (const name of Object.keys(ARRAYS) as (keyof typeof ARRAYS)[])
        expect(read(name)).toEqual(untouched(ROOM));
    });
    test('spec 6 #3: nothing attached: a success that writes no array', () => {
      expect(query([...arrays(), [24, ROOM]])).toBe(0);
      expect(read('programs')).toEqual(untouched(ROOM));
    });
    test('spec 6 #4: programs, links and flags are written in run order, slots beyond are untouched', () => {
      const { programs, link } = three();
      expect(query([...arrays(), [24, ROOM]])).toBe(0);
      expect(read('programs')).toEqual([...programs, ...untouched(5)]);
      expect(read('links')).toEqual([0, link, 0, ...untouched(5)]);
      expect(read('programFlags')).toEqual([0, 0, 0, ...untouched(5)]);
      expect(read('linkFlags')).toEqual([0, 0, 0, ...untouched(5)]);
    });
    test('spec 6 #4: an array that cannot be written is EFAULT after revision and count', () => {
      three();
      expect(
        query([
          [16, bench.raw.nowhere, 8],
          [24, ROOM],
        ]),
      ).toBe('EFAULT');
      expect(written()).toEqual([0, 4, 3]);
    });
    test('spec 6 #5: less room is ENOSPC, with the first entries and the full count', () => {
      const { programs, link } = three();
      expect(query([...arrays(), [24, 2]])).toBe('ENOSPC');
      expect(written()).toEqual([0, 4, 3]);
      expect(read('programs')).toEqual([...programs.slice(0, 2), ...untouched(6)]);
      expect(read('links')).toEqual([0, link, ...untouched(6)]);
    });
    test('spec 6: the revision that is put in plays no part', () => {
      three();
      expect(query([[56, 99, 8]])).toBe(0);
      expect(written()).toEqual([0, 4, 3]);
    });
  });
}
