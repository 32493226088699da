import { describe, expect, test } from 'vitest';
import { chainOf, type Entry, entriesOf } from '../test/chains.js';
import { attach, Chain, type ChainState, detach, MAX_CAPACITY } from './index.js';

const damaged = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });

describe('spec 3.1: structure', () => {
  test('spec 3.1: an empty chain has revision 1, side A and no program', () => {
    const chain = new Chain();
    expect(chain).toMatchObject({ capacity: 63, count: 0, revision: 1, side: 'A' });
    expect([chain.programAt(0), chain.linkAt(0), chain.snapshot()]).toEqual([0, 0, []]);
  });

  test('spec 3.1: each program has its link beside it, 0 for none', () => {
    const chain = chainOf([1, [2, 5], 3]);
    expect([0, 1, 2, 3, -1].map((i) => chain.programAt(i))).toEqual([1, 2, 3, 0, 0]);
    expect([0, 1, 2, 3, -1].map((i) => chain.linkAt(i))).toEqual([0, 5, 0, 0, 0]);
    expect([1, 2, 3, 5, 0].map((handle) => chain.indexOfProgram(handle))).toEqual([0, 1, 2, -1, -1]);
    expect([5, 1, 0, -1].map((handle) => chain.indexOfLink(handle))).toEqual([1, -1, -1, -1]);
  });

  test('what was detached is not found any more', () => {
    const chain = chainOf([1, [2, 5]]);
    detach(chain, { program: 2, link: 5 });
    expect([chain.programAt(1), chain.linkAt(1), chain.indexOfProgram(2), chain.indexOfLink(5)]).toEqual([
      0, 0, -1, -1,
    ]);
  });

  test('storage grows with the number of programs, not with the capacity', () => {
    const chain = new Chain({ capacity: 10_000 });
    expect(chain.allocated).toBeLessThan(10);
    for (let program = 1; program <= 10_000; program++) attach(chain, { program, link: program });
    expect(chain.allocated).toBe(10_000);
    expect(entriesOf(chain)).toEqual(Array.from({ length: 10_000 }, (_, i): Entry => [i + 1, i + 1]));
  });

  test.each([0, -1, 1.5, Number.NaN, MAX_CAPACITY + 1, '63', null])(
    'a capacity of %s is refused',
    (capacity) => {
      expect(() => new Chain({ capacity: capacity as number })).toThrow(damaged);
    },
  );
});

describe('spec 3.2: double buffering', () => {
  test('spec 3.2: the side flips with each insert and delete, not with replace, and is A again when all is gone', () => {
    const chain = new Chain();
    const sides = [chain.side];
    const act = (result: unknown): void => {
      expect(typeof result).toBe('number');
      sides.push(chain.side);
    };
    act(attach(chain, { program: 1 }));
    act(attach(chain, { program: 2 }));
    act(attach(chain, { program: 3, replace: 1 }));
    act(attach(chain, { program: 4 }));
    act(detach(chain, { program: 3 }));
    act(detach(chain, { program: 4 }));
    act(detach(chain, { program: 2 }));
    expect(sides).toEqual(['A', 'B', 'A', 'A', 'B', 'A', 'B', 'A']);
  });

  test('spec 3.2: a failing operation changes nothing and does not commit', () => {
    const chain = chainOf([1, [2, 5]]);
    const before = [chain.save(), chain.side, chain.snapshot()];
    expect([attach(chain, { program: 1 }), detach(chain, { program: 2 })]).toEqual(['EEXIST', 'EBUSY']);
    expect([chain.save(), chain.side]).toEqual(before.slice(0, 2));
    expect(chain.snapshot()).toBe(before[2]);
  });
});

