import type { CycleEdge, Unsatisfiable } from './chain-plan.js';
import type { Claim, Problem, Source } from './problem.js';

interface Edge {
  readonly from: number;
  readonly to: number;
  /** Null for today's order of two walls. */
  readonly source: Source | null;
}

/**
 * Finds out why no chain at all can satisfy a problem, whatever its strategy: claims that contradict, a cycle of what must
 * run before what, more programs than fit.
 *
 * @returns null when there is such a chain
 */
export function whyUnsatisfiable(problem: Problem): Unsatisfiable | null {
  const walls = problem.today.filter(({ role }) => role === 'wall');
  const wanted = problem.wanted.map(({ key }) => key);
  const keys = [...wanted, ...walls.map(({ key }) => key)];
  return (
    contradictingClaims(problem, new Set(keys)) ??
    cycleIn(keys, edgesOf(problem, keys, wanted.length)) ??
    tooMany(problem, keys.length)
  );
}

function tooMany({ rules: { capacity } }: Problem, needed: number): Unsatisfiable | null {
  return needed > capacity ? { kind: 'full', capacity, needed, meanwhile: false } : null;
}

function contradictingClaims(problem: Problem, keys: ReadonlySet<string>): Unsatisfiable | null {
  const { first, last, constraints } = problem;
  if (first !== null && last !== null && first.key === last.key && keys.has(first.key) && keys.size > 1) {
    return { kind: 'claims', claims: [first, last] };
  }
  const against = (claim: Claim | null, one: 'before' | 'after', other: 'before' | 'after') =>
    claim === null || !keys.has(claim.key)
      ? undefined
      : constraints.find(
          (said) => said[one] === claim.key && said[other] !== claim.key && keys.has(said[other]),
        );
  const beforeFirst = against(first, 'after', 'before');
  if (beforeFirst !== undefined) return { kind: 'claims', claims: [first!, beforeFirst] };
  const afterLast = against(last, 'before', 'after');
  return afterLast === undefined ? null : { kind: 'claims', claims: [last!, afterLast] };
}

function edgesOf({ constraints, first, last }: Problem, keys: readonly string[], wanted: number): Edge[] {
  const edges: Edge[] = [];
  const bearers = (key: string) => keys.flatMap((each, index) => (each === key ? [index] : []));
  for (const { before, after, source } of constraints) {
    for (const from of bearers(before)) for (const to of bearers(after)) edges.push({ from, to, source });
  }
  const others = (key: string) => keys.flatMap((each, index) => (each === key ? [] : [index]));
  if (first !== null) {
    for (const from of bearers(first.key)) {
      for (const to of others(first.key)) edges.push({ from, to, source: first.source });
    }
  }
  if (last !== null) {
    for (const to of bearers(last.key)) {
      for (const from of others(last.key)) edges.push({ from, to, source: last.source });
    }
  }
  for (let from = wanted; from < keys.length; from++) {
    for (let to = from + 1; to < keys.length; to++) edges.push({ from, to, source: null });
  }
  return edges;
}

/** A shortest cycle, by breadth-first search from each node; of those equally short the one that begins first. */
function cycleIn(keys: readonly string[], edges: readonly Edge[]): Unsatisfiable | null {
  const leaving = keys.map((): Edge[] => []);
  for (const edge of edges) leaving[edge.from]!.push(edge);
  if (isAcyclic(leaving, edges)) return null;
  let shortest: readonly Edge[] | null = null;
  for (let start = 0; start < keys.length; start++) {
    const cycle = cycleFrom(start, leaving);
    if (cycle !== null && (shortest === null || cycle.length < shortest.length)) shortest = cycle;
  }
  return { kind: 'cycle', edges: shortest!.map((edge) => named(edge, keys)) };
}

function isAcyclic(leaving: readonly (readonly Edge[])[], edges: readonly Edge[]): boolean {
  const entering = leaving.map(() => 0);
  for (const { to } of edges) entering[to]!++;
  const free = entering.flatMap((count, node) => (count === 0 ? [node] : []));
  let done = 0;
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    done++;
    for (const { to } of leaving[node]!) if (--entering[to]! === 0) free.push(to);
  }
  return done === leaving.length;
}

function cycleFrom(start: number, leaving: readonly (readonly Edge[])[]): readonly Edge[] | null {
  const reachedBy = new Map<number, Edge>();
  const queue = [start];
  for (const node of queue) {
    for (const edge of leaving[node]!) {
      if (reachedBy.has(edge.to)) continue;
      reachedBy.set(edge.to, edge);
      if (edge.to === start) return pathBack(start, reachedBy);
      queue.push(edge.to);
    }
  }
  return null;
}

function pathBack(start: number, reachedBy: ReadonlyMap<number, Edge>): readonly Edge[] {
  const path: Edge[] = [];
  let node = start;
  do {
    const edge = reachedBy.get(node)!;
    path.unshift(edge);
    node = edge.from;
  } while (node !== start);
  return path;
}

function named({ from, to, source }: Edge, keys: readonly string[]): CycleEdge {
  const [before, after] = [keys[from]!, keys[to]!];
  return source === null ? { kind: 'wall', before, after } : { kind: 'constraint', before, after, source };
}
