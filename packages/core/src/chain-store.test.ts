import { env } from 'node:process';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { attach, Chain, ChainStore, detach, MAX_STORE_CAPACITY, query } from './index.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const wrong = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });
const reentered = expect.objectContaining({ code: 'ERR_REENTERED' });

/** All that can be read of a hook of a store. */
function read(store: ChainStore, hook: number): unknown {
  const programs: number[] = [];
  const links: number[] = [];
  const result = store.query(hook, { capacity: store.capacity, programs, links });
  const walked = Array.from({ length: store.count(hook) }, (_, i) => store.programAt(hook, i));
  return { result, programs, links, walked, revision: store.revision(hook) };
}

/** The same of a chain. */
function readChain(chain: Chain): unknown {
  const programs: number[] = [];
  const links: number[] = [];
  const result = query(chain, { capacity: chain.capacity, programs, links });
  return { result, programs, links, walked: [...chain.snapshot()], revision: chain.revision };
}

test(`hooks of a store and chains of their own agree on random sequences (seed ${seed}, MPROG_SEED sets another)`, () => {
  const program = fc.integer({ min: 1, max: 40 });
  const operation = fc.record({
    verb: fc.constantFrom('attach', 'attach', 'attach', 'detach', 'replace', 'create', 'remove', 'clear'),
    hook: fc.nat(4),
    program,
    link: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
    relative: fc.oneof(
      fc.constant(0),
      program,
      program.map((handle) => -handle),
    ),
    before: fc.boolean(),
    after: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200, size: 'max' }), (operations) => {
      const store = new ChainStore({ capacity: 33 });
      const chains = new Map<number, Chain>([[store.create(), new Chain({ capacity: 33 })]]);
      for (const { verb, hook: nth, program, link, ...place } of operations) {
        const hook = [...chains.keys()][nth % Math.max(1, chains.size)];
        const chain = hook === undefined ? undefined : chains.get(hook);
        if (verb === 'create') {
          const created = store.create();
          expect(chains.has(created)).toBe(false);
          chains.set(created, new Chain({ capacity: 33 }));
        } else if (hook === undefined || chain === undefined) {
          expect(store.size).toBe(0);
        } else if (verb === 'remove') {
          store.remove(hook);
          chains.delete(hook);
          expect(() => store.count(hook)).toThrow(wrong);
        } else if (verb === 'clear') {
          for (let i = chain.count; i > 0; i--) {
            const slot = { program: chain.programAt(0), link: chain.linkAt(0) };
            expect(store.detach(hook, slot)).toBe(detach(chain, slot));
          }
        } else if (verb === 'detach') {
          const request = { program, link: chain.linkAt(chain.indexOfProgram(program)), ...place };
          expect(store.detach(hook, request)).toBe(detach(chain, request));
        } else {
          const request = { program, link: chain.indexOfLink(link) < 0 ? link : 0, ...place };
          const replace = verb === 'replace' ? { replace: chain.programAt(0) } : {};
          expect(store.attach(hook, { ...request, ...replace })).toBe(
            attach(chain, { ...request, ...replace }),
          );
        }
        expect(store.size).toBe(chains.size);
        for (const [hook, chain] of chains) expect(read(store, hook)).toEqual(readChain(chain));
      }
    }),
    { seed, numRuns: 100 },
  );
});

test('a hundred thousand hooks with three programs each take at most 64 bytes a hook', () => {
  const store = new ChainStore();
  for (let i = 0; i < 100_000; i++) {
    const hook = store.create();
    for (let program = 1; program <= 3; program++)
      store.attach(hook, { program: i + program, link: program });
  }
  expect(store.bytes / store.size).toBeLessThanOrEqual(64);
  expect([0, 1, 2, 3].map((index) => store.programAt(77_777, index))).toEqual([77_778, 77_779, 77_780, 0]);
  expect(store.revision(99_999)).toBe(4);
});

test('the memory of what is detached and removed is used again', () => {
  const store = new ChainStore();
  const fill = (): number[] =>
    Array.from({ length: 20_000 }, () => {
      const hook = store.create();
      for (let program = 1; program <= 5; program++) store.attach(hook, { program });
      return hook;
    });
  for (const hook of fill()) store.remove(hook);
  const { bytes } = store;
  const hooks = fill();
  expect(store.bytes).toBe(bytes);
  for (const hook of hooks) for (let program = 1; program <= 5; program++) store.detach(hook, { program });
  for (const hook of hooks) for (let program = 9; program <= 13; program++) store.attach(hook, { program });
  expect(store.bytes).toBe(bytes);
});

