import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choosePlace, type Mark, type PlaceRequest } from './choose-place.js';

const mark = (index: number, label = `#${index}`): Mark => ({ index, label });
const SEED = 20260801;

/** Whether a place satisfies a request, said for each part on its own. */
function satisfies(request: PlaceRequest, index: number): boolean {
  const { count, first, last, before = [], after = [], replace } = request;
  if (replace) {
    return (
      index === replace.index &&
      (!first || index === 0) &&
      (!last || index === count - 1) &&
      before.every((m) => index < m.index) &&
      after.every((m) => index > m.index)
    );
  }
  // Where each old member stands once the new one is in.
  const moved = (m: Mark) => (m.index >= index ? m.index + 1 : m.index);
  return (
    index >= 0 &&
    index <= count &&
    (!first || index === 0) &&
    (!last || index === count) &&
    before.every((m) => index < moved(m)) &&
    after.every((m) => index > moved(m))
  );
}

const requests: fc.Arbitrary<PlaceRequest> = fc.integer({ min: 0, max: 12 }).chain((count) => {
  const marks =
    count === 0
      ? fc.constant<readonly Mark[]>([])
      : fc.array(
          fc.integer({ min: 0, max: count - 1 }).map((index) => mark(index)),
          { maxLength: 4 },
        );
  return fc.record({
    count: fc.constant(count),
    first: fc.boolean(),
    last: fc.boolean(),
    before: marks.map((all) => all.map((m) => mark(m.index, `before ${m.index}`))),
    after: marks.map((all) => all.map((m) => mark(m.index, `after ${m.index}`))),
    replace:
      count === 0
        ? fc.constant(null)
        : fc.option(
            fc.integer({ min: 0, max: count - 1 }).map((index) => mark(index, 'replace')),
            { nil: null },
          ),
  });
});

describe('choosePlace', () => {
  test(`finds a place exactly where brute force finds one, the one nearest the end (seed ${SEED})`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const fitting = Array.from({ length: request.count + 1 }, (_, i) => i).filter((i) =>
          satisfies(request, i),
        );
        const place = choosePlace(request);
        expect(place.found).toBe(fitting.length > 0);
        if (place.found) expect(place.index).toBe(fitting.at(-1));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test(`the two that it names contradict each other on their own (seed ${SEED})`, () => {
    fc.assert(
      fc.property(requests, (request) => {
        const place = choosePlace(request);
        if (place.found) return;
        const named = new Set(place.between);
        const only: PlaceRequest = {
          count: request.count,
          first: request.first === true && named.has('first'),
          last: request.last === true && named.has('last'),
          before: (request.before ?? []).filter((m) => named.has(m.label)),
          after: (request.after ?? []).filter((m) => named.has(m.label)),
          replace: request.replace && named.has('replace') ? request.replace : null,
        };
        const fitting = Array.from({ length: request.count + 1 }, (_, i) => i).filter((i) =>
          satisfies(only, i),
        );
        expect(place.between).toHaveLength(2);
        expect(fitting).toEqual([]);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('without a wish it is the end', () => {
    expect(choosePlace({ count: 3 })).toMatchObject({ found: true, index: 3 });
  });

  test('several before: directly before the first of them', () => {
    expect(choosePlace({ count: 5, before: [mark(3), mark(1)] })).toMatchObject({ found: true, index: 1 });
  });

  test('several after: the end', () => {
    expect(choosePlace({ count: 5, after: [mark(0), mark(2)] })).toMatchObject({ found: true, index: 5 });
  });

  test('after one and before another: directly before the other', () => {
    expect(choosePlace({ count: 5, after: [mark(0)], before: [mark(3)] })).toMatchObject({
      found: true,
      index: 3,
    });
  });

  test('names the two that contradict', () => {
    expect(choosePlace({ count: 3, before: [mark(0, 'before a')], after: [mark(2, 'after c')] })).toEqual({
      found: false,
      between: ['after c', 'before a'],
    });
  });

  test('with replace the others are a check', () => {
    const replace = mark(1, 'replace b');
    expect(choosePlace({ count: 3, replace, before: [mark(2)] })).toMatchObject({ found: true, index: 1 });
    expect(choosePlace({ count: 3, replace, before: [mark(0, 'before a')] })).toEqual({
      found: false,
      between: ['replace b', 'before a'],
    });
    expect(choosePlace({ count: 3, replace, before: [mark(1, 'before b')] })).toEqual({
      found: false,
      between: ['replace b', 'before b'],
    });
  });
});
