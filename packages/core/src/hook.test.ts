import { describe, expect, test } from 'vitest';
import { errorOf, hookOf, namesOf, type Step, step, trailOf } from '../test/hooks.js';
import {
  type Attachment,
  after,
  before,
  combine,
  first,
  Hook,
  last,
  RefusalError,
  relativeTo,
  replace,
} from './index.js';

describe('attaching', () => {
  const x = step('x');
  type Options = Parameters<Hook<Step>['attach']>[1];
  test.each<[string, (at: Record<string, Attachment<Step>>) => Options, string]>([
    ['nothing: last', () => ({}), 'a b c x'],
    ['first()', () => ({ at: first() }), 'x a b c'],
    ['last()', () => ({ at: last() }), 'a b c x'],
    ['before an attachment', ({ b }) => ({ at: before(b!) }), 'a x b c'],
    ['after an attachment', ({ b }) => ({ at: after(b!) }), 'a b x c'],
    ['before a function', ({ a }) => ({ at: before(a!.handler) }), 'x a b c'],
    ['after a function', ({ c }) => ({ at: after(c!.handler) }), 'a b c x'],
    ['replace an attachment', ({ b }) => ({ at: replace(b!) }), 'a x c'],
    ['replace a function', ({ b }) => ({ at: replace(b!.handler) }), 'a x c'],
    ['replace, checked by before', ({ b, c }) => ({ at: combine([replace(b!), before(c!)]) }), 'a x c'],
    ['replace, checked by after', ({ b, a }) => ({ at: combine([replace(b!), after(a!)]) }), 'a x c'],
    ['at the expected revision', () => ({ expectedRevision: 4 }), 'a b c x'],
  ])('%s', (_name, options, order) => {
    const { hook, at } = hookOf('a b c');
    const attachment = hook.attach(x, { name: 'x', ...options(at) });
    expect(attachment).toMatchObject({ handler: x, name: 'x', closed: false });
    expect(trailOf(hook)).toBe(order);
    expect(namesOf(hook)).toBe(order);
    expect(hook.revision).toBe(5);
  });

  test('names: the one given, else that of the function, else anonymous', () => {
    const hook = new Hook<() => void>();
    function auth(): void {}
    expect(hook.attach(auth).name).toBe('auth');
    expect(hook.attach((() => () => {})()).name).toBe('anonymous');
    expect(hook.attach(() => {}, { name: 'log' }).name).toBe('log');
  });

  test('replace closes what was there; closing it again leaves the successor alone', () => {
    const { hook, at } = hookOf('a b');
    hook.attach(x, { name: 'x', at: replace(at.a!) });
    expect(at.a!.closed).toBe(true);
    at.a!.close();
    expect(trailOf(hook)).toBe('x b');
    expect(hook.revision).toBe(4);
  });

  test('a function that was detached or replaced can be attached again', () => {
    const { hook, at } = hookOf('a b');
    const a = at.a!.handler;
    hook.attach(x, { name: 'x', at: replace(a) });
    hook.attach(a, { name: 'a', at: replace(x) });
    at.b!.close();
    hook.attach(at.b!.handler, { name: 'b', at: first() });
    expect(trailOf(hook)).toBe('b a');
  });
});

