import { describe, expect, test } from 'vitest';
import { chainOf } from '../test/chains.js';
import { Chain, query } from './index.js';

const chain = chainOf([1, [2, 5], 3]);

describe('spec 6', () => {
  test('spec 6 #1: any flag is EINVAL and writes nothing', () => {
    const programs = [-1, -1, -1];
    expect(query(chain, { flags: 1, capacity: 3, programs })).toBe('EINVAL');
    expect(query(undefined, { flags: 8 })).toBe('EINVAL');
    expect(programs).toEqual([-1, -1, -1]);
  });

  test('spec 6 #2: revision and count are told whatever else is asked', () => {
    expect(query(chain)).toEqual({ revision: 4, count: 3, written: 0, truncated: false });
    expect(query(new Chain())).toEqual({ revision: 1, count: 0, written: 0, truncated: false });
  });

  test('spec 6 #2: a hook without a bundle has revision 1 and count 0', () => {
    const programs = [-1];
    const result = query(undefined, { capacity: 1, programs });
    expect(result).toEqual({ revision: 1, count: 0, written: 0, truncated: false });
    expect(programs).toEqual([-1]);
  });

  test('spec 6 #3: count 0, no array for programs, or nothing attached: no entry is written, and it is a success', () => {
    const programs = new Int32Array(3);
    const links = new Int32Array(3).fill(-1);
    expect(query(chain, { capacity: 0, programs, links })).toMatchObject({ written: 0, truncated: false });
    expect(query(chain, { capacity: 1, links })).toMatchObject({ written: 0, truncated: false, count: 3 });
    expect(query(new Chain(), { capacity: 3, programs, links })).toMatchObject({
      written: 0,
      truncated: false,
    });
    expect([...links]).toEqual([-1, -1, -1]);
  });

  test('spec 6 #4: programs and owning links are written in run order, slots beyond are untouched', () => {
    const programs = new Int32Array(5).fill(-1);
    const links = new Int32Array(5).fill(-1);
    const result = query(chain, { capacity: 5, programs, links });
    expect(result).toEqual({ revision: 4, count: 3, written: 3, truncated: false });
    expect([...programs]).toEqual([1, 2, 3, -1, -1]);
    expect([...links]).toEqual([0, 5, 0, -1, -1]);
  });

  test('spec 6 #5: a smaller array takes the first entries and the result says so; count is the full one', () => {
    const programs: number[] = [];
    const links: number[] = [];
    const result = query(chain, { capacity: 2, programs, links });
    expect(result).toEqual({ revision: 4, count: 3, written: 2, truncated: true });
    expect([programs, links]).toEqual([
      [1, 2],
      [0, 5],
    ]);
  });

  test('spec 6: a query changes neither revision nor chain', () => {
    const before = chain.save();
    query(chain, { capacity: 9, programs: [] });
    expect(chain.save()).toEqual(before);
  });
});

test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a capacity of %d is ERR_INVALID_ARGUMENT',
  (capacity) => {
    expect(() => query(chain, { capacity })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
  },
);

test('a typed array that is shorter than the capacity says is ERR_INVALID_ARGUMENT and stays untouched', () => {
  const programs = new Int32Array(3);
  const request = { capacity: 3, programs, links: new Int32Array(2) };
  expect(() => query(chain, request)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }));
  expect([...programs]).toEqual([0, 0, 0]);
});
