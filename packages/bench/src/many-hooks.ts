import { attach, Chain, ChainStore, detach, Hook } from '@mprog/core';
import type { Benchmark, Effort, Row } from './benchmark.js';
import { randomNumbers } from './engine/random.js';
import { type Contender, compare, cpuTime, interleave } from './measure.js';

const HOOKS = 100_000;
const PROGRAMS = 3;
const HANDLERS = 8;

/** G8: 100 000 hooks with three programs each. */
export const manyHooks: Benchmark = {
  goals: ['G8'],
  minutes: 0.3,
  title: 'many-hooks: 100 000 hooks with three programs each',
  options: ['--expose-gc'],
  async run(effort) {
    const hooks = Math.max(100, Math.round(HOOKS * effort.scale));
    const emptyCollection = collect(effort);
    const { held: store, bytes: storeBytes } = weigh(() => makeStore(hooks));
    const storeCollection = collect(effort);
    const { held: chains, bytes: chainBytes } = weigh(() => makeChains(hooks));
    const chainCollection = collect(effort);
    const operations = await measureOperations(store, chains, effort);
    chains.length = 0;
    const { held: all, bytes: hookBytes } = weigh(() => makeHooks(hooks));
    const hookCollection = collect(effort);
    all.length = 0;
    const size = (name: string, bytes: number, limit?: number): Row => ({
      name,
      values: [bytes / hooks],
      unit: 'bytes a hook',
      ...(limit === undefined ? {} : { limit }),
    });
    return [
      {
        title: 'memory',
        rows: [size('ChainStore', storeBytes, 64), size('Chain', chainBytes), size('Hook', hookBytes)],
      },
      {
        title: 'a full garbage collection while they are there',
        rows: [
          { name: 'nothing of it yet', ...emptyCollection },
          { name: 'ChainStore', ...storeCollection, limit: 5 },
          { name: 'ChainStore and Chain', ...chainCollection },
          { name: 'ChainStore and Hook', ...hookCollection },
        ],
      },
      { title: 'operations on hooks chosen at random', rows: operations },
    ];
  },
};

function makeStore(hooks: number): ChainStore {
  const store = new ChainStore();
  for (let i = 0; i < hooks; i++) {
    const hook = store.create();
    for (let program = 1; program <= PROGRAMS; program++) store.attach(hook, { program });
  }
  return store;
}

function makeChains(hooks: number): Chain[] {
  return Array.from({ length: hooks }, () => {
    const chain = new Chain();
    for (let program = 1; program <= PROGRAMS; program++) attach(chain, { program });
    return chain;
  });
}

function makeHooks(hooks: number): Hook<() => void>[] {
  const handlers = Array.from({ length: PROGRAMS }, () => () => {});
  return Array.from({ length: hooks }, () => {
    const hook = new Hook<() => void>();
    for (const handler of handlers) hook.attach(handler);
    return hook;
  });
}

/** What `make` gives and how much memory it takes, in the heap and beside it. */
function weigh<T>(make: () => T): { held: T; bytes: number } {
  const total = (): number => {
    gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = total();
  const held = make();
  return { held, bytes: total() - before };
}

/** The time of a full collection by the clock, as it is time in which nothing else runs. */
function collect({ rounds }: Effort): { values: number[]; unit: string } {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    gc?.();
    times.push(performance.now() - begin);
  }
  return { values: times, unit: 'ms' };
}

async function measureOperations(store: ChainStore, chains: Chain[], effort: Effort): Promise<Row[]> {
  const operations = Math.max(1_000, Math.round(300_000 * effort.scale));
  const random = randomNumbers(8);
  const chosen = Int32Array.from({ length: operations }, () => random(chains.length));
  const counts = new Int32Array(HANDLERS);
  const handlers = Array.from({ length: HANDLERS }, (_, i) => () => {
    counts[i] = (counts[i] as number) + 1;
  });
  const contender = (name: string, act: () => number): Contender => {
    const pass = (): number => {
      let done = 0;
      const time = cpuTime(() => {
        done = act();
      });
      if (done !== operations) throw new Error(`${name}: ${done} of ${operations} were done`);
      return time / operations;
    };
    pass();
    return { name, pass };
  };
  const changes: [string, (hook: number) => unknown][] = [
    [
      'ChainStore: attach, detach',
      (hook) => {
        store.attach(hook, { program: 9, before: true });
        return store.detach(hook, { program: 9 });
      },
    ],
    [
      'Chain: attach, detach',
      (hook) => {
        const chain = chains[hook] as Chain;
        attach(chain, { program: 9, before: true });
        return detach(chain, { program: 9 });
      },
    ],
    [
      'ChainStore: run',
      (hook) => {
        const count = store.count(hook);
        for (let i = 0; i < count; i++) handlers[store.programAt(hook, i)]?.();
        return 9;
      },
    ],
    [
      'Chain: run',
      (hook) => {
        for (const program of (chains[hook] as Chain).snapshot()) handlers[program]?.();
        return 9;
      },
    ],
  ];
  const measured = changes.map(([name, act]) =>
    contender(name, () => {
      let done = 0;
      for (let i = 0; i < operations; i++) if (act(chosen[i] as number) === 9) done++;
      return done;
    }),
  );
  const samples = await interleave(measured, effort);
  return [
    compare(samples, 'Chain: attach, detach'),
    compare(samples, 'ChainStore: attach, detach', 'Chain: attach, detach'),
    compare(samples, 'Chain: run'),
    compare(samples, 'ChainStore: run', 'Chain: run'),
  ];
}
