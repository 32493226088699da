import { pairsChangedBy, placesToday } from './changed-pairs.js';
import { type Cost, compareCosts } from './cost.js';
import type { Move } from './draft.js';
import type { Model } from './model.js';
import { PrefixBound } from './prefix-bound.js';

/** A target and how to get there. */
export interface Choice extends Cost {
  readonly target: readonly number[];
  readonly moves: readonly Move[];
  /** Pairs of entries whose order it changes. */
  readonly pairs: number;
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

/**
 * Chooses target and moves together, from all orders that satisfy the problem: least waits, then least operations, then
 * fewest pairs of entries whose order changes, then today's order, then the policy's.
 *
 * It goes through the targets in the last of these orders and leaves out, as soon as their beginning shows it, those that
 * can't be better than the best one so far.
 *
 * @param start a target to begin with, so that much can be left out
 */
export function chooseTarget(model: Model, price: Price, start: readonly number[] | null): Choice | null {
  const { must, wanted, walls, own } = model;
  const places = placesToday(model);
  const rank = (thing: number) => places[thing] ?? model.today.length + thing;
  const members = [...Array.from({ length: wanted }, (_, thing) => thing), ...walls];
  const byRank = members.toSorted((a, b) => rank(a) - rank(b));
  const before = new Map(members.map((b) => [b, members.filter((a) => must[a]![b])]));
  let best: Choice | null = null;
  const consider = (target: readonly number[], pairs: number) => {
    const wins =
      best === null || pairs < best.pairs || (pairs === best.pairs && isEarlier(target, best.target));
    const limit = best === null || wins ? best : { waits: best.waits, operations: best.operations - 1 };
    const found = price(target, limit);
    if (found === null) return;
    best = { target, pairs, ...found };
  };
  const isEarlier = (a: readonly number[], b: readonly number[]) => {
    const at = a.findIndex((thing, index) => thing !== b[index]);
    return at >= 0 && rank(a[at]!) < rank(b[at]!);
  };
  if (start !== null) consider(start, pairsOf(start));
  const target: number[] = [];
  const left = new Set(byRank);
  const bound = new PrefixBound(model);
  const extend = (pairs: number): void => {
    if (left.size === 0) {
      consider([...target], pairs);
      return;
    }
    const nextWall = walls.find((wall) => left.has(wall));
    for (const thing of byRank) {
      if (!left.has(thing) || (thing >= own && thing !== nextWall)) continue;
      if (before.get(thing)!.some((other) => left.has(other))) continue;
      left.delete(thing);
      target.push(thing);
      bound.push(thing);
      const changed = pairs + pairsChangedBy(model, places, thing, left);
      if (best === null || mayBeBetter(changed, bound.cost())) extend(changed);
      target.pop();
      bound.pop();
      left.add(thing);
    }
  };
  const mayBeBetter = (pairs: number, cost: Cost): boolean => {
    const order = compareCosts(cost, best!) || pairs - best!.pairs;
    if (order !== 0) return order < 0;
    const at = target.findIndex((thing, index) => thing !== best!.target[index]);
    return at >= 0 && rank(target[at]!) < rank(best!.target[at]!);
  };
  extend(0);
  return best;

  function pairsOf(order: readonly number[]): number {
    return order.reduce(
      (sum, thing, index) => sum + pairsChangedBy(model, places, thing, order.slice(index + 1)),
      0,
    );
  }
}
