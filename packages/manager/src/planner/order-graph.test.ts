import { expect, test } from 'vitest';
import { chain, problem, said } from '../../test/planner/problems.js';
import { whyUnsatisfiable } from './order-graph.js';

const first = (key: string) => ({ key, source: said(`first: ${key}`) });
const last = (key: string) => ({ key, source: said(`last: ${key}`) });

test('finds nothing where there is an order', () => {
  const given = problem(chain('[w]', '[v]'), ['A', 'B'], {
    order: ['A', 'w', 'B'],
    first: first('A'),
    last: last('v'),
  });
  expect(whyUnsatisfiable(given)).toBeNull();
});

test('names a cycle of what was said', () => {
  expect(whyUnsatisfiable(problem([], ['A', 'B', 'C'], { order: ['A', 'B', 'C', 'A'] }))).toEqual({
    kind: 'cycle',
    edges: [
      { kind: 'constraint', before: 'A', after: 'B', source: said('order: A before B') },
      { kind: 'constraint', before: 'B', after: 'C', source: said('order: B before C') },
      { kind: 'constraint', before: 'C', after: 'A', source: said('order: C before A') },
    ],
  });
});

test('names the shortest of several cycles', () => {
  const reason = whyUnsatisfiable(problem([], ['A', 'B', 'C'], { order: ['A', 'B', 'C', 'A', 'C'] }));
  expect(reason).toMatchObject({ kind: 'cycle', edges: [{ before: 'A' }, { before: 'C' }] });
});

test('names a cycle that closes through the order of walls', () => {
  const given = problem(chain('[w]', '[u]', '[v]'), ['A'], { order: ['v', 'A', 'w'] });
  expect(whyUnsatisfiable(given)).toMatchObject({
    kind: 'cycle',
    edges: [
      { kind: 'constraint', before: 'A', after: 'w' },
      { kind: 'wall', before: 'w', after: 'v' },
      { kind: 'constraint', before: 'v', after: 'A' },
    ],
  });
});

test('names a program that is to run before itself', () => {
  expect(whyUnsatisfiable(problem([], ['A'], { order: ['A', 'A'] }))).toMatchObject({
    kind: 'cycle',
    edges: [{ before: 'A' }],
  });
  const claimed = problem([], ['A', 'B'], { order: ['A', 'A'], first: first('A') });
  expect(whyUnsatisfiable(claimed)).toMatchObject({ kind: 'cycle', edges: [{ before: 'A' }] });
  expect(whyUnsatisfiable(problem([], ['B'], { order: ['A', 'A'] }))).toBeNull();
});

test('names a claim of a wall behind another wall', () => {
  expect(whyUnsatisfiable(problem(chain('[w]', '[v]'), [], { first: first('v') }))).toMatchObject({
    kind: 'cycle',
    edges: [
      { kind: 'wall', before: 'w', after: 'v' },
      { kind: 'constraint', before: 'v', after: 'w', source: said('first: v') },
    ],
  });
});

test('names claims that contradict each other or what else was said', () => {
  const both = { first: first('A'), last: last('A') };
  expect(whyUnsatisfiable(problem([], ['A', 'B'], both))).toEqual({
    kind: 'claims',
    claims: [both.first, both.last],
  });
  expect(whyUnsatisfiable(problem([], ['A'], both))).toBeNull();
  const late = problem(chain('[w]'), ['A'], { order: ['w', 'A'], first: first('A') });
  expect(whyUnsatisfiable(late)).toEqual({ kind: 'claims', claims: [late.first, late.constraints[0]] });
  const early = problem(chain('[w]'), ['A'], { order: ['A', 'w'], last: last('A') });
  expect(whyUnsatisfiable(early)).toEqual({ kind: 'claims', claims: [early.last, early.constraints[0]] });
});

test('minds neither what leaves nor what is not wanted', () => {
  const given = problem(chain('(x)', 'B', '[w]'), ['A'], {
    order: ['w', 'A', 'x', 'B', 'w'],
    last: last('A'),
  });
  expect(whyUnsatisfiable(given)).toBeNull();
});
