import { describe, expect, test } from 'vitest';
import { chainOf, type Entry, fullChain } from '../test/chains.js';
import {
  ABSENT,
  type AttachRequest,
  attachOrThrow,
  type Chain,
  type DetachRequest,
  detachOrThrow,
  RefusalError,
} from './index.js';

function refusalOf(act: () => unknown): RefusalError {
  try {
    act();
  } catch (error) {
    if (RefusalError.is(error)) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const entries: Entry[] = [1, [2, 5], 3];

test('a success gives what the returning form gives', () => {
  const chain = chainOf(entries);
  expect(attachOrThrow(chain, { program: 9, before: true, relative: () => -5 })).toBe(1);
  expect(detachOrThrow(chain, { program: 9 })).toBe(9);
  expect(detachOrThrow(chain)).toBe(3);
});

test('a refusal carries what is needed to act', () => {
  const chain = chainOf(entries);
  const error = refusalOf(() => attachOrThrow(chain, { program: 9, expectedRevision: 3 }));
  expect(error.code).toBe('ESTALE');
  expect(error.data).toEqual({ program: 9, expectedRevision: 3, revision: 4, count: 3, capacity: 63 });
  expect(refusalOf(() => detachOrThrow(chain, { qualified: true })).data).toEqual({
    revision: 4,
    count: 3,
    capacity: 63,
  });
});

test('the operation can be named by the host', () => {
  const chain = chainOf(entries);
  const attaching = refusalOf(() => attachOrThrow(chain, { program: 1 }, 'attach tcx/ingress@eth0'));
  const detaching = refusalOf(() => detachOrThrow(chain, { program: 8 }, 'detach tcx/ingress@eth0'));
  expect(attaching.message).toMatch(/^attach tcx\/ingress@eth0: /);
  expect(detaching.message).toMatch(/^detach tcx\/ingress@eth0: /);
});

describe('the message says the rule as it applies', () => {
  test.each<[string, Chain, AttachRequest]>([
    [
      'attach program 9: revision is 4, expected 3 (ESTALE); ',
      chainOf(entries),
      { program: 9, expectedRevision: 3 },
    ],
    [
      'attach program 2: the program is attached here already, at position 2 of 3 (EEXIST); ',
      chainOf(entries),
      { program: 2 },
    ],
    [
      'attach program 9: the program to be replaced is not attached here (ENOENT); ',
      chainOf(entries),
      { program: 9, replace: ABSENT },
    ],
    [
      'attach program 9: the relative object is not attached here (ENOENT); ',
      chainOf(entries),
      { program: 9, before: true, relative: 7 },
    ],
    [
      'attach program 9: there is no such relative object (ENOENT); ',
      chainOf(entries),
      { program: 9, replace: 7, relative: () => 'ENOENT' },
    ],
    [
      'attach program 9: the relative object is not of the kind that is asked for (EINVAL); ',
      chainOf(entries),
      { program: 9, relative: () => 'EINVAL' },
    ],
    [
      'attach program 9: the relative object is not an open file descriptor (EBADF); ',
      chainOf(entries),
      { program: 9, relative: () => 'EBADF' },
    ],
    [
      'attach program 9: the relative link is still being created (EAGAIN); ',
      chainOf(entries),
      { program: 9, relative: () => 'EAGAIN' },
    ],
    [
      'attach program 9: the program to be replaced is owned by another than the one that asks (EBUSY); ',
      chainOf(entries),
      { program: 9, replace: 2 },
    ],
    [
      'attach program 99: full, it holds 63 (ERANGE); detach a program or replace one',
      fullChain(),
      { program: 99 },
    ],
    [
      'attach program 9: the directives name different positions (ERANGE); ',
      chainOf(entries),
      { program: 9, before: true, after: true },
    ],
    [
      'attach program 99: the directives name different positions (ERANGE); ',
      fullChain(),
      { program: 99, replace: 1, after: true },
    ],
    [
      'attach program 9: a relative object or a flag is given without before, after or replace (EINVAL); ',
      chainOf(entries),
      { program: 9, relative: 1 },
    ],
  ])('%s', (message, chain, request) => {
    expect(refusalOf(() => attachOrThrow(chain, request)).message.slice(0, message.length)).toBe(message);
  });

  test.each<[string, Chain, DetachRequest]>([
    ['detach program: replace is given (EINVAL); detach without it', chainOf(entries), { replace: true }],
    [
      'detach program 1: revision is 4, expected 9 (ESTALE); ',
      chainOf(entries),
      { program: 1, expectedRevision: 9n },
    ],
    ['detach program 1: nothing is attached here (ENOENT); ', chainOf([]), { program: 1 }],
    ['detach program 8: the program is not attached here (ENOENT); ', chainOf(entries), { program: 8 }],
    [
      'detach program: there is no such relative object (ENOENT); ',
      chainOf(entries),
      { relative: () => 'ENOENT' },
    ],
    [
      'detach program 1: the relative object is not attached here (ENOENT); ',
      chainOf(entries),
      { program: 1, after: true, relative: 8 },
    ],
    [
      'detach program 2: the program is owned by another than the one that asks (EBUSY); ',
      chainOf(entries),
      { program: 2 },
    ],
    [
      'detach program: the last of a full chain cannot be selected by position (ERANGE); name the program to detach',
      fullChain(),
      {},
    ],
    [
      'detach program 3: the directives name different positions (ERANGE); ',
      chainOf(entries),
      { program: 3, after: true },
    ],
    [
      'detach program: a relative object or a flag is given without a program, before or after (EINVAL); ',
      chainOf(entries),
      { qualified: true },
    ],
  ])('%s', (message, chain, request) => {
    expect(refusalOf(() => detachOrThrow(chain, request)).message.slice(0, message.length)).toBe(message);
  });
});
