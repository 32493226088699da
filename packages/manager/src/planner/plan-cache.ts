import type { ChainPlan, CycleEdge, Solution, Step, Unsatisfiable } from './chain-plan.js';
import type { Entry, Problem } from './problem.js';
import { solve } from './solve.js';

/**
 * Solves problems, those that are alike only once: hundreds of interfaces may have the same programs and the same policy.
 *
 * Alike are problems that differ in nothing but the names of places, and the words for entries of others of which nothing
 * is said; those that share a word share one in both. What is remembered lives as long as the cache.
 */
export class PlanCache {
  readonly #solutions = new Map<string, Solution>();
  #solved = 0;

  /** Problems that had to be solved. */
  get solved(): number {
    return this.#solved;
  }

  /** As `solve`; the same answer, from memory where it can be. */
  solve(problem: Problem): Solution {
    const plain = plainOf(problem);
    const text = JSON.stringify(plain);
    let solution = this.#solutions.get(text);
    if (solution === undefined) {
      solution = solve(plain);
      this.#solved++;
      this.#solutions.set(text, solution);
    }
    return namedAs(problem, solution);
  }
}

/** No name that a policy or a hook gives begins like this. */
const PLAIN = '\u0000';

function plainOf(problem: Problem): Problem {
  const kept = keptWords(problem);
  const first = new Map<string, number>();
  for (const [index, { key }] of problem.today.entries()) if (!first.has(key)) first.set(key, index);
  return {
    today: problem.today.map((entry, index) => ({
      slot: `${PLAIN}${index}`,
      key: kept.has(entry.key) ? entry.key : `${PLAIN}${first.get(entry.key)}`,
      kind: entry.kind,
      role: entry.role,
      standIn: entry.standIn,
      outdated: entry.outdated,
      ...(entry.untold === true ? { untold: true } : {}),
    })),
    wanted: problem.wanted.map(({ key, kind }) => ({ key, kind })),
    constraints: problem.constraints,
    first: problem.first,
    last: problem.last,
    strategy: problem.strategy,
    withoutStandIn: Object.fromEntries(
      Object.entries(problem.withoutStandIn).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    rules: {
      capacity: problem.rules.capacity,
      waits: problem.rules.waits,
      linkRepeats: problem.rules.linkRepeats,
      besideSameKind: problem.rules.besideSameKind,
      replaceWhenFull: problem.rules.replaceWhenFull,
    },
  };
}

/** Words that mean something besides telling entries of others apart. */
function keptWords({
  today,
  wanted,
  constraints,
  first,
  last,
  withoutStandIn,
}: Problem): ReadonlySet<string> {
  const kept = new Set(Object.keys(withoutStandIn));
  for (const { key, role } of today) if (role === 'own') kept.add(key);
  for (const { key } of wanted) kept.add(key);
  for (const { before, after } of constraints) kept.add(before).add(after);
  for (const claim of [first, last]) if (claim !== null) kept.add(claim.key);
  return kept;
}

function namedAs({ today }: Problem, solution: Solution): Solution {
  const key = (word: string) => (word.startsWith(PLAIN) ? today[Number(word.slice(1))]!.key : word);
  if (!solution.ok) return Object.freeze({ ok: false, reason: namedReason(solution.reason, key) });
  const entries = new Map<Entry, Entry>();
  const named = (entry: Entry): Entry => {
    let known = entries.get(entry);
    if (known === undefined) {
      const slot = entry.slot.startsWith(PLAIN) ? today[Number(entry.slot.slice(1))]!.slot : entry.slot;
      known = Object.freeze({ ...entry, slot, key: key(entry.key) });
      entries.set(entry, known);
    }
    return known;
  };
  const all = (chain: readonly Entry[]) => Object.freeze(chain.map(named));
  const { plan } = solution;
  const step = (each: Step): Step =>
    Object.freeze({
      ...each,
      entry: named(each.entry),
      ...(each.kind === 'replace' ? { by: named(each.by) } : {}),
      after: all(each.after),
    });
  const result: ChainPlan = Object.freeze({
    ...plan,
    today: all(plan.today),
    steps: Object.freeze(plan.steps.map(step)),
    target: all(plan.target),
  });
  return Object.freeze({ ok: true, plan: result });
}

function namedReason(reason: Unsatisfiable, key: (word: string) => string): Unsatisfiable {
  if (reason.kind === 'no-place') return Object.freeze({ ...reason, key: key(reason.key) });
  if (reason.kind !== 'cycle') return reason;
  const named = (edge: CycleEdge): CycleEdge =>
    Object.freeze({ ...edge, before: key(edge.before), after: key(edge.after) });
  return Object.freeze({ ...reason, edges: Object.freeze(reason.edges.map(named)) });
}
