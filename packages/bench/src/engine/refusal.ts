import { attach, attachOrThrow, before, Chain, detach, Hook } from '@mprog/core';
import type { Benchmark } from '../benchmark.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';

const PRESENT = 20;
const LIMIT_NANOSECONDS = 40;

/** G9: what a refusal costs, as a result and as an exception. */
export const refusal: Benchmark = {
  goals: ['G9'],
  minutes: 0.1,
  title: 'refusal: as a result and as an exception',
  async run(effort) {
    const chain = new Chain();
    for (let program = 1; program <= PRESENT; program++) {
      attach(chain, { program, link: program % 3 === 0 ? program : 0 });
    }
    const hook = new Hook<() => void>();
    const handlers = Array.from({ length: PRESENT }, () => () => undefined);
    for (const handler of handlers) hook.attach(handler);
    const absent = (): undefined => undefined;
    const place = before(absent);
    const handlerAt = (i: number): (() => undefined) => handlers[i % PRESENT] as () => undefined;

    const operations = Math.max(100, Math.round(500_000 * effort.scale));
    // Each has a loop of its own: a shared one would call what it is given by reference.
    const results: Record<string, (n: number) => number> = {
      'attach: ESTALE': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++)
          if (attach(chain, { program: 50, expectedRevision: 5 }) === 'ESTALE') refused++;
        return refused;
      },
      'attach: EEXIST': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++) if (attach(chain, { program: 1 + (i % PRESENT) }) === 'EEXIST') refused++;
        return refused;
      },
      'attach: ENOENT': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++) {
          if (attach(chain, { program: 50, before: true, relative: 60 }) === 'ENOENT') refused++;
        }
        return refused;
      },
      'detach: EBUSY': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++) if (detach(chain, { program: 3 * (1 + (i % 6)) }) === 'EBUSY') refused++;
        return refused;
      },
      'Hook.tryAttach: ESTALE': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++)
          if (hook.tryAttach(absent, { expectedRevision: 5 }) === 'ESTALE') refused++;
        return refused;
      },
      'Hook.tryAttach: EEXIST': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++) if (hook.tryAttach(handlerAt(i)) === 'EEXIST') refused++;
        return refused;
      },
      'Hook.tryAttach: ENOENT': (n) => {
        let refused = 0;
        const other = (): undefined => undefined;
        for (let i = 0; i < n; i++) if (hook.tryAttach(other, { at: place }) === 'ENOENT') refused++;
        return refused;
      },
      'Hook.tryDetach: ENOENT': (n) => {
        let refused = 0;
        for (let i = 0; i < n; i++) if (hook.tryDetach(absent) === 'ENOENT') refused++;
        return refused;
      },
    };
    const thrown = (n: number): number => {
      let refused = 0;
      for (let i = 0; i < n; i++) {
        try {
          attachOrThrow(chain, { program: 50, expectedRevision: 5 });
        } catch {
          refused++;
        }
      }
      return refused;
    };
    const contender = (name: string, act: (n: number) => number, n: number): Contender => {
      const pass = (): number => {
        let refused = 0;
        const time = cpuTime(() => {
          refused = act(n);
        });
        if (refused !== n) throw new Error(`${name}: ${refused} of ${n} were refused`);
        return time / n;
      };
      for (let i = 0; i < 3; i++) pass();
      return { name, pass };
    };
    const exception = 'attachOrThrow: ESTALE';
    const samples = await interleave(
      [
        ...Object.entries(results).map(([name, act]) => contender(name, act, operations)),
        contender(exception, thrown, Math.ceil(operations / 100)),
      ],
      effort,
    );
    return [
      {
        title: 'one refusal, chain of 20',
        rows: [
          ...Object.keys(results).map((name) =>
            compare(samples, name, undefined, { limit: LIMIT_NANOSECONDS }),
          ),
          compare(samples, exception),
        ],
      },
    ];
  },
};
