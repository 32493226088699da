import { env } from 'node:process';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Step, step, trailOf } from '../test/hooks.js';
import { type Attachment, after, before, first, Hook, last, run } from './index.js';
import { TemplatePool } from './template-pool.js';
import { fours, ones, sixteens } from './templates.js';
import { generate, HOT, LONGEST, pool } from './tiers.js';

// A limit against hanging only: a busy machine may take long.
vi.setConfig({ testTimeout: 60_000 });

const seed = env.MPROG_SEED === undefined ? 618 : Number(env.MPROG_SEED);
const mayGenerate = (() => {
  try {
    return new Function('return true')() as boolean;
  } catch {
    return false;
  }
})();

beforeEach(() => pool.restock());

/** Runs a hook until it is compiled, without a trace. */
function heat(hook: Hook<Step>): void {
  const unseen = { push: () => 0 } as unknown as string[];
  for (let i = 0; i < HOT; i++) hook.run(unseen);
}

/** A hook with handlers `0` to `count - 1`. */
function hookWith(count: number, generateCode: boolean): { hook: Hook<Step>; at: Attachment<Step>[] } {
  const hook = new Hook<Step>({ capacity: 2 * LONGEST, generateCode });
  const at = Array.from({ length: count }, (_, i) => hook.attach(step(String(i)), { name: String(i) }));
  return { hook, at };
}

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => i).join(' ');

describe.each([true, false])('with generateCode %s', (generateCode) => {
  const compiled = generateCode && mayGenerate ? 'generated' : 'templates';

  test('a hook is compiled after some thousand runs, and runs by the loop again after each change', () => {
    const { hook } = hookWith(2, generateCode);
    const tiers: string[] = [hook.tier];
    heat(hook);
    tiers.push(hook.tier, trailOf(hook));
    const more = hook.attach(step('more'));
    tiers.push(hook.tier, trailOf(hook));
    heat(hook);
    tiers.push(hook.tier, trailOf(hook));
    more.close();
    tiers.push(hook.tier, trailOf(hook));
    expect(tiers).toEqual(['loop', compiled, '0 1', 'loop', '0 1 more', compiled, '0 1 more', 'loop', '0 1']);
  });

  test('a refused change leaves it compiled', () => {
    const { hook, at } = hookWith(2, generateCode);
    heat(hook);
    expect([hook.tryAttach(at[0]!.handler), hook.tryDetach(step('x')), hook.tier]).toEqual([
      'EEXIST',
      'ENOENT',
      compiled,
    ]);
  });

  test('a single handler is called itself, without this', () => {
    const seen: unknown[] = [];
    const hook = new Hook<(trail: string[]) => string>({ generateCode });
    hook.attach(function (this: unknown) {
      seen[0] = this;
      return 'verdict';
    });
    heat(hook as Hook<Step>);
    expect([hook.tier, hook.run([]), seen]).toEqual(['handler', 'verdict', [undefined]]);
  });

  test.each([0, LONGEST + 1])('the loop runs %i handlers for good', (count) => {
    const { hook } = hookWith(count, generateCode && count > 0);
    heat(hook);
    expect([hook.tier, trailOf(hook)]).toEqual(['loop', numbers(count)]);
  });

  test('another number of arguments than it was compiled for is run by the loop', () => {
    const hook = new Hook<(...args: unknown[]) => void>({ generateCode });
    const seen: unknown[][] = [];
    for (let i = 0; i < 2; i++) {
      hook.attach((...args) => {
        if (args[0] !== 'unseen') seen.push(args);
      });
    }
    for (let i = 0; i < HOT; i++) hook.run('unseen');
    const all = [[], [1], [1, 2], [1, 2, 3], [undefined]];
    for (const args of all) hook.run(...args);
    expect(hook.tier).toBe(compiled);
    expect(seen).toEqual(all.flatMap((args) => [args, args]));
  });

  test('a verdict and an exception end a compiled run', () => {
    const { hook, at } = hookWith(3, generateCode);
    const failure = new Error('broken');
    let act = (): string | undefined => undefined;
    hook.attach((trail) => (trail.length > 0 ? act() : undefined), { at: after(at[1]!) });
    heat(hook);
    const trail: string[] = [];
    act = () => 'verdict';
    expect(hook.run(trail)).toBe('verdict');
    act = () => {
      throw failure;
    };
    expect(() => hook.run(trail)).toThrow(failure);
    act = () => undefined;
    expect(hook.run(trail)).toBeUndefined();
    expect([hook.tier, trail.join(' ')]).toEqual([compiled, '0 1 0 1 0 1 2']);
  });

  test('a compiled run that attaches and detaches goes on as it began, the next one sees the change', () => {
    const { hook, at } = hookWith(4, generateCode);
    let change = false;
    const self: Attachment<Step> = hook.attach(
      (trail) => {
        trail.push('self');
        if (!change) return undefined;
        change = false;
        self.close();
        at[0]!.close();
        at[3]!.close();
        hook.attach(step('new'), { at: before(at[2]!) });
        trail.push(`(${trailOf(hook)})`);
        return undefined;
      },
      { at: after(at[1]!) },
    );
    heat(hook);
    change = true;
    expect([hook.tier, trailOf(hook), hook.tier, trailOf(hook)]).toEqual([
      compiled,
      '0 1 self (1 new 2) 2 3',
      'loop',
      '1 new 2',
    ]);
  });

  test('a run inside a run may be the one that compiles', () => {
    const { hook } = hookWith(1, generateCode);
    let depth = 0;
    hook.attach((trail) => {
      if (depth > 0) return undefined;
      depth++;
      heat(hook);
      trail.push(hook.tier);
      return undefined;
    });
    hook.attach(step('behind'));
    expect(trailOf(hook)).toBe(`0 ${compiled} behind`);
  });

  test('thousands of hooks, some of them hot, each keep their own handlers', () => {
    const hooks = Array.from({ length: 3_000 }, (_, i) => {
      const hook = new Hook<Step>({ generateCode });
      for (let j = 0; j <= i % 3; j++) hook.attach(step(`${i}.${j}`));
      return hook;
    });
    const wanted = (i: number): string =>
      Array.from({ length: 1 + (i % 3) }, (_, j) => `${i}.${j}`).join(' ');
    for (let i = 0; i < hooks.length; i += 50) heat(hooks[i]!);
    hooks.forEach((hook, i) => {
      expect(trailOf(hook)).toBe(wanted(i));
    });
    for (let i = 0; i < hooks.length; i += 100) hooks[i]!.attach(step('first'), { at: first() });
    hooks.forEach((hook, i) => {
      expect(trailOf(hook)).toBe(i % 100 === 0 ? `first ${wanted(i)}` : wanted(i));
    });
  });
});