describe('refusals', () => {
  const x = step('x');
  const other = hookOf('o');
  const cases: [string, string, (at: Record<string, Attachment<Step>>) => [Step, object], string][] = [
    ['a stale revision', 'ESTALE', () => [x, { expectedRevision: 3 }], 'revision is 4, expected 3'],
    [
      'a stale bigint revision',
      'ESTALE',
      () => [x, { expectedRevision: 2n ** 63n }],
      'expected 9223372036854775808',
    ],
    [
      'the same function twice',
      'EEXIST',
      ({ b }) => [b!.handler, {}],
      'attached here already, at position 2 of 3',
    ],
    ['replace by itself', 'EEXIST', ({ b }) => [b!.handler, { at: replace(b!) }], 'attached here already'],
    ['before a function that is not here', 'ENOENT', () => [x, { at: before(step('y')) }], 'the function'],
    [
      'after a closed attachment',
      'ENOENT',
      ({ gone }) => [x, { at: after(gone!) }],
      'the attachment "gone" is closed',
    ],
    [
      'replace of a closed attachment',
      'ENOENT',
      ({ gone }) => [x, { at: replace(gone!) }],
      '"gone" is closed',
    ],
    [
      'before an attachment of another hook',
      'ENOENT',
      () => [x, { at: before(other.at.o!) }],
      '"o" belongs to another hook',
    ],
    [
      'replace of a foreign attachment',
      'ENOENT',
      () => [x, { at: replace(other.at.o!) }],
      '"o" belongs to another hook',
    ],
    [
      'before and after together',
      'ERANGE',
      ({ a }) => [x, { at: combine([before(a!), after(a!)]) }],
      'different positions',
    ],
    [
      'replace with a wrong neighbour',
      'ERANGE',
      ({ a, c }) => [x, { at: combine([replace(a!), before(c!)]) }],
      'different positions',
    ],
    [
      'a lone relative object',
      'EINVAL',
      ({ a }) => [x, { at: relativeTo(a!) }],
      'without before, after or replace',
    ],
  ];

  test.each(cases)('%s is %s', (_name, code, build, words) => {
    const { hook, at } = hookOf('a b c');
    const gone = hookOf('gone').at.gone!;
    gone.close();
    const [handler, options] = build({ ...at, gone });
    expect(hook.tryAttach(handler, options)).toBe(code);
    const error = errorOf(() => hook.attach(handler, { name: 'n', ...options }));
    expect(RefusalError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code,
      data: { hook: 'test', name: 'n', revision: 4, count: 3, capacity: 63 },
    });
    expect(error.message).toContain(`attach "n" to hook "test": `);
    expect(error.message).toContain(words);
    expect([namesOf(hook), hook.revision]).toEqual(['a b c', 4]);
  });

  test('a full hook is ERANGE, except for replace', () => {
    const { hook, at } = hookOf('a b', 2);
    expect(hook.tryAttach(x, { at: first() })).toBe('ERANGE');
    expect(errorOf(() => hook.attach(x)).message).toContain(
      'full, it holds 2 (ERANGE); detach a function or replace one',
    );
    hook.attach(x, { at: replace(at.a!), name: 'x' });
    expect(trailOf(hook)).toBe('x b');
    expect(new Hook().capacity).toBe(63);
  });

  test('the order of checks is that of spec 4.1: revision, duplicate, relative, replace', () => {
    const { hook, at } = hookOf('a');
    const absent = step('absent');
    const wrong = combine([replace(absent), before(absent)]);
    expect(hook.tryAttach(at.a!.handler, { at: wrong, expectedRevision: 1 })).toBe('ESTALE');
    expect(hook.tryAttach(at.a!.handler, { at: wrong })).toBe('EEXIST');
    expect(hook.tryAttach(x, { at: combine([replace(at.a!), before(absent)]) })).toBe('ENOENT');
  });
});

describe('arguments of a wrong kind', () => {
  const invalid = { code: 'ERR_INVALID_ARGUMENT' };
  test.each<[string, unknown, unknown]>([
    ['no function', undefined, {}],
    ['a text for a function', 'auth', {}],
    ['an attachment for a function', hookOf('a').at.a, {}],
    ['options that are null', () => {}, null],
    ['an anchor for options', () => {}, first()],
    ['a function for options', () => {}, first],
    ['a name that is no text', () => {}, { name: 5 }],
    ['a function as place', () => {}, { at: () => {} }],
    ['a text as place', () => {}, { at: 'first' }],
    ['null as place', () => {}, { at: null }],
    ['a text as relative object', () => {}, { at: before('auth') }],
    ['a number to replace', () => {}, { at: replace(1) }],
    ['a negative revision', () => {}, { expectedRevision: -1 }],
    ['a fraction as revision', () => {}, { expectedRevision: 1.5 }],
    ['NaN as revision', () => {}, { expectedRevision: Number.NaN }],
    ['an unsafe revision', () => {}, { expectedRevision: 2 ** 53 }],
    ['a text as revision', () => {}, { expectedRevision: '1' }],
  ])('%s: both forms throw, nothing changed', (_name, handler, options) => {
    const { hook } = hookOf('a');
    expect(errorOf(() => hook.attach(handler as Step, options as object))).toMatchObject(invalid);
    expect(errorOf(() => hook.tryAttach(handler as Step, options as object))).toMatchObject(invalid);
    expect([namesOf(hook), hook.revision]).toEqual(['a', 2]);
  });

  test.each([undefined, null, 'a', 1, {}])('detach of %s', (target) => {
    const { hook } = hookOf('a');
    expect(errorOf(() => hook.detach(target as never))).toMatchObject(invalid);
    expect(errorOf(() => hook.tryDetach(target as never))).toMatchObject(invalid);
  });

  test.each([0, -1, 2.5, Number.NaN, '3', 2 ** 21])('a capacity of %s', (capacity) => {
    expect(errorOf(() => new Hook({ capacity: capacity as number }))).toMatchObject(invalid);
  });
});