describe('spec 3.3: revision', () => {
  test('spec 3.3: attach, replace, link update and detach add one each', () => {
    const chain = new Chain();
    const revisions: number[] = [];
    for (const act of [
      () => attach(chain, { program: 1 }),
      () => attach(chain, { program: 2, link: 5, before: true }),
      () => attach(chain, { program: 3, replace: 1 }),
      () => attach(chain, { program: 4, link: 5, replace: 2 }),
      () => detach(chain, { program: 4, link: 5 }),
      () => detach(chain),
    ]) {
      expect(typeof act()).toBe('number');
      revisions.push(chain.revision);
    }
    expect(revisions).toEqual([2, 3, 4, 5, 6, 7]);
  });

  test('spec 3.3: it goes on counting when the chain becomes empty; starting afresh is a new chain', () => {
    const chain = chainOf([1]);
    detach(chain);
    expect(chain).toMatchObject({ count: 0, revision: 3 });
  });

  test('a revision that could not be held exactly any more stops every change with EOVERFLOW', () => {
    const state = { capacity: 63, revision: Number.MAX_SAFE_INTEGER, programs: [1], links: [0] };
    const chain = Chain.restore(state);
    const overflow = expect.objectContaining({ code: 'EOVERFLOW' });
    expect(() => attach(chain, { program: 2 })).toThrow(overflow);
    expect(() => attach(chain, { program: 2, replace: 1 })).toThrow(overflow);
    expect(() => detach(chain)).toThrow(overflow);
    expect(chain.save()).toEqual(state);
  });

  test('the largest revision is still reached', () => {
    const chain = Chain.restore({
      capacity: 1,
      revision: Number.MAX_SAFE_INTEGER - 1,
      programs: [],
      links: [],
    });
    expect(attach(chain, { program: 1, expectedRevision: Number.MAX_SAFE_INTEGER - 1 })).toBe(0);
    expect(chain.revision).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('snapshot', () => {
  test('it is the same frozen array until the next change, and is not touched by it', () => {
    const chain = chainOf([1, 2, 3]);
    const walked = chain.snapshot();
    expect(chain.snapshot()).toBe(walked);
    expect(Object.isFrozen(walked)).toBe(true);
    attach(chain, { program: 4, replace: 2 });
    detach(chain, { program: 1 });
    attach(chain, { program: 5, before: true });
    expect(walked).toEqual([1, 2, 3]);
    expect(chain.snapshot()).toEqual([5, 4, 3]);
  });
});

describe('save and restore', () => {
  test('a restored chain is the same and goes on alike', () => {
    const chain = chainOf([1, [2, 5], 3], 200);
    detach(chain, { program: 1 });
    const copy = Chain.restore(JSON.parse(JSON.stringify(chain.save())) as ChainState);
    expect(copy.save()).toEqual(chain.save());
    expect(copy).toMatchObject({ capacity: 200, revision: 5, side: chain.side });
    expect(attach(copy, { program: 9, after: true, relative: -5, expectedRevision: 5 })).toBe(1);
    expect(entriesOf(copy)).toEqual([[2, 5], 9, 3]);
    expect(entriesOf(chain)).toEqual([[2, 5], 3]);
  });

  const good = { capacity: 4, revision: 9, programs: [1, 2], links: [0, 5] };
  test('the data that the next tests damage is good', () => {
    expect(Chain.restore(good).save()).toEqual(good);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'chain'],
    ['no programs', { ...good, programs: undefined }],
    ['no links', { ...good, links: undefined }],
    ['fewer links than programs', { ...good, links: [0] }],
    ['more programs than fit', { ...good, capacity: 1 }],
    ['no capacity', { ...good, capacity: undefined }],
    ['a capacity of 0', { ...good, capacity: 0, programs: [], links: [] }],
    ['a program of 0', { ...good, programs: [1, 0] }],
    ['a negative program', { ...good, programs: [1, -2] }],
    ['a fraction as program', { ...good, programs: [1, 1.5] }],
    ['a text as program', { ...good, programs: [1, '2'] }],
    ['a negative link', { ...good, links: [0, -5] }],
    ['null as link', { ...good, links: [null, 5] }],
    ['a link beyond 32 bits', { ...good, links: [0, 2 ** 31] }],
    ['a program twice', { ...good, programs: [1, 1] }],
    ['a link twice', { ...good, links: [5, 5] }],
    ['no revision', { ...good, revision: undefined }],
    ['a revision of 0', { ...good, revision: 0 }],
    ['a revision too small for its programs', { ...good, revision: 2 }],
    ['a fraction as revision', { ...good, revision: 9.5 }],
    ['a revision above 2^53 - 1', { ...good, revision: 2 ** 53 }],
    ['a text as revision', { ...good, revision: '9' }],
  ])('damaged data is refused: %s', (_name, state) => {
    expect(() => Chain.restore(state as ChainState)).toThrow(damaged);
  });
});
