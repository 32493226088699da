import { describe, expect, test } from 'vitest';
import { faultsOf } from '../../test/planner/check-plan.js';
import { cgroup, chain, problem, said, tcx, words } from '../../test/planner/problems.js';
import type { ChainPlan, Unsatisfiable } from './chain-plan.js';
import type { Problem } from './problem.js';
import { solve } from './solve.js';

/** Solves, and makes sure that the plan breaks no rule. */
function planOf(given: Problem): ChainPlan {
  const solution = solve(given);
  if (!solution.ok) throw new Error(JSON.stringify(solution.reason));
  expect(faultsOf(given, solution.plan)).toEqual([]);
  return solution.plan;
}

function statesOf(given: Problem): readonly string[] {
  return planOf(given).steps.map(({ after }) => words(after));
}

function reasonOf(given: Problem): Unsatisfiable {
  const solution = solve(given);
  if (solution.ok) throw new Error(`there is a plan: ${statesOf(given)}`);
  return solution.reason;
}

/** Constraints for each two neighbours of an order. */
function ordered(...order: readonly string[]): Pick<Problem, 'constraints'> {
  return { constraints: problem([], [], { order }).constraints };
}

const strategies = ['overlap', 'in-place', 'gap'] as const;
const order = ['A', 'B', 'C'];

describe('what is asked for', () => {
  test.each(strategies)('%s attaches three to an empty hook in the order that was said', (strategy) => {
    expect(statesOf(problem([], ['C', 'A', 'B'], { order, strategy }))).toHaveLength(3);
    expect(words(planOf(problem([], ['C', 'A', 'B'], { order, strategy })).target)).toBe('A B C');
  });

  test.each(strategies)(
    '%s puts what may stand anywhere at the end, in the order of the policy',
    (strategy) => {
      expect(words(planOf(problem(chain('[w]', '[v]'), ['B', 'A'], { strategy })).target)).toBe(
        '[w] [v] B A',
      );
    },
  );

  test.each(strategies)('%s changes nothing where nothing has to change', (strategy) => {
    expect(statesOf(problem(chain('B', '[w]', 'A'), ['A', 'B'], { strategy }))).toEqual([]);
  });

  test.each(strategies)('%s puts a newer version into its place before anything else', (strategy) => {
    const given = problem(chain('(x)', '[w]', 'A-'), ['A', 'B'], { order: ['A', 'w', 'B'], strategy });
    const [first] = planOf(given).steps;
    expect(first).toMatchObject({
      kind: 'replace',
      index: 2,
      entry: { outdated: true },
      by: { outdated: false },
    });
    expect(first!.entry.slot).toBe('id:3');
  });

  test.each(strategies)('%s removes what leaves and what is not wanted', (strategy) => {
    expect(statesOf(problem(chain('A', '(x)', 'B'), ['B'], { strategy }))).toEqual(['A B', 'B']);
  });

  test.each(strategies)(
    '%s heals a stand-in that was left alone, and takes away one too many',
    (strategy) => {
      expect(statesOf(problem(chain('A*', '[w]'), ['A'], { strategy }))).toEqual(['A [w]']);
      expect(statesOf(problem(chain('A*', '[w]', 'A'), ['A'], { strategy }))).toEqual(['[w] A']);
    },
  );

  test.each(strategies)('%s changes how a program is attached by an insert and a removal', (strategy) => {
    const { steps, target } = planOf(
      problem(chain('[w]', 'A', '[v]'), ['A/link'], { order: ['w', 'A', 'v'], strategy }),
    );
    expect(words(target)).toBe('[w] A/link [v]');
    expect(
      steps
        .filter(({ kind }) => kind !== 'replace')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['insert', 'remove']);
  });

  test.each(strategies)('%s keeps the newer one of two versions that are there', (strategy) => {
    expect(statesOf(problem(chain('A-', '[w]', 'A'), ['A'], { strategy }))).toEqual(['[w] A']);
  });

  test('takes over the place of what goes, within its kind alone', () => {
    expect(statesOf(problem(chain('[w]', 'A', '[v]'), ['B'], { order: ['w', 'B', 'v'] }))).toEqual([
      '[w] B [v]',
    ]);
    expect(statesOf(problem(chain('[w]', 'A', '[v]'), ['B/link'], { order: ['w', 'B', 'v'] }))).toHaveLength(
      2,
    );
    expect(statesOf(problem(chain('[w]', '(A)', '[v]'), ['B'], { order: ['w', 'B', 'v'] }))).toEqual([
      '[w] [v]',
      '[w] B [v]',
    ]);
  });

  test('holds what is said of walls for each that bears the key', () => {
    const walls = chain('[w]', '[x]', '[w]', '[x]');
    expect(words(planOf(problem(walls, ['A'], { order: ['A', 'w'] })).target)).toBe('A [w] [x] [w] [x]');
    expect(words(planOf(problem(walls, ['A'], { order: ['w', 'A'] })).target)).toBe('[w] [x] [w] [x] A');
    expect(reasonOf(problem(walls, ['A'], { order: ['w', 'A', 'x'] })).kind).toBe('cycle');
  });

  test('puts claimants at the ends, before and after everything', () => {
    const first = { key: 'A', source: said('first: A') };
    const last = { key: 'B', source: said('last: B') };
    const given = problem(chain('B', '[w]', 'C', 'A'), ['A', 'B', 'C'], { first, last });
    expect(words(planOf(given).target)).toBe('A [w] C B');
    expect(words(planOf(problem(chain('[w]'), ['A', 'B'], { last: { ...last, key: 'w' } })).target)).toBe(
      'A B [w]',
    );
  });

  test('says nothing about keys that are nowhere', () => {
    const nobody = { key: 'nobody', source: said('first: nobody') };
    const given = problem(chain('B', 'A'), ['A', 'B'], {
      order: ['A', 'nobody', 'B'],
      first: nobody,
      last: nobody,
    });
    expect(statesOf(given)).toEqual([]);
  });

  test('tells a program of ours from a wall that bears its name', () => {
    const given = problem(chain('B', '[A]', 'A'), ['A', 'B'], { order: ['A', 'B'] });
    expect(words(planOf(given).target)).toBe('[A] A B');
  });
});

