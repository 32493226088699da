import { expect, test } from 'vitest';
import { faultsOf } from '../../test/planner/check-plan.js';
import { chain, problem, said } from '../../test/planner/problems.js';
import { PlanCache } from './plan-cache.js';
import type { Problem } from './problem.js';
import { solve } from './solve.js';

const order = ['A', 'B', 'cni'];

/** The same chain on another interface: other ids, others' programs under other words. */
function onInterface(number: number, more: Partial<Problem> = {}): Problem {
  const today = chain('B', '[other]', 'A', '[cni]', '(leaving)').map((entry, index) => ({
    ...entry,
    slot: `link:${number * 10 + index}`,
    key: entry.key === 'other' || entry.key === 'leaving' ? `${entry.key} ${number}` : entry.key,
  }));
  return problem(today, ['A', 'B'], { order, ...more });
}

test('solves what is alike once, and answers each in its own words', () => {
  const cache = new PlanCache();
  for (let number = 1; number <= 5; number++) {
    const given = onInterface(number);
    const answer = cache.solve(given);
    expect(answer).toEqual(solve(given));
    expect(answer.ok && faultsOf(given, answer.plan)).toEqual([]);
  }
  expect(cache.solved).toBe(1);
});

test('solves what differs each by itself', () => {
  const cache = new PlanCache();
  const differing: readonly Problem[] = [
    onInterface(1),
    onInterface(1, { strategy: 'gap' }),
    onInterface(1, { first: { key: 'A', source: said('first: A') } }),
    onInterface(1, { withoutStandIn: { A: 'no' } }),
    onInterface(1, { constraints: [] }),
    { ...onInterface(1), wanted: [{ key: 'A', kind: 'link' }] },
    { ...onInterface(1), today: onInterface(1).today.toReversed() },
  ];
  for (const given of differing) expect(cache.solve(given)).toEqual(solve(given));
  expect(cache.solved).toBe(differing.length);
});

test('names walls of which nothing is said in a reason', () => {
  const cache = new PlanCache();
  for (const number of [1, 2]) {
    const given = onInterface(number, { last: { key: 'cni', source: said('last: cni') } });
    const behind = {
      ...given,
      today: [...given.today, { ...given.today[1]!, slot: 'link:99', key: `late ${number}` }],
    };
    const answer = cache.solve(behind);
    expect(answer).toEqual(solve(behind));
    expect(JSON.stringify(answer)).toContain(`late ${number}`);
  }
  expect(cache.solved).toBe(1);
});

test('tells apart walls of which something is said', () => {
  const cache = new PlanCache();
  const given = onInterface(1);
  cache.solve(given);
  const renamed = given.today.map((entry) => (entry.key === 'cni' ? { ...entry, key: 'else' } : entry));
  expect(cache.solve({ ...given, today: renamed })).toEqual(solve({ ...given, today: renamed }));
  expect(cache.solved).toBe(2);
});
