import { describe, expect, test, vi } from 'vitest';
import { chainOf, type Entry, entriesOf, fullChain } from '../test/chains.js';
import { ATTACH_COMBINATIONS, ATTACH_FULL } from '../test/combinations.js';
import { ABSENT, type AttachRequest, attach, Chain, MAX_HANDLE, MprogError, type Refusal } from './index.js';

/** Attaches and expects that a refusal leaves everything as it was. */
function tryOn(chain: Chain, request: AttachRequest): number | Refusal {
  const before = chain.save();
  const result = attach(chain, request);
  if (typeof result === 'string') expect(chain.save()).toEqual(before);
  else expect(chain.revision).toBe(before.revision + 1);
  return result;
}

/** What attaching 9 (or what `request` says) to a chain gives: the refusal, or the order that follows. */
function outcome(entries: readonly Entry[], request: Partial<AttachRequest>): Refusal | Entry[] {
  const chain = chainOf(entries);
  const result = tryOn(chain, { program: 9, ...request });
  if (typeof result === 'string') return result;
  expect(chain.programAt(result)).toBe(request.program ?? 9);
  return entriesOf(chain);
}

describe('spec 4.1: order of checks', () => {
  // A request in which everything from row `from` on is wrong; each test takes away the errors before its own row.
  const stale = { expectedRevision: 99 };
  const duplicate = { program: 1 };
  const unresolved = { relative: (): Refusal => 'EBADF' };
  const oldAbsent = { replace: 8 };
  const oldOwned = { replace: 2 };
  const chain: Entry[] = [1, [2, 5], 3];

  test('spec 4.1 #1: a revision other than the expected one is ESTALE, whatever else is wrong', () => {
    expect(outcome(chain, { ...stale, ...duplicate, ...unresolved, ...oldAbsent })).toBe('ESTALE');
    expect(outcome(chain, { expectedRevision: 3 })).toBe('ESTALE');
    expect(outcome(chain, { expectedRevision: 4 })).toEqual([...chain, 9]);
    expect(outcome(chain, { expectedRevision: 0 })).toEqual([...chain, 9]);
  });

  test('spec 4.1 #1: on an empty chain the expected revision is 1', () => {
    expect(outcome([], { expectedRevision: 1 })).toEqual([9]);
    expect(outcome([], { expectedRevision: 2 })).toBe('ESTALE');
  });

  test('spec 4.1 #2: a program that is here already is EEXIST before the relative object is looked up', () => {
    const relative = vi.fn((): Refusal => 'EBADF');
    expect(outcome(chain, { ...duplicate, relative, ...oldAbsent, before: true })).toBe('EEXIST');
    expect(relative).not.toHaveBeenCalled();
  });

  test('spec 4.1 #2: a program that is here through a link is EEXIST too, also for that link', () => {
    expect(outcome(chain, { program: 2 })).toBe('EEXIST');
    expect(outcome(chain, { program: 2, link: 5 })).toBe('EEXIST');
    expect(outcome(chain, { program: 2, link: 6 })).toBe('EEXIST');
  });

  test.each(['EBADF', 'EINVAL', 'ENOENT', 'EAGAIN'] as const)(
    'spec 4.1 #3: the look-up of the relative object fails with %s before anything about replace',
    (refusal) => {
      const relative = vi.fn((): Refusal => refusal);
      expect(outcome(chain, { relative, ...oldAbsent })).toBe(refusal);
      expect(outcome(chain, { relative, ...oldOwned })).toBe(refusal);
      expect(relative).toHaveBeenCalledTimes(2);
    },
  );

  test('spec 4.1 #3: a look-up error beats the full chain', () => {
    expect(tryOn(fullChain(), { program: 99, ...unresolved })).toBe('EBADF');
  });

  test('spec 4.1 #4a: replace of a program that is in no slot is ENOENT', () => {
    expect(outcome(chain, { ...oldAbsent, before: true })).toBe('ENOENT');
    expect(outcome(chain, { replace: ABSENT })).toBe('ENOENT');
    expect(outcome(chain, { replace: ABSENT, link: 7 })).toBe('ENOENT');
    expect(outcome([], { replace: 1 })).toBe('ENOENT');
  });

  test('spec 4.1 #4b: replace of a slot with another owner is EBUSY, before the ordering is looked at', () => {
    expect(outcome(chain, { ...oldOwned, before: true, relative: 77 })).toBe('EBUSY');
    expect(outcome(chain, { replace: 2, link: 6 })).toBe('EBUSY');
    expect(outcome(chain, { replace: 1, link: 5 })).toBe('EBUSY');
  });

  test('spec 4.1 #4b: the owner itself may replace, as a link does when it is updated', () => {
    expect(outcome(chain, { replace: 2, link: 5 })).toEqual([1, [9, 5], 3]);
  });

  test('spec 4.1 #4c: a full chain is ERANGE before an absent relative object and before a lone one', () => {
    expect(tryOn(fullChain(), { program: 99 })).toBe('ERANGE');
    expect(tryOn(fullChain(), { program: 99, before: true, relative: 77 })).toBe('ERANGE');
    expect(tryOn(fullChain(), { program: 99, relative: 1 })).toBe('ERANGE');
    expect(tryOn(fullChain(), { program: 99, qualified: true })).toBe('ERANGE');
  });

  test('spec 4.1 #5: before a relative object that is not here is ENOENT', () => {
    expect(outcome(chain, { before: true, relative: 8 })).toBe('ENOENT');
    expect(outcome(chain, { before: true, after: true, relative: 8 })).toBe('ENOENT');
    expect(outcome(chain, { before: true, relative: 8, replace: 1 })).toBe('ENOENT');
  });

  test('spec 4.1 #6: before a position other than that of the replaced program is ERANGE', () => {
    expect(outcome(chain, { before: true, relative: 3, replace: 1 })).toBe('ERANGE');
    expect(outcome(chain, { before: true, replace: 1 })).toBe('ERANGE');
  });

  test('spec 4.1 #7: after a relative object that is not here is ENOENT', () => {
    expect(outcome(chain, { after: true, relative: 8 })).toBe('ENOENT');
    expect(outcome(chain, { after: true, relative: 8, replace: 1 })).toBe('ENOENT');
  });

  test('spec 4.1 #8: after a position other than the one fixed before is ERANGE', () => {
    expect(outcome(chain, { after: true, relative: 2, replace: 1 })).toBe('ERANGE');
    expect(outcome(chain, { before: true, after: true, relative: 2 })).toBe('ERANGE');
    expect(outcome(chain, { after: true, replace: 3 })).toBe('ERANGE');
  });

  test('spec 4.1 #9: a relative object or a flag without any directive is EINVAL', () => {
    expect(outcome(chain, { relative: 1 })).toBe('EINVAL');
    expect(outcome(chain, { relative: 8 })).toBe('EINVAL');
    expect(outcome(chain, { relative: -5 })).toBe('EINVAL');
    expect(outcome(chain, { relative: () => 1 })).toBe('EINVAL');
    expect(outcome(chain, { qualified: true })).toBe('EINVAL');
    expect(outcome([], { qualified: true })).toBe('EINVAL');
  });

  test('spec 4.1 #9: the same flags pass together with a directive', () => {
    expect(outcome([1], { qualified: true, before: true })).toEqual([9, 1]);
    expect(outcome([1], { qualified: true, after: true })).toEqual([1, 9]);
    expect(outcome([1], { qualified: true, replace: 1 })).toEqual([9]);
  });
});

