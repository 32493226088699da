import { describe, expect, test } from 'vitest';
import { type Anchor, after, before, combine, first, last, relativeTo, replace } from './index.js';

const nothing = { before: false, after: false, relative: undefined, replace: undefined };
const invalid = expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' });

test.each<[string, Anchor<string>, Partial<Anchor<string>>]>([
  ['first', first(), { before: true }],
  ['last', last(), { after: true }],
  ['before', before('x'), { before: true, relative: 'x' }],
  ['after', after('x'), { after: true, relative: 'x' }],
  ['replace', replace('x'), { replace: 'x' }],
  ['relativeTo', relativeTo('x'), { relative: 'x' }],
])('%s is a frozen value', (_name, anchor, parts) => {
  expect(anchor).toEqual({ ...nothing, ...parts });
  expect(Object.isFrozen(anchor)).toBe(true);
});

test('falsy objects are objects', () => {
  expect(before(0)).toMatchObject({ before: true, relative: 0 });
  expect(combine([before(0), replace('')] as Anchor<unknown>[])).toMatchObject({ relative: 0, replace: '' });
});

describe('combinations of one request', () => {
  test.each<[string, Anchor<string>[], Partial<Anchor<string>>]>([
    ['one', [before('x')], { before: true, relative: 'x' }],
    ['first and last', [first(), last()], { before: true, after: true }],
    ['before and after x', [before('x'), after('x')], { before: true, after: true, relative: 'x' }],
    ['replace, before', [replace('o'), before('x')], { replace: 'o', before: true, relative: 'x' }],
    ['after, replace', [after('x'), replace('o')], { replace: 'o', after: true, relative: 'x' }],
    ['replace, first', [replace('o'), first()], { replace: 'o', before: true }],
    ['replace, relative', [replace('o'), relativeTo('x')], { replace: 'o', relative: 'x' }],
    ['relative, before x', [relativeTo('x'), before('x')], { before: true, relative: 'x' }],
    [
      'all of them',
      [replace('o'), before('x'), after('x')],
      { replace: 'o', before: true, after: true, relative: 'x' },
    ],
  ])('%s', (_name, anchors, parts) => {
    const combined = combine(anchors);
    expect(combined).toEqual({ ...nothing, ...parts });
    expect(Object.isFrozen(combined)).toBe(true);
  });

  test('objects are compared by identity unless told otherwise', () => {
    const a = before({ id: 1 });
    const b = after({ id: 1 });
    expect(() => combine([a, b])).toThrow(invalid);
    expect(combine([a, b], (x, y) => x.id === y.id)).toMatchObject({
      before: true,
      after: true,
      relative: { id: 1 },
    });
  });

  test.each<[string, Anchor<string>[]]>([
    ['none', []],
    ['before twice', [before('x'), before('x')]],
    ['first and before', [first(), before('x')]],
    ['after twice', [after('x'), last()]],
    ['replace twice', [replace('x'), replace('x')]],
    ['two relative objects', [before('x'), after('y')]],
    ['a relative object and none', [first(), after('x')]],
    ['a lone relative object and none', [relativeTo('x'), last()]],
  ])('%s cannot be one request', (_name, anchors) => {
    expect(() => combine(anchors)).toThrow(invalid);
  });
});

test.each([before, after, replace, relativeTo])('$name needs an object', (build) => {
  expect(() => build(undefined)).toThrow(invalid);
  expect(() => build(null)).toThrow(invalid);
});
