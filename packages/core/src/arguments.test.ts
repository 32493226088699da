import { describe, expect, test } from 'vitest';
import { chainOf } from '../test/chains.js';
import {
  attach,
  attachOrThrow,
  Chain,
  combine,
  detach,
  detachOrThrow,
  Hook,
  MprogError,
  query,
  run,
  runAsync,
  toRevision,
} from './index.js';

const textless = Object.create(null) as never;

function refusal(action: () => unknown): MprogError {
  try {
    action();
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('an argument of a wrong kind is ERR_INVALID_ARGUMENT with its name', () => {
  const hook = new Hook<() => undefined>();
  const handler = () => undefined;
  test.each<[string, () => unknown, string]>([
    [
      'name of a hook',
      () => new Hook({ name: 10n as never }),
      'create hook: name must be a string, got bigint',
    ],
    [
      'no options of a hook',
      () => new Hook(null as never),
      'create hook: options must be an object, got null',
    ],
    [
      'no options of a chain',
      () => new Chain(null as never),
      'create chain: options must be an object, got null',
    ],
    [
      'a capacity',
      () => new Chain({ capacity: textless }),
      'capacity must be an integer from 1 to 1048576, got an object',
    ],
    ['options of attach', () => hook.attach(handler, null as never), 'options must be an object, got null'],
    ['options of detach', () => hook.detach(handler, null as never), 'options must be an object, got null'],
    ['options of tryDetach', () => hook.tryDetach(handler, 5 as never), 'options must be an object, got 5'],
    ['anchors', () => combine(5 as never), 'combine anchors: anchors must be an array, got 5'],
    [
      'one of anchors',
      () => combine([null as never]),
      'combine anchors: each of anchors must be an object, got null',
    ],
    [
      'attach',
      () => attach(chainOf([1]), null as never),
      'attach program: request must be an object, got null',
    ],
    [
      'detach',
      () => detach(chainOf([1]), null as never),
      'detach program: request must be an object, got null',
    ],
    ['query', () => query(chainOf([1]), null as never), 'query chain: request must be an object, got null'],
    [
      'attachOrThrow',
      () => attachOrThrow(chainOf([1]), null as never),
      'attach program: request must be an object',
    ],
    [
      'detachOrThrow',
      () => detachOrThrow(chainOf([1]), null as never),
      'detach program: request must be an object',
    ],
    ['a program', () => attachOrThrow(chainOf([1]), { program: textless }), 'got an object'],
    ['a link', () => detach(chainOf([1]), { program: 1, link: textless }), 'link must be a handle'],
    ['a relative', () => attach(chainOf([1]), { program: 2, relative: textless }), 'relative must be'],
    [
      'a revision',
      () => attach(chainOf([1]), { program: 2, expectedRevision: textless }),
      'expectedRevision must be',
    ],
    ['a capacity of a query', () => query(chainOf([1]), { capacity: textless }), 'capacity must be'],
    ['a revision at a border', () => toRevision(textless), '"an object" is not a non-negative integer'],
    ['handlers', () => run(null as never, []), 'run handlers: handlers must be an array, got null'],
    [
      'a saved handle',
      () => Chain.restore({ capacity: 63, revision: 2, programs: [1n as never], links: [0] }),
      '1 is not a handle',
    ],
  ])('%s', (_, action, words) => {
    const error = refusal(action);
    expect(error.code).toBe('ERR_INVALID_ARGUMENT');
    expect(error.message).toContain(words);
  });

  test('handlers of runAsync', async () => {
    await expect(runAsync(null as never, [])).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});

test('a saved chain that lacks a field is refused by its name', () => {
  const whole = { capacity: 63, revision: 5, programs: [1, 2, 3, 4], links: [0, 0, 0, 0] };
  for (const field of Object.keys(whole)) {
    const { [field]: _, ...cut } = whole as Record<string, unknown>;
    expect(refusal(() => Chain.restore(cut as never)).message).toBe(
      `restore chain: the field ${field} is missing`,
    );
  }
  expect(refusal(() => Chain.restore({ ...whole, revision: null as never })).message).toBe(
    'restore chain: revision must be an integer, got null',
  );
});