describe('spec 4.2: the relative object', () => {
  test('spec 4.2: it is looked up once, and also when no directive uses it', () => {
    const relative = vi.fn(() => 2);
    expect(outcome([1, 2], { relative, replace: 1 })).toEqual([9, 2]);
    expect(relative).toHaveBeenCalledTimes(1);
    expect(outcome([1, 2], { relative: () => 'EBADF', replace: 1 })).toBe('EBADF');
    expect(outcome([1, 2], { relative: () => 'ENOENT' })).toBe('ENOENT');
  });

  test('spec 4.2: it is not looked up when the revision is stale', () => {
    const relative = vi.fn(() => 2);
    expect(outcome([1, 2], { relative, expectedRevision: 1 })).toBe('ESTALE');
    expect(relative).not.toHaveBeenCalled();
  });

  test('spec 4.2: a look-up may answer that there is none', () => {
    expect(outcome([1, 2], { relative: () => 0, before: true })).toEqual([9, 1, 2]);
    expect(outcome([1, 2], { relative: () => 0 })).toEqual([1, 2, 9]);
  });

  test('a look-up that changes the chain is an error, and the request changes nothing', () => {
    const chain = chainOf([1]);
    const relative = (): number => {
      attach(chain, { program: 2 });
      return 1;
    };
    expect(() => attach(chain, { program: 9, before: true, relative })).toThrow(
      expect.objectContaining({ code: 'ERR_REENTERED' }),
    );
    expect(entriesOf(chain)).toEqual([1, 2]);
  });
});

