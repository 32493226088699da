import { describe, expect, test, vi } from 'vitest';
import { chainOf, type Entry, entriesOf, fullChain } from '../test/chains.js';
import { DETACH_BY_POSITION, DETACH_BY_PROGRAM, DETACH_FULL, DETACH_QUIRKS } from '../test/combinations.js';
import { attach, Chain, type DetachRequest, detach, MprogError, type Refusal } from './index.js';

/** Detaches and expects that a refusal leaves everything as it was. */
function tryOn(chain: Chain, request: DetachRequest): number | Refusal {
  const before = chain.save();
  const result = detach(chain, request);
  if (typeof result === 'string') expect(chain.save()).toEqual(before);
  else expect(chain.revision).toBe(before.revision + 1);
  return result;
}

describe('spec 5.1: order of checks', () => {
  const chain: Entry[] = [1, [2, 5], 3];
  const on = (request: DetachRequest): number | Refusal => tryOn(chainOf(chain), request);

  test('spec 5.1 #1: REPLACE is EINVAL, before the revision and also on an empty chain', () => {
    expect(on({ replace: true, expectedRevision: 99, program: 8 })).toBe('EINVAL');
    expect(on({ replace: true, program: 1 })).toBe('EINVAL');
    expect(tryOn(new Chain(), { replace: true })).toBe('EINVAL');
  });

  test('spec 5.1 #2: a revision other than the expected one is ESTALE, also on an empty chain', () => {
    expect(on({ expectedRevision: 99, relative: () => 'EBADF' })).toBe('ESTALE');
    expect(on({ expectedRevision: 5, program: 1 })).toBe('ESTALE');
    expect(on({ expectedRevision: 4, program: 1 })).toBe(1);
    expect(tryOn(new Chain(), { expectedRevision: 2 })).toBe('ESTALE');
  });

  test('spec 5.1 #3: an empty chain is ENOENT before the relative object is looked up', () => {
    const relative = vi.fn((): Refusal => 'EBADF');
    expect(tryOn(new Chain(), { relative, before: true })).toBe('ENOENT');
    expect(tryOn(new Chain(), {})).toBe('ENOENT');
    expect(tryOn(new Chain(), { program: 1 })).toBe('ENOENT');
    expect(tryOn(new Chain(), { qualified: true })).toBe('ENOENT');
    expect(relative).not.toHaveBeenCalled();
  });

  test.each(['EBADF', 'EINVAL', 'ENOENT'] as const)(
    'spec 5.1 #4: the look-up of the relative object fails with %s before the program is looked for',
    (refusal) => {
      const relative = vi.fn((): Refusal => refusal);
      expect(on({ relative, program: 8 })).toBe(refusal);
      expect(on({ relative, program: 2 })).toBe(refusal);
      expect(on({ relative })).toBe(refusal);
      expect(relative).toHaveBeenCalledTimes(3);
    },
  );

  test('spec 5.1 #5: a program that is in no slot is ENOENT', () => {
    expect(on({ program: 8, before: true })).toBe('ENOENT');
    expect(on({ program: 8, link: 5 })).toBe('ENOENT');
  });

  test('spec 5.1 #6: a program whose slot has another owner is EBUSY, before the ordering is looked at', () => {
    expect(on({ program: 2 })).toBe('EBUSY');
    expect(on({ program: 2, before: true, relative: 77 })).toBe('EBUSY');
    expect(on({ program: 2, link: 6 })).toBe('EBUSY');
    expect(on({ program: 1, link: 5 })).toBe('EBUSY');
  });

  test('spec 5.1 #7: before a relative object that is not here is ENOENT', () => {
    expect(on({ before: true, relative: 8 })).toBe('ENOENT');
    expect(on({ before: true, after: true, relative: -8 })).toBe('ENOENT');
    expect(on({ program: 1, before: true, relative: 8 })).toBe('ENOENT');
  });

  test('spec 5.1 #8: before a position other than that of the program is ERANGE', () => {
    expect(on({ program: 1, before: true, relative: 3 })).toBe('ERANGE');
    expect(on({ program: 1, before: true })).toBe('ERANGE');
  });

  test('spec 5.1 #9: after a relative object that is not here is ENOENT', () => {
    expect(on({ after: true, relative: 8 })).toBe('ENOENT');
    expect(on({ program: 1, after: true, relative: -8 })).toBe('ENOENT');
  });

  test('spec 5.1 #10: after a position other than the one fixed before is ERANGE', () => {
    expect(on({ program: 1, after: true, relative: 2 })).toBe('ERANGE');
    expect(on({ program: 3, after: true })).toBe('ERANGE');
    expect(on({ before: true, after: true })).toBe('ERANGE');
    expect(on({ before: true, after: true, relative: 2 })).toBe('ERANGE');
  });

  test('spec 5.1 #11: a relative object or a flag without any position is EINVAL', () => {
    expect(on({ relative: 1 })).toBe('EINVAL');
    expect(on({ relative: 8 })).toBe('EINVAL');
    expect(on({ relative: () => -5 })).toBe('EINVAL');
    expect(on({ qualified: true })).toBe('EINVAL');
  });

  test('spec 5.1 #11: EINVAL beats the full-hook quirk', () => {
    expect(tryOn(fullChain(), { qualified: true })).toBe('EINVAL');
    expect(tryOn(fullChain(), { relative: 1 })).toBe('EINVAL');
  });

  test('spec 5.1 #12: a position of 63 is ERANGE, before the owner of the last slot matters', () => {
    const chain = fullChain();
    attach(chain, { program: 99, replace: 63 });
    expect(tryOn(chain, {})).toBe('ERANGE');
    const owned = chainOf(Array.from({ length: 63 }, (_, i): Entry => [i + 1, i + 1]));
    expect(tryOn(owned, {})).toBe('ERANGE');
    expect(tryOn(owned, { before: true })).toBe('EBUSY');
  });

  test('spec 5.1 #13: a slot that is selected by position and owned by a link is EBUSY', () => {
    expect(on({ before: true, relative: 3 })).toBe('EBUSY');
    expect(on({ after: true, relative: 1 })).toBe('EBUSY');
    expect(tryOn(chainOf([1, [2, 5]]), {})).toBe('EBUSY');
    expect(tryOn(chainOf([1, [2, 5]]), { after: true })).toBe('EBUSY');
    expect(tryOn(chainOf([1, [2, 5]]), { before: true })).toBe(1);
  });
});

