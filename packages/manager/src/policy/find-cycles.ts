/** An edge of a graph: `before` must run before `after`. */
export interface Edge {
  readonly before: string;
  readonly after: string;
}

type Graph<E extends Edge> = ReadonlyMap<string, readonly E[]>;

/** Names of a knot that circles are looked for through; the shortest of a large one may be missed. */
const MOST_STARTS = 64;

/**
 * Finds circles among orders: one in each knot of names that hang together in circles, a shortest one in knots of up to 64
 * names.
 *
 * @returns circles whose edges lead each to the next, and the last to the first; those of length one are names before
 * themselves
 */
export function findCycles<E extends Edge>(edges: readonly E[]): readonly (readonly E[])[] {
  const graph = new Map<string, E[]>();
  for (const edge of edges) {
    const known = graph.get(edge.before);
    if (known === undefined) graph.set(edge.before, [edge]);
    else known.push(edge);
  }
  return knotsOf(graph).flatMap((knot) => {
    const starts = [...knot].slice(0, MOST_STARTS);
    const circles = starts.flatMap((start) => {
      const circle = shortestCircle(start, knot, graph);
      return circle === null ? [] : [circle];
    });
    const [shortest] = circles.sort((a, b) => a.length - b.length);
    return shortest === undefined ? [] : [shortest];
  });
}

/** Strongly connected components, by Tarjan's algorithm without recursion, in the order of their first edges. */
function knotsOf<E extends Edge>(graph: Graph<E>): readonly ReadonlySet<string>[] {
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const knots: ReadonlySet<string>[] = [];
  const enter = (name: string) => {
    numbers.set(name, numbers.size);
    lowest.set(name, numbers.size - 1);
    open.push(name);
    isOpen.add(name);
    return { name, next: 0 };
  };
  const lower = (name: string, number: number) => lowest.set(name, Math.min(lowest.get(name)!, number));
  for (const root of graph.keys()) {
    if (numbers.has(root)) continue;
    const path = [enter(root)];
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const edge = graph.get(at.name)?.[at.next++];
      if (edge !== undefined) {
        if (!numbers.has(edge.after)) path.push(enter(edge.after));
        else if (isOpen.has(edge.after)) lower(at.name, numbers.get(edge.after)!);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lower(above.name, lowest.get(at.name)!);
      if (lowest.get(at.name) !== numbers.get(at.name)) continue;
      const knot = open.splice(open.lastIndexOf(at.name));
      for (const name of knot) isOpen.delete(name);
      knots.push(new Set(knot));
    }
  }
  return knots.reverse();
}

/** The shortest way from a name back to itself inside of its knot. */
function shortestCircle<E extends Edge>(
  start: string,
  knot: ReadonlySet<string>,
  graph: Graph<E>,
): readonly E[] | null {
  const cameBy = new Map<string, E>();
  const waiting = [start];
  for (const name of waiting) {
    for (const edge of graph.get(name) ?? []) {
      if (!knot.has(edge.after) || cameBy.has(edge.after)) continue;
      cameBy.set(edge.after, edge);
      waiting.push(edge.after);
    }
    if (cameBy.has(start)) break;
  }
  if (!cameBy.has(start)) return null;
  const circle: E[] = [];
  for (let at = start; circle.length === 0 || at !== start; at = circle.at(-1)!.before) {
    circle.push(cameBy.get(at)!);
  }
  return circle.reverse();
}
