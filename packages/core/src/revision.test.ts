import { describe, expect, test } from 'vitest';
import { chainOf } from '../test/chains.js';
import { attach, detach, toRevision } from './index.js';

const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });

describe('spec 3.3: expected revision', () => {
  test('spec 3.3: 0 means that it is not checked, as number and as bigint', () => {
    expect(attach(chainOf([1]), { program: 2, expectedRevision: 0 })).toBe(1);
    expect(attach(chainOf([1]), { program: 2, expectedRevision: 0n })).toBe(1);
    expect(detach(chainOf([1]), { expectedRevision: 0n })).toBe(1);
  });

  test('spec 3.3: any other value must be equal in full 64 bits', () => {
    const on = (expectedRevision: number | bigint): unknown =>
      attach(chainOf([1]), { program: 2, expectedRevision });
    expect([on(2), on(2n)]).toEqual([1, 1]);
    for (const stale of [
      1,
      3,
      2 ** 32 + 2,
      Number.MAX_SAFE_INTEGER,
      1n,
      2n ** 32n + 2n,
      2n ** 53n + 2n,
      2n ** 64n - 1n,
    ]) {
      expect(on(stale)).toBe('ESTALE');
    }
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1n, 2n ** 64n, '2', null, {}])(
    '%s is no revision: ERR_INVALID_ARGUMENT, before any refusal',
    (value) => {
      const expectedRevision = value as number;
      const chain = chainOf([1]);
      const before = chain.save();
      expect(() => attach(chain, { program: 1, expectedRevision })).toThrow(invalid);
      expect(() => detach(chain, { replace: true, expectedRevision })).toThrow(invalid);
      expect(chain.save()).toEqual(before);
    },
  );
});

describe('revisions from a border', () => {
  test.each([
    [7, 7],
    [7n, 7],
    ['7', 7],
    [0, 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    [9007199254740991n, Number.MAX_SAFE_INTEGER],
  ])('%s is taken', (value, revision) => {
    expect(toRevision(value)).toBe(revision);
  });

  test.each(['9007199254740992', 2n ** 53n, 2 ** 53, 2n ** 64n - 1n])(
    '%s is refused and not rounded',
    (value) => {
      expect(() => toRevision(value)).toThrow(expect.objectContaining({ code: 'EOVERFLOW' }));
    },
  );

  test.each([
    '',
    ' 7',
    '7n',
    '-7',
    '0x7',
    '1e3',
    '1.5',
    1.5,
    -1,
    -1n,
    Number.NaN,
    undefined,
    null,
    true,
    [7],
  ])('%s is no revision at a border', (value) => {
    expect(() => toRevision(value as number)).toThrow(invalid);
  });
});