describe('spec 5.2: which slot', () => {
  /** Detaches and compares what is left. */
  const expectGone = (entries: readonly Entry[], request: DetachRequest, gone: number | Refusal): void => {
    const chain = chainOf(entries);
    expect(tryOn(chain, request)).toBe(gone);
    expect(entriesOf(chain)).toEqual(
      entries.filter((entry) => (typeof entry === 'number' ? entry : entry[0]) !== gone),
    );
  };

  test.each(DETACH_BY_POSITION)('spec 5.2 no D "%s": %s', (_row, _what, entries, request, gone) => {
    expectGone(entries, request, gone);
  });

  test.each(DETACH_BY_PROGRAM)('spec 5.2 with D "%s": %s', (_row, _what, entries, request, gone) => {
    expectGone(entries, request, gone);
  });

  test('spec 5.2: a link detaches itself', () => {
    expectGone([1, [2, 5], 3], { program: 2, link: 5 }, 2);
  });

  test.each(DETACH_QUIRKS)(
    'spec 5.2, full-hook quirk: %s is ERANGE with 63 and works with 62',
    (_what, request) => {
      const full = fullChain();
      expect(tryOn(full, request)).toBe('ERANGE');
      detach(full, { program: 1 });
      expect(tryOn(full, request)).toBe(63);
    },
  );

  test.each(DETACH_FULL)('spec 5.2, full-hook quirk: %s works with 63', (_what, request, gone) => {
    expect(tryOn(fullChain(), request)).toBe(gone);
  });

  test('spec 5.2, full-hook quirk: every link can detach itself with 63', () => {
    const owned = chainOf(Array.from({ length: 63 }, (_, i): Entry => [i + 1, i + 1]));
    expect(tryOn(owned, { program: 63, link: 63 })).toBe(63);
  });

  test('spec 5.2, full-hook quirk: it follows the capacity of the chain', () => {
    expect(tryOn(chainOf([1, 2], 2), {})).toBe('ERANGE');
    expect(tryOn(chainOf([1, 2], 3), {})).toBe(2);
    expect(tryOn(chainOf([1], 1), { before: true })).toBe(1);
  });
});

test.each<[string, object]>([
  ['program is negative', { program: -1 }],
  ['program is a fraction', { program: 0.5 }],
  ['link is a fraction', { program: 1, link: 0.5 }],
  ['a link without its program', { link: 5 }],
  ['relative is a fraction', { relative: 0.5 }],
  ['the look-up answers nothing', { relative: () => undefined }],
  ['expectedRevision is a fraction', { expectedRevision: 1.5 }],
])('%s: ERR_INVALID_ARGUMENT, nothing changed', (_name, request) => {
  const chain = chainOf([1, [2, 5]]);
  const before = chain.save();
  let error: unknown;
  try {
    detach(chain, request as DetachRequest);
  } catch (caught) {
    error = caught;
  }
  expect(MprogError.is(error) && error.code).toBe('ERR_INVALID_ARGUMENT');
  expect((error as Error).message).toMatch(/^detach program: /);
  expect(chain.save()).toEqual(before);
});
