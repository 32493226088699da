import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../test/planner/check-plan.js';
import { anyProblem, cgroup, chain, problem, said, tcx, words } from '../../test/planner/problems.js';
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

test('tells copies of one program from two programs, on a hook that can have them', () => {
  const cache = new PlanCache();
  const on = (...today: readonly string[]) => problem(chain(...today), ['A/link'], { rules: cgroup });
  const alike = [on('[v/link]', '[w/link]', '[v/link]'), on('[x/link]', '[y/link]', '[x/link]')];
  const differing = [...alike.slice(0, 1), on('[v/link]', '[w/link]', '[u/link]')];
  const untold = on('[v/link?]', '[w/link]', '[v/link?]');
  for (const given of [...alike, ...differing, untold]) expect(cache.solve(given)).toEqual(solve(given));
  expect(cache.solved).toBe(3);
});

describe('a remembered answer is the answer', () => {
  const cache = new PlanCache();

  /** The same problem in other words, of places all, of others those of which nothing is said. */
  function renamed(given: Problem, suffix: string): Problem {
    const said = new Set(given.constraints.flatMap(({ before, after }) => [before, after]));
    for (const claim of [given.first, given.last]) if (claim !== null) said.add(claim.key);
    return {
      ...given,
      today: given.today.map((entry) => ({
        ...entry,
        slot: `${entry.slot}${suffix}`,
        key: entry.role === 'own' || said.has(entry.key) ? entry.key : `${entry.key}${suffix}`,
      })),
    };
  }

  /** Problems that differ in one thing each, which may or may not make a difference to the planner. */
  function neighbours(given: Problem): readonly Problem[] {
    const { today, rules, withoutStandIn } = given;
    const flags = ['standIn', 'outdated', 'untold'] as const;
    const at = (index: number, change: Partial<Problem['today'][number]>): Problem => ({
      ...given,
      today: today.with(index, { ...today[index]!, ...change }),
    });
    return [
      ...today.flatMap((entry, index) => [
        ...(entry.role === 'wall' ? [at(index, { key: 'alone' })] : []),
        ...(entry.role === 'wall' ? [at(index, { key: today[0]!.key })] : []),
        at(index, { kind: entry.kind === 'link' ? 'direct' : 'link' }),
        ...(entry.role === 'own' ? [] : [at(index, { role: entry.role === 'wall' ? 'leaving' : 'wall' })]),
        ...flags.flatMap((flag) =>
          entry.role === 'own' || flag === 'untold' ? [at(index, { [flag]: true })] : [],
        ),
      ]),
      ...given.wanted.map(({ key }) => ({ ...given, withoutStandIn: { ...withoutStandIn, [key]: 'no' } })),
      { ...given, wanted: given.wanted.toReversed() },
      { ...given, constraints: given.constraints.slice(1) },
      { ...given, first: null },
      { ...given, last: null },
      { ...given, rules: { ...rules, besideSameKind: !rules.besideSameKind } },
      { ...given, rules: { ...rules, linkRepeats: !rules.linkRepeats } },
      { ...given, rules: { ...rules, replaceWhenFull: !rules.replaceWhenFull } },
      { ...given, rules: { ...rules, waits: !rules.waits } },
      { ...given, rules: { ...rules, capacity: today.length } },
    ];
  }

  test.each(['overlap', 'in-place', 'gap'] as const)('with %s', (strategy) => {
    const making = { own: 3, walls: 4, rules: [cgroup, tcx], isUntold: true, strategies: [strategy] };
    fc.assert(
      fc.property(anyProblem(making), (given) => {
        const before = cache.solved;
        for (const each of [given, renamed(given, "'"), renamed(given, '"')]) {
          expect(cache.solve(each), words(each.today)).toEqual(solve(each));
        }
        expect(cache.solved - before).toBeLessThanOrEqual(1);
        for (const each of neighbours(given))
          expect(cache.solve(each), words(each.today)).toEqual(solve(each));
      }),
      { seed: 618, numRuns: 25 },
    );
  });
});
