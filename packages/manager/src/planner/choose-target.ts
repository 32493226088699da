import { pairsChangedBy, placesToday } from './changed-pairs.js';
import { type Cost, compareCosts } from './cost.js';
import type { Move } from './draft.js';
import { Heap } from './heap.js';
import type { Model } from './model.js';
import { type Beginning, TargetBound } from './target-bound.js';

/** A target and how to get there. */
export interface Choice extends Cost {
  readonly target: readonly number[];
  readonly moves: readonly Move[];
}

/**
 * Finds what a target costs.
 *
 * @param limit what it may cost at most; null for any
 * @returns null when it costs more, or can't be reached
 */
export type Price = (
  target: readonly number[],
  limit: Cost | null,
) => (Cost & { readonly moves: readonly Move[] }) | null;

/** Targets that begin alike: what each of them costs at least, and how many pairs it changes at least. */
interface Branch {
  readonly target: readonly number[];
  readonly beginning: Beginning;
  readonly cost: Cost;
  readonly pairs: number;
}

/**
 * Chooses target and moves together, from all orders that satisfy the problem: least waits, then least operations, then
 * fewest pairs of entries whose order changes, then today's order, then the policy's.
 *
 * Branch and bound: of all beginnings of targets the one that promises most is continued first, until none promises more
 * than the best target has shown to cost.
 *
 * @returns null when no target can be reached
 */
export function chooseTarget(model: Model, price: Price): Choice | null {
  const { must, wanted, walls, own } = model;
  const places = placesToday(model);
  const rank = (thing: number) => places[thing] ?? model.today.length + thing;
  const members = [...Array.from({ length: wanted }, (_, thing) => thing), ...walls];
  const before = new Map(members.map((b) => [b, members.filter((a) => must[a]![b])]));
  const compare = (a: Omit<Branch, 'beginning'>, b: Omit<Branch, 'beginning'>): number => {
    const order = compareCosts(a.cost, b.cost) || a.pairs - b.pairs;
    if (order !== 0) return order;
    const at = a.target.findIndex((thing, index) => thing !== b.target[index]);
    return at < 0 || b.target[at] === undefined ? 0 : rank(a.target[at]!) - rank(b.target[at]!);
  };
  const bound = new TargetBound(model);
  const open = new Heap<Branch>(compare);
  open.put({ target: [], beginning: bound.start, cost: bound.costOf(bound.start), pairs: 0 });
  let best: (Omit<Branch, 'beginning'> & { readonly choice: Choice }) | null = null;
  for (let branch = open.take(); branch !== undefined; branch = open.take()) {
    if (best !== null && compare(branch, best) >= 0) break;
    const { target, beginning, pairs } = branch;
    if (target.length === members.length) {
      const found = price(target, best === null ? null : limitFor(branch, best, compare));
      if (found !== null) best = { target, cost: found, pairs, choice: { target, ...found } };
      continue;
    }
    const left = members.filter((thing) => !target.includes(thing));
    const nextWall = left.find((thing) => thing >= own);
    for (const thing of left) {
      if (thing >= own && thing !== nextWall) continue;
      if (before.get(thing)!.some((other) => left.includes(other))) continue;
      const next = bound.extend(beginning, thing);
      const later = left.filter((other) => other !== thing);
      open.put({
        target: [...target, thing],
        beginning: next,
        cost: bound.costOf(next),
        pairs: pairs + pairsChangedBy(model, places, thing, later),
      });
    }
  }
  return best?.choice ?? null;
}

/** The most that a target may cost to be better than the best one: as much where it is better in itself. */
function limitFor<T extends { readonly cost: Cost }>(one: T, best: T, compare: (a: T, b: T) => number): Cost {
  const isBetter = compare({ ...one, cost: best.cost }, best) < 0;
  return isBetter ? best.cost : { waits: best.cost.waits, operations: best.cost.operations - 1 };
}
