import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { NEXT, run, runAsync } from './index.js';

describe('run', () => {
  test('the first verdict other than NEXT is returned and those behind do not run', () => {
    const behind = vi.fn();
    expect(run([() => NEXT, () => {}, (n: number) => n * 2, behind], [21])).toBe(42);
    expect(behind).not.toHaveBeenCalled();
  });

  test.each([0, false, '', null, Number.NaN])('%s is a verdict', (verdict) => {
    expect(run([() => NEXT, () => verdict, () => 'behind'], [])).toBe(verdict);
  });

  test('without handlers, or when all let it go on, the result is NEXT', () => {
    expect(run([], [])).toBe(NEXT);
    expect(run([() => {}, () => NEXT], [])).toBe(NEXT);
  });

  test('handlers get the arguments and no this', () => {
    const seen: unknown[] = [];
    const handler = function (this: unknown, ...args: number[]): void {
      seen.push(this, args);
    };
    run([handler], [1, 2]);
    expect(seen).toEqual([undefined, [1, 2]]);
  });

  test('what a handler throws reaches the caller', () => {
    const behind = vi.fn();
    const failure = new Error('broken');
    const fail = (): void => {
      throw failure;
    };
    expect(() => run([fail, behind], [])).toThrow(failure);
    expect(behind).not.toHaveBeenCalled();
  });

  test('the type of the verdict leaves out what means NEXT', () => {
    expectTypeOf(run([] as ((n: number) => string | void)[], [1])).toEqualTypeOf<string | undefined>();
  });
});

describe('runAsync', () => {
  test('each handler is awaited before the next one is called', async () => {
    const order: string[] = [];
    const step = (name: string, verdict?: number) => async (): Promise<number | undefined> => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      return verdict;
    };
    expect(await runAsync([step('a'), step('b', 7), step('c')], [])).toBe(7);
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  test('handlers that return at once may be among them', async () => {
    const mixed: (() => Promise<undefined> | number | undefined)[] = [() => NEXT, async () => NEXT, () => 3];
    expect(await runAsync(mixed, [])).toBe(3);
    expect(await runAsync([], [])).toBe(NEXT);
  });

  test('a handler that throws and one that is rejected both reject the run', async () => {
    const failure = new Error('broken');
    const behind = vi.fn();
    const fail = (): void => {
      throw failure;
    };
    await expect(runAsync([fail, behind], [])).rejects.toBe(failure);
    await expect(runAsync([async () => fail(), behind], [])).rejects.toBe(failure);
    expect(behind).not.toHaveBeenCalled();
  });

  test('the type of the verdict is that of the promise', () => {
    const result = runAsync([] as (() => Promise<string | void> | number)[], []);
    expectTypeOf(result).toEqualTypeOf<Promise<string | number | undefined>>();
  });
});