test(`all forms of a run do the same (seed ${seed}, MPROG_SEED sets another)`, () => {
  type Handler = (...args: unknown[]) => unknown;
  const behaviour = fc.oneof(
    { weight: 30, arbitrary: fc.constant('next') },
    { weight: 1, arbitrary: fc.constantFrom('throw', null, 0, false, '', Number.NaN, 'verdict') },
  );
  fc.assert(
    fc.property(
      fc.array(behaviour, { minLength: 1, maxLength: 200, size: 'max' }),
      fc.array(fc.anything(), { maxLength: 4 }),
      (behaviours, args) => {
        const trail: unknown[] = [];
        const handlers = behaviours.map((behaves, i): Handler => {
          return function (this: unknown, ...got) {
            trail.push(i, this, ...got);
            if (behaves === 'throw') throw i;
            return behaves === 'next' ? undefined : behaves;
          };
        });
        const outcome = (act: () => unknown): unknown => {
          trail.length = 0;
          try {
            return { result: act(), trail: [...trail] };
          } catch (error) {
            return { error, trail: [...trail] };
          }
        };
        const loop = outcome(() => run(handlers, args));
        if (mayGenerate) {
          const generated = generate(handlers, args.length) as Handler;
          expect(outcome(() => generated(...args))).toEqual(loop);
        }
        const filled = new TemplatePool().fill(handlers);
        const one = outcome(() => run(handlers, [args]));
        expect(outcome(() => filled?.(args))).toEqual(one);
      },
    ),
    { seed, numRuns: 200 },
  );
});

describe('the pool of templates', () => {
  test('gives each copy out once, and then shares one', () => {
    const chain = (count: number) =>
      Array.from({ length: count }, (_, i) => (n: unknown) => (n === i ? i : undefined));
    const free: number[] = [];
    const filled = Array.from({ length: 40 }, () => {
      free.push(pool.free);
      return pool.fill(chain(16 + 4 + 1));
    });
    expect(free).toEqual([...Array.from({ length: 32 }, (_, i) => 32 - i), ...Array(8).fill(0)]);
    for (const run of filled)
      expect([0, 15, 16, 20, 21].map((n) => run?.(n))).toEqual([0, 15, 16, 20, undefined]);
  });

  test.each([sixteens, fours, ones])('has 33 copies of one text and width', (...templates) => {
    expect(templates).toHaveLength(33);
    expect(new Set(templates.map(String)).size).toBe(1);
    expect(new Set(templates).size).toBe(33);
  });
});

test('a hook that was run with an unusual number of arguments when it was compiled is compiled again', () => {
  const hook = new Hook<(...args: unknown[]) => void>({ generateCode: false });
  for (let i = 0; i < 2; i++) hook.attach(() => undefined);
  for (let i = 1; i < HOT; i++) hook.run(1);
  hook.run(1, 2);
  const tiers = [hook.tier];
  for (let i = 1; i < HOT; i++) hook.run(1);
  tiers.push(hook.tier);
  hook.run(1);
  expect([...tiers, hook.tier]).toEqual(['loop', 'loop', 'templates']);
});

test('hooks that share templates keep their own handlers', () => {
  const hooks = Array.from({ length: 40 }, (_, i) => hookWith(16 + (i % 6), false).hook);
  for (const hook of hooks) heat(hook);
  expect(pool.free).toBe(0);
  expect(hooks.map(({ tier }) => tier)).toEqual(Array(40).fill('templates'));
  hooks.forEach((hook, i) => {
    expect(trailOf(hook)).toBe(numbers(16 + (i % 6)));
  });
});

test('an anchor at the end and one at the beginning of a compiled hook', () => {
  const { hook } = hookWith(2, true);
  heat(hook);
  hook.attach(step('first'), { at: first() });
  hook.attach(step('last'), { at: last() });
  expect(trailOf(hook)).toBe('first 0 1 last');
});