describe('spec 4.3: matching and positions', () => {
  test('spec 4.3: a relative program matches its slot, attached directly or through a link', () => {
    expect(outcome([1, [2, 5], 3], { before: true, relative: 2 })).toEqual([1, 9, [2, 5], 3]);
    expect(outcome([1, [2, 5], 3], { after: true, relative: () => 2 })).toEqual([1, [2, 5], 9, 3]);
    expect(outcome([1, [2, 5], 3], { after: true, relative: 3 })).toEqual([1, [2, 5], 3, 9]);
  });

  test('spec 4.3: a relative link matches only the slot that it owns', () => {
    expect(outcome([1, [2, 5], [3, 6]], { before: true, relative: -5 })).toEqual([1, 9, [2, 5], [3, 6]]);
    expect(outcome([1, [2, 5], [3, 6]], { after: true, relative: () => -5 })).toEqual([1, [2, 5], 9, [3, 6]]);
    expect(outcome([1, [2, 5], [3, 6]], { before: true, relative: -7 })).toBe('ENOENT');
    // Link 1 is not here, though program 1 is; nor is program 5, though link 5 is.
    expect(outcome([1, [2, 5]], { before: true, relative: -1 })).toBe('ENOENT');
    expect(outcome([1, [2, 5]], { before: true, relative: 5 })).toBe('ENOENT');
  });

  test('spec 4.3: entries from the position on move up by one and keep their links', () => {
    expect(outcome([[1, 4], 2, [3, 6]], { link: 7, before: true, relative: 2 })).toEqual([
      [1, 4],
      [9, 7],
      2,
      [3, 6],
    ]);
  });

  test('spec 4.3: replace overwrites the slot and keeps position and owner', () => {
    expect(outcome([1, 2, 3], { replace: 2 })).toEqual([1, 9, 3]);
    expect(outcome([1, [2, 5], 3], { replace: 2, link: 5 })).toEqual([1, [9, 5], 3]);
  });
});

describe('spec 4.4: combinations', () => {
  test.each(ATTACH_COMBINATIONS)('spec 4.4 "%s": %s', (_row, _what, entries, request, expected) => {
    expect(outcome(entries, request)).toEqual(expected);
  });

  test.each(ATTACH_FULL)('spec 4.4 "n = 63, anything but REPLACE": %s', (_what, request) => {
    expect(tryOn(fullChain(), { program: 90, ...request })).toBe('ERANGE');
  });

  test.each([1, 30, 63])('spec 4.4 "n = 63, REPLACE": of program %i', (old) => {
    const chain = fullChain();
    expect(tryOn(chain, { program: 90, replace: old })).toBe(old - 1);
    expect(chain.programAt(old - 1)).toBe(90);
    expect(chain.count).toBe(63);
  });
});

describe('capacity', () => {
  test('spec 3.1: 63 programs fit by default, the 64th does not', () => {
    const chain = new Chain();
    for (let program = 1; program <= 63; program++) expect(attach(chain, { program })).toBe(program - 1);
    expect(tryOn(chain, { program: 64 })).toBe('ERANGE');
  });

  test.each([1, 2, 5, 1000])('a chain of capacity %i holds as many and not one more', (capacity) => {
    const chain = new Chain({ capacity });
    for (let program = 1; program <= capacity; program++)
      expect(attach(chain, { program, before: true })).toBe(0);
    expect(tryOn(chain, { program: 5000 })).toBe('ERANGE');
    expect(chain.snapshot()).toEqual(Array.from({ length: capacity }, (_, i) => capacity - i));
    expect(tryOn(chain, { program: 5000, replace: 1 })).toBe(capacity - 1);
  });
});

describe('arguments of a wrong kind', () => {
  test.each<[string, object]>([
    ['program is 0', { program: 0 }],
    ['program is negative', { program: -1 }],
    ['program is a fraction', { program: 1.5 }],
    ['program is NaN', { program: Number.NaN }],
    ['program is beyond 32 bits', { program: MAX_HANDLE + 1 }],
    ['program is absent', { program: undefined }],
    ['program is a string', { program: '1' }],
    ['link is negative', { program: 9, link: -1 }],
    ['link is a fraction', { program: 9, link: 0.5 }],
    ['replace is a fraction', { program: 9, replace: 0.5 }],
    ['replace is below ABSENT', { program: 9, replace: -2 }],
    ['relative is a fraction', { program: 9, before: true, relative: 0.5 }],
    ['relative is NaN', { program: 9, before: true, relative: Number.NaN }],
    ['relative is beyond 32 bits', { program: 9, before: true, relative: -(MAX_HANDLE + 1) }],
    ['relative is a string', { program: 9, before: true, relative: 'EBADF' }],
    ['the look-up answers a fraction', { program: 9, before: true, relative: () => 0.5 }],
    ['the look-up answers nothing', { program: 9, before: true, relative: () => undefined }],
    ['the look-up answers an unknown code', { program: 9, before: true, relative: () => 'EPERM' }],
    ['a link that owns a slot already attaches once more', { program: 9, link: 5 }],
  ])('%s: ERR_INVALID_ARGUMENT, nothing changed', (_name, request) => {
    const chain = chainOf([1, [2, 5]]);
    const before = chain.save();
    let error: unknown;
    try {
      attach(chain, request as AttachRequest);
    } catch (caught) {
      error = caught;
    }
    expect(MprogError.is(error) && error.code).toBe('ERR_INVALID_ARGUMENT');
    expect((error as Error).message).toMatch(/^attach program: /);
    expect(chain.save()).toEqual(before);
  });

  test('the largest handles work', () => {
    const chain = chainOf([[MAX_HANDLE, MAX_HANDLE]]);
    expect(attach(chain, { program: 1, before: true, relative: -MAX_HANDLE })).toBe(0);
    expect(entriesOf(chain)).toEqual([1, [MAX_HANDLE, MAX_HANDLE]]);
  });
});