test('the largest chain fits', () => {
  const store = new ChainStore({ capacity: MAX_STORE_CAPACITY });
  const other = store.restore({ capacity: 1, revision: 2, programs: [7], links: [0] });
  const programs = Array.from({ length: MAX_STORE_CAPACITY - 1 }, (_, i) => i + 1);
  const hook = store.restore({
    capacity: MAX_STORE_CAPACITY,
    revision: MAX_STORE_CAPACITY,
    programs,
    links: programs,
  });
  expect(store.attach(hook, { program: MAX_STORE_CAPACITY })).toBe(MAX_STORE_CAPACITY - 1);
  expect(store.attach(hook, { program: MAX_STORE_CAPACITY + 1 })).toBe('ERANGE');
  expect(store.programAt(hook, MAX_STORE_CAPACITY - 1)).toBe(MAX_STORE_CAPACITY);
  expect(store.programAt(other, 0)).toBe(7);
});

describe('wrong use', () => {
  test.each([0, -1, 1.5, Number.NaN, 2, undefined, '0', null])('there is no hook %s', (hook) => {
    const store = new ChainStore();
    store.remove(store.create());
    const number = hook as number;
    for (const act of [
      () => store.attach(number, { program: 1 }),
      () => store.detach(number, { program: 1 }),
      () => store.query(number),
      () => store.count(number),
      () => store.revision(number),
      () => store.programAt(number, 0),
      () => store.remove(number),
    ]) {
      expect(act).toThrow(wrong);
    }
  });

  test.each([0, -1, 1.5, MAX_STORE_CAPACITY + 1, '63', null])('a capacity of %s is refused', (capacity) => {
    expect(() => new ChainStore({ capacity: capacity as number })).toThrow(wrong);
  });

  test('the look-up of a relative object may read, but changes nothing', () => {
    const store = new ChainStore();
    const [hook, other] = [store.create(), store.create()];
    store.attach(hook, { program: 1 });
    store.attach(other, { program: 5 });
    const attachWith = (act: () => unknown): unknown =>
      store.attach(hook, {
        program: 2,
        before: true,
        relative: () => {
          act();
          return 1;
        },
      });
    for (const act of [
      () => store.attach(other, { program: 6 }),
      () => store.detach(hook, { program: 1 }),
      () => store.remove(hook),
    ]) {
      expect(() => attachWith(act)).toThrow(reentered);
    }
    expect(attachWith(() => read(store, other))).toBe(0);
    expect([store.programAt(hook, 0), store.programAt(hook, 1), store.count(other)]).toEqual([2, 1, 1]);
  });
});

describe('save and restore', () => {
  test('a hook goes on alike in another store, also with a revision above 2^32', () => {
    const store = new ChainStore();
    const state = { capacity: 63, revision: 2 ** 53 - 3, programs: [1, 2, 3, 4, 5], links: [0, 7, 0, 0, 9] };
    const hook = store.restore(state);
    expect(store.save(hook)).toEqual(state);
    expect(store.attach(hook, { program: 6, after: true, relative: -7, expectedRevision: 2 ** 53 - 3 })).toBe(
      2,
    );
    const copy = new ChainStore({ capacity: 6 });
    const moved = copy.restore(JSON.parse(JSON.stringify(store.save(hook))));
    expect(copy.save(moved)).toEqual({
      capacity: 6,
      revision: 2 ** 53 - 2,
      programs: [1, 2, 6, 3, 4, 5],
      links: [0, 7, 0, 0, 0, 9],
    });
    expect(copy.attach(moved, { program: 8 })).toBe('ERANGE');
    expect(copy.detach(moved, { program: 1 })).toBe(1);
    expect(() => copy.detach(moved, { program: 6 })).toThrow(expect.objectContaining({ code: 'EOVERFLOW' }));
    expect(copy.revision(moved)).toBe(2 ** 53 - 1);
  });

  test('damaged data and a chain that is too long leave nothing behind', () => {
    const store = new ChainStore({ capacity: 1 });
    for (const state of [null, {}, { capacity: 2, revision: 3, programs: [1, 2], links: [0, 0] }]) {
      expect(() => store.restore(state as never)).toThrow(wrong);
    }
    expect(store.size).toBe(0);
  });
});
