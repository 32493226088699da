import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { hookOf, namesOf, type Step, step, trailOf } from '../test/hooks.js';
import { type Attachment, after, before, first, Hook, replace } from './index.js';

describe('running', () => {
  test('it ends at the first verdict', () => {
    const { hook } = hookOf('a');
    hook.attach(step('b', 'stop'));
    hook.attach(step('c'));
    const trail: string[] = [];
    expect(hook.run(trail)).toBe('stop');
    expect(trail).toEqual(['a', 'b']);
    expect(hookOf('a').hook.run([])).toBeUndefined();
    expect(new Hook().run()).toBeUndefined();
  });

  test('types follow the handler', async () => {
    const hook = new Hook<(path: string, depth: number) => Promise<number> | string | void>();
    expectTypeOf(hook.run).parameters.toEqualTypeOf<[path: string, depth: number]>();
    expectTypeOf(hook.run).returns.toEqualTypeOf<Promise<number> | string | undefined>();
    expectTypeOf(await hook.runAsync('/', 1)).toEqualTypeOf<number | string | undefined>();
  });

  test('what a handler throws reaches the caller, and the hook is as usable as before', async () => {
    const { hook, at } = hookOf('a b');
    const failure = new Error('broken');
    const fail = hook.attach(
      () => {
        throw failure;
      },
      { at: after(at.a!) },
    );
    const trail: string[] = [];
    expect(() => hook.run(trail)).toThrow(failure);
    await expect(hook.runAsync(trail)).rejects.toBe(failure);
    expect(trail).toEqual(['a', 'a']);
    fail.close();
    expect(trailOf(hook)).toBe('a b');
  });
});

describe('spec 3.1: a run walks a snapshot', () => {
  test('a handler that detaches itself', () => {
    const { hook, at } = hookOf('a b');
    const once: Attachment<Step> = hook.attach(
      (trail) => {
        trail.push('once');
        once.close();
        return undefined;
      },
      { at: before(at.b!) },
    );
    expect([trailOf(hook), trailOf(hook)]).toEqual(['a once b', 'a b']);
  });

  test('a handler that detaches all others and attaches new ones, at both ends and in the middle', () => {
    const { hook, at } = hookOf('a b c');
    hook.attach(
      (trail) => {
        trail.push('x');
        for (const name of ['a', 'c']) at[name]!.close();
        hook.attach(step('first'), { name: 'first', at: first() });
        hook.attach(step('last'), { name: 'last' });
        hook.attach(step('d'), { name: 'd', at: replace(at.b!) });
        return undefined;
      },
      { name: 'x', at: after(at.a!) },
    );
    expect(trailOf(hook)).toBe('a x b c');
    expect(namesOf(hook)).toBe('first x d last');
  });

  test('a run inside a run sees the changes, the outer one does not', () => {
    const { hook, at } = hookOf('a b');
    let inner = '';
    const nest = hook.attach(
      (trail) => {
        trail.push('nest');
        nest.close();
        at.b!.close();
        hook.attach(step('c'), { name: 'c' });
        inner = trailOf(hook);
        return undefined;
      },
      { at: first() },
    );
    expect([trailOf(hook), inner]).toEqual(['nest a b', 'a c']);
  });

  test('a handler that fails after it changed the hook leaves the change', () => {
    const { hook, at } = hookOf('a b');
    hook.attach(() => {
      at.a!.close();
      throw new Error('broken');
    });
    expect(() => trailOf(hook)).toThrow('broken');
    expect(hook.query().attachments.map(({ name }) => name)).toEqual(['b', 'anonymous']);
  });

  test('an asynchronous run is not disturbed by changes between and inside its steps', async () => {
    const hook = new Hook<(trail: string[]) => Promise<void>>();
    const slow = (name: string) => async (trail: string[]) => {
      await Promise.resolve();
      trail.push(name);
    };
    const a = hook.attach(slow('a'), { name: 'a' });
    const b = hook.attach(slow('b'), { name: 'b' });
    hook.attach(
      async (trail) => {
        b.close();
        hook.attach(slow('d'), { at: first() });
        trail.push('changes');
      },
      { at: after(a) },
    );
    const trail: string[] = [];
    const running = hook.runAsync(trail);
    a.close();
    hook.attach(slow('c'), { name: 'c' });
    await running;
    expect(trail).toEqual(['a', 'changes', 'b']);
    const later: string[] = [];
    await hook.runAsync(later);
    expect(later).toEqual(['d', 'changes', 'c']);
  });

  test('many asynchronous runs at once keep their own snapshots', async () => {
    const hook = new Hook<(n: number) => Promise<number | undefined>>();
    const pass = vi.fn(async () => undefined);
    const early = hook.attach(pass);
    hook.attach(async (n) => n);
    const before = [hook.runAsync(1), hook.runAsync(2)];
    early.close();
    const behind = hook.runAsync(3);
    expect(await Promise.all([...before, behind])).toEqual([1, 2, 3]);
    expect(pass).toHaveBeenCalledTimes(2);
  });
});
