import { attach, attachOrThrow, before, Chain, ChainStore, detach, detachOrThrow, Hook } from '@mprog/core';
import type { Benchmark } from '../benchmark.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';
import { randomNumbers } from './random.js';

const PRESENT = 20;
const PAIRS = 50_000;

/** G1: what the forms that a user calls cost beside the bare engine. */
export const forms: Benchmark = {
  goals: ['G1'],
  minutes: 0.2,
  title: 'forms: the same changes by each form of the interface',
  async run(effort) {
    const pairs = Math.max(100, Math.round(PAIRS * effort.scale));
    const random = randomNumbers(5);
    const anchors = Int32Array.from({ length: pairs }, () => 1 + random(PRESENT));
    const anchor = (i: number): number => anchors[i] as number;
    const program = PRESENT + 1;
    const chain = filled(new Chain(), (chain, program) => attach(chain, { program }));
    const store = new ChainStore();
    const stored = store.create();
    for (let program = 1; program <= PRESENT; program++) store.attach(stored, { program });
    const hook = new Hook<() => void>();
    const handlers = Array.from({ length: PRESENT + 1 }, () => () => undefined);
    for (const handler of handlers.slice(0, PRESENT)) hook.attach(handler);
    const handler = handlers[PRESENT] as () => undefined;
    const places = handlers.map((handler) => before(handler));

    // Each attaches before a program, at random, and detaches again; it returns where the program stood, in all.
    const acts: Record<string, () => number> = {
      'attach, detach': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          sum += attach(chain, { program, before: true, relative: anchor(i) }) as number;
          detach(chain, { program });
        }
        return sum;
      },
      'attach, detach, six shapes of options': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          const relative = anchor(i);
          sum += attachInSomeShape(chain, i, program, relative);
          detach(chain, { program });
        }
        return sum;
      },
      'attachOrThrow, detachOrThrow': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          sum += attachOrThrow(chain, { program, before: true, relative: anchor(i) });
          detachOrThrow(chain, { program });
        }
        return sum;
      },
      'ChainStore.attach, detach': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          sum += store.attach(stored, { program, before: true, relative: anchor(i) }) as number;
          store.detach(stored, { program });
        }
        return sum;
      },
      'Hook.attach, close, ready anchor': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          const at = places[anchor(i) - 1];
          hook.attach(handler, at === undefined ? {} : { at }).close();
          sum += anchor(i) - 1;
        }
        return sum;
      },
      'Hook.attach, close': () => {
        let sum = 0;
        for (let i = 0; i < pairs; i++) {
          hook.attach(handler, { at: before(handlers[anchor(i) - 1] as () => undefined) }).close();
          sum += anchor(i) - 1;
        }
        return sum;
      },
    };
    const wanted = anchors.reduce((sum, anchor) => sum + anchor - 1, 0);
    const measured = Object.entries(acts).map(([name, act]): Contender => {
      for (let warm = 0; warm < 20 * effort.scale; warm++) act();
      const pass = (): number => {
        let sum = 0;
        const time = cpuTime(() => {
          sum = act();
        });
        if (sum !== wanted) throw new Error(`${name}: the programs stood elsewhere`);
        return time / (2 * pairs);
      };
      return { name, pass };
    });
    const samples = await interleave(measured, effort);
    const [baseline, ...others] = Object.keys(acts) as [string, ...string[]];
    return [
      {
        title: 'one change, chain of 20',
        rows: [compare(samples, baseline), ...others.map((name) => compare(samples, name, baseline))],
      },
    ];
  },
};

function filled(chain: Chain, add: (chain: Chain, program: number) => unknown): Chain {
  for (let program = 1; program <= PRESENT; program++) add(chain, program);
  return chain;
}

/** More shapes than a place in the text remembers: what a program with many callers of `attach` has. */
function attachInSomeShape(chain: Chain, i: number, program: number, relative: number): number {
  switch (i % 6) {
    case 0:
      return attach(chain, { program, before: true, relative }) as number;
    case 1:
      return attach(chain, { before: true, program, relative }) as number;
    case 2:
      return attach(chain, { relative, program, before: true }) as number;
    case 3:
      return attach(chain, { program, before: true, relative, after: false }) as number;
    case 4:
      return attach(chain, { program, before: true, relative, link: 0 }) as number;
    default:
      return attach(chain, { program, before: true, relative, expectedRevision: 0 }) as number;
  }
}