describe('detaching', () => {
  test('close detaches once and does nothing afterwards', () => {
    const { hook, at } = hookOf('a b c');
    at.b!.close();
    at.b!.close();
    expect(at.b!.closed).toBe(true);
    expect([trailOf(hook), hook.count, hook.revision]).toEqual(['a c', 2, 5]);
  });

  test('using detaches at the end of the block', () => {
    const { hook } = hookOf('a');
    {
      using attachment = hook.attach(step('x'), { name: 'x' });
      expect(attachment.closed).toBe(false);
      expect(trailOf(hook)).toBe('a x');
    }
    expect(trailOf(hook)).toBe('a');
  });

  test('every one of a full hook can be closed, the last too', () => {
    const { hook, at } = hookOf('a b', 2);
    at.b!.close();
    at.a!.close();
    expect(hook.count).toBe(0);
  });

  test('detach takes an attachment or a function, and the revision', () => {
    const { hook, at } = hookOf('a b');
    hook.detach(at.a!, { expectedRevision: 3 });
    expect(at.a!.closed).toBe(true);
    expect(hook.tryDetach(at.b!.handler, { expectedRevision: 3 })).toBe('ESTALE');
    expect(hook.tryDetach(at.b!.handler, { expectedRevision: 4 })).toBeUndefined();
    expect([hook.count, at.b!.closed]).toEqual([0, true]);
  });

  test('detach of what is not here is ENOENT', () => {
    const { hook, at } = hookOf('a b');
    const closed = at.a!;
    closed.close();
    for (const target of [closed, closed.handler, step('x'), hookOf('a').at.a!]) {
      expect(hook.tryDetach(target)).toBe('ENOENT');
    }
    const error = errorOf(() => hook.detach(closed));
    expect(error.message).toContain(
      'detach "a" from hook "test": the function is not attached here (ENOENT)',
    );
    expect(errorOf(() => hook.detach(at.b!, { expectedRevision: 9 }))).toMatchObject({
      code: 'ESTALE',
      data: { hook: 'test', name: 'b', revision: 4, expectedRevision: 9 },
    });
    expect(namesOf(hook)).toBe('b');
  });

  test('an attachment of another hook with the same place among its handles is not taken for ours', () => {
    const ours = hookOf('a');
    const theirs = hookOf('a');
    expect(ours.hook.tryDetach(theirs.at.a!)).toBe('ENOENT');
    expect([ours.hook.count, theirs.hook.count]).toEqual([1, 1]);
  });
});

test('query gives revision and attachments in order, as they are at that moment', () => {
  const { hook, at } = hookOf('a b');
  const seen = hook.query();
  at.a!.close();
  expect(seen).toEqual({ revision: 3, attachments: [at.a, at.b] });
  expect(Object.isFrozen(seen) && Object.isFrozen(seen.attachments)).toBe(true);
  expect(hook.query()).toEqual({ revision: 4, attachments: [at.b] });
  expect(hook.tryAttach(step('x'), { expectedRevision: seen.revision })).toBe('ESTALE');
});