describe('overlap', () => {
  test('reverses three through a spare place with two waits', () => {
    const given = problem(chain('C', 'B', 'A'), order, { order });
    expect(statesOf(given)).toEqual(['A* C B A', 'A* C B C*', 'A* A B C*', 'A* A B C', 'A B C']);
    expect(planOf(given)).toMatchObject({ waits: 2, twice: ['A', 'C'], missing: [] });
  });

  test('moves one past a wall by a copy that becomes the program once the old one is gone', () => {
    const given = problem(chain('A', '[w]', 'B', 'C', '[v]', 'D'), ['A', 'B', 'C', 'D'], {
      order: ['A', 'w', 'C', 'v', 'B', 'D'],
    });
    expect(statesOf(given)).toEqual(['A [w] B C [v] B* D', 'A [w] C [v] B* D', 'A [w] C [v] B D']);
  });

  test('needs no wait where a place falls free', () => {
    const given = problem(chain('A', 'X'), ['B', 'A'], { order: ['B', 'A'] });
    expect(planOf(given)).toMatchObject({ waits: 0, missing: [] });
  });

  test('is refused on a full hook, with what would do; the other strategies are not', () => {
    const walls = Array.from({ length: 61 }, (_, index) => `[w${index}]`);
    const today = chain('B', ...walls, 'A');
    const given = problem(today, ['A', 'B'], { order: ['A', 'w0', 'w60', 'B'] });
    expect(reasonOf(given)).toEqual({ kind: 'full', capacity: 63, needed: 64, meanwhile: true });
    expect(planOf({ ...given, strategy: 'in-place' })).toMatchObject({ waits: 0, missing: ['B'] });
    expect(planOf({ ...given, strategy: 'gap' })).toMatchObject({ waits: 4, missing: ['A', 'B'] });
  });

  test("is refused on a full cgroup at once, however many orders there are; today's is none to be refused", () => {
    const walls = Array.from({ length: 61 }, (_, index) => `[w${index}/link]`);
    const given = problem(chain('A/link', 'B/link', ...walls, 'C/link'), ['A/link', 'B/link', 'C/link'], {
      rules: cgroup,
    });
    expect(planOf({ ...given, ...ordered('A', 'B', 'C') }).steps).toEqual([]);
    const turned = { ...given, ...ordered('C', 'B', 'A') };
    expect(reasonOf(turned)).toEqual({ kind: 'full', capacity: 64, needed: 65, meanwhile: true });
  });

  test('takes room that something leaves on a full hook', () => {
    const walls = Array.from({ length: 60 }, (_, index) => `[w${index}]`);
    const given = problem(chain('B', ...walls, '(x)', 'A'), ['A', 'B'], { order: ['A', 'w0', 'w59', 'B'] });
    expect(planOf(given).waits).toBe(3);
  });

  test('names the programs of which there is no stand-in, and moves others instead where it can', () => {
    const withoutStandIn = { A: 'it is bound to another attach type' };
    const free = problem(chain('B', 'A'), ['A', 'B'], { order: ['A', 'B'], withoutStandIn });
    expect(statesOf(free)).toEqual(['B A B*', 'A B*', 'A B']);
    const fixed = problem(chain('[w]', 'A'), ['A'], { order: ['A', 'w'], withoutStandIn });
    expect(reasonOf(fixed)).toEqual({
      kind: 'no-stand-in',
      keys: ['A'],
      reasons: ['it is bound to another attach type'],
    });
    expect(planOf({ ...fixed, strategy: 'in-place' }).missing).toEqual(['A']);
    expect(planOf({ ...fixed, strategy: 'gap' }).missing).toEqual(['A']);
  });

  test('waits twice at most for each of many that move, and for no more than have to', () => {
    const keys = [...'ABCDEFGHIJKLMNOP'];
    const today = [...keys.slice(1, 8), 'A', ...keys.slice(8)];
    const given = problem(chain(...today), keys, { order: keys });
    expect(planOf(given)).toMatchObject({ waits: 2, twice: ['A'] });
  });

  test('moves the one of many that stands in the way, not the others', () => {
    const keys = [...'ABCDEFGHIJ'];
    const constraints = [...'BCDEFGH'].map((after) => ({
      before: 'A',
      after,
      source: said(`A before ${after}`),
    }));
    for (const today of [[...'BCDEFGHAIJ'], [...'BCDEFGHIJ', '[w]', 'A']]) {
      expect(planOf(problem(chain(...today), keys, { constraints }))).toMatchObject({
        waits: 2,
        twice: ['A'],
      });
    }
  });

  test('changes the order of as few pairs as can be', () => {
    const beside = problem(chain('B', 'A', '[w]'), ['A', 'B'], { order: ['A', 'B'] });
    expect(words(planOf(beside).target)).toBe('A B [w]');
  });

  test('attaches many at once', () => {
    const keys = Array.from({ length: 60 }, (_, index) => `P${index}`);
    expect(planOf(problem([], keys, { order: keys })).waits).toBe(60);
  });
});

describe('in place', () => {
  test('permutes by replaces through a stand-in of what will be there', () => {
    const given = problem(chain('C', 'B', 'A'), order, { order, strategy: 'in-place' });
    expect(statesOf(given)).toEqual(['A* B A', 'A* B C', 'A B C']);
    expect(planOf(given)).toMatchObject({ waits: 0, twice: ['A'], missing: ['C'] });
  });

  test('spares with another program where what moves has no stand-in', () => {
    const withoutStandIn = { A: 'no', B: 'no' };
    const given = problem(chain('B', 'A', 'C'), order, { order, strategy: 'in-place', withoutStandIn });
    expect(statesOf(given)).toEqual(['C* A C', 'C* B C', 'A B C']);
  });

  test('is refused where nothing can be the spare', () => {
    const withoutStandIn = { A: 'too old', B: 'too new' };
    const given = problem(chain('B', 'A'), ['A', 'B'], {
      order: ['A', 'B'],
      strategy: 'in-place',
      withoutStandIn,
    });
    expect(reasonOf(given)).toMatchObject({ kind: 'no-stand-in' });
  });

  test('passes links on through themselves on a cgroup', () => {
    const given = problem(chain('B/link', 'A/link'), ['A/link', 'B/link'], {
      order: ['A', 'B'],
      strategy: 'in-place',
      rules: cgroup,
    });
    expect(statesOf(given)).toEqual(['A/link A/link', 'A/link B/link']);
  });

  test('makes room on a full hook by what is not needed', () => {
    const walls = Array.from({ length: 60 }, (_, index) => `[w${index}]`);
    const today = chain('A', ...walls, 'B', 'X/link');
    const given = problem(today, ['A', 'B'], { order: ['w59', 'B', 'A'], strategy: 'in-place' });
    expect(planOf(given)).toMatchObject({ waits: 3, missing: [] });
  });

  test('copies what goes past a wall before it goes', () => {
    const given = problem(chain('A', '[w]'), ['A'], { order: ['w', 'A'], strategy: 'in-place' });
    expect(statesOf(given)).toEqual(['A [w] A*', '[w] A*', '[w] A']);
  });
});

describe('gap', () => {
  test('removes and inserts, each at once after it went', () => {
    const given = problem(chain('B', 'A', '[w]'), ['A', 'B'], { order: ['A', 'w', 'B'], strategy: 'gap' });
    expect(statesOf(given)).toEqual(['A [w]', 'A [w] B']);
    expect(planOf(given)).toMatchObject({ waits: 2, twice: [], missing: ['B'] });
  });
});

describe('cgroups', () => {
  test('spec 10.3 #9: need no stand-in for a program that moves through a link', () => {
    const given = problem(chain('B/link', 'A/link'), ['A/link', 'B/link'], {
      order: ['A', 'B'],
      rules: cgroup,
    });
    const states = statesOf(given);
    expect(states.join()).not.toContain('*');
    expect(planOf(given)).toMatchObject({ waits: 0, twice: [expect.anything()] });
  });

  test('spec 10.3 #9: need one for a program that is attached directly', () => {
    const given = problem(chain('B', 'A'), ['A', 'B'], { order: ['A', 'B'], rules: cgroup });
    expect(statesOf(given).join()).toContain('*');
  });

  test.each(strategies)(
    'spec 10.3.1: %s can not put a link between two that are attached directly',
    (strategy) => {
      const given = problem(chain('[w]', '[v]'), ['A/link'], {
        order: ['w', 'A', 'v'],
        rules: cgroup,
        strategy,
      });
      expect(reasonOf(given)).toMatchObject({
        kind: 'no-place',
        key: 'A',
        reason: expect.stringContaining('links alone'),
      });
      expect(words(planOf({ ...given, rules: tcx }).target)).toBe('[w] A/link [v]');
    },
  );

  test.each(strategies)(
    'spec 10.3.1: %s puts a link beside one that leaves, before it leaves',
    (strategy) => {
      const given = problem(chain('[w]', '(x/link)', '[v]'), ['A/link'], {
        order: ['w', 'A', 'v'],
        rules: cgroup,
        strategy,
      });
      expect(words(planOf(given).target)).toBe('[w] A/link [v]');
    },
  );

  test('spec 10.3.1: prefer a target that can be reached', () => {
    const given = problem(chain('[w]', '[v]', '[u/link]'), ['A/link'], {
      order: ['w', 'A', 'u'],
      rules: cgroup,
    });
    expect(words(planOf(given).target)).toBe('[w] [v] A/link [u/link]');
  });

  test('spec 10.3 #8: replace nothing that is attached directly while they are full', () => {
    const walls = Array.from({ length: 63 }, (_, index) => `[w${index}]`);
    const direct = problem(chain('A-', ...walls), ['A'], { rules: cgroup });
    expect(reasonOf(direct)).toEqual({ kind: 'full', capacity: 64, needed: 65, meanwhile: true });
    const linked = problem(chain('A-/link', ...walls), ['A/link'], { rules: cgroup });
    expect(planOf(linked).steps).toHaveLength(1);
    const leaving = problem(chain('A-', ...walls.slice(1), '(x)'), ['A'], { rules: cgroup });
    expect(planOf(leaving).steps.map(({ kind }) => kind)).toEqual(['remove', 'replace']);
  });
});

test('says no when more programs are wanted than fit', () => {
  const walls = Array.from({ length: 62 }, (_, index) => `[w${index}]`);
  expect(reasonOf(problem(chain(...walls), ['A', 'B']))).toEqual({
    kind: 'full',
    capacity: 63,
    needed: 64,
    meanwhile: false,
  });
});
