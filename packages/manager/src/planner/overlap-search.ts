import type { Cost } from './cost.js';
import type { Move } from './draft.js';
import { isOwn, isStandIn, kindCode, lineOf, thingOf } from './line.js';
import type { Model } from './model.js';
import { PriorityStacks } from './priority-stacks.js';
import { remainingCost, type SearchGoal, searchGoal } from './remaining-cost.js';

/** How much a search may still look at; shared by all searches of one problem. */
export interface Budget {
  states: number;
}

/** Cheapest moves to a target, and what they cost with the replaces that put programs into the places of stand-ins. */
export interface Found extends Cost {
  readonly moves: readonly Move[];
}

interface Node {
  readonly line: string;
  readonly from: Node | null;
  readonly move: Move | null;
  readonly waits: number;
  readonly operations: number;
}

/**
 * Finds the cheapest moves to a target with `overlap`, by A* over all chains that keep its two promises: no program of
 * the policy without a copy, no copy on the wrong side of what has to run before or after it.
 *
 * @param limit what the moves may cost at most; null for any
 * @param budget is used up; at its end the search gives up
 * @returns null when there are none within the limit
 */
export function searchOverlap(
  model: Model,
  target: readonly number[],
  limit: Cost | null,
  budget: Budget,
): Found | null {
  const goal = searchGoal(model, target);
  const best = new Map<string, Cost>();
  const open = new PriorityStacks<Node>();
  const put = (node: Node) => {
    const known = best.get(node.line);
    if (known !== undefined && isAtMost(known, node)) return;
    const rest = remainingCost(goal, node.line);
    const waits = node.waits + rest.waits;
    const operations = node.operations + rest.operations;
    if (limit !== null && !isAtMost({ waits, operations }, limit)) return;
    best.set(node.line, node);
    open.put((waits * 1024 + operations) * 1024 + rest.operations, node);
  };
  put({ line: lineOf(model, model.today), from: null, move: null, waits: 0, operations: 0 });
  for (let node = open.take(); node !== undefined; node = open.take()) {
    if (best.get(node.line) !== node) continue;
    if (goal.isReached(node.line)) {
      return { moves: movesTo(node), waits: node.waits, operations: node.operations + standIns(node.line) };
    }
    if (budget.states-- <= 0) return null;
    expand(goal, node, put);
  }
  return null;
}

function isAtMost(a: Cost, b: Cost): boolean {
  return a.waits < b.waits || (a.waits === b.waits && a.operations <= b.operations);
}

function standIns(line: string): number {
  let count = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (isOwn(code) && isStandIn(code)) count++;
  }
  return count;
}

function movesTo(node: Node): readonly Move[] {
  const moves: Move[] = [];
  for (let at: Node | null = node; at?.move != null; at = at.from) moves.unshift(at.move);
  return moves;
}

function expand(goal: SearchGoal, node: Node, put: (node: Node) => void): void {
  const { model } = goal;
  const { line } = node;
  const { rules } = model.problem;
  const copies = new Array<number>(model.own).fill(0);
  let count = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (isOwn(code)) copies[thingOf(code)]!++;
    count += model.size[thingOf(code)]!;
  }
  const isFull = count >= rules.capacity;
  const { waits, operations } = node;
  const step = (move: Move, next: string, wait: number) => {
    put({ line: next, from: node, move, waits: waits + wait, operations: operations + 1 });
  };
  for (let index = line.length - 1; index >= 0; index--) {
    const code = line.charCodeAt(index);
    const thing = thingOf(code);
    if (!goal.canGo(code, copies)) continue;
    const left = line.slice(0, index);
    const right = line.slice(index + 1);
    step({ kind: 'remove', index }, left + right, 1);
    if (!isOwn(code) || (isFull && !rules.replaceWhenFull && kindCode(code) === 0)) continue;
    for (let other = model.wanted - 1; other >= 0; other--) {
      if (other === thing || copies[other]! > 1 || !goal.mayStand(other, left, right)) continue;
      const by = goal.copyOf(other, kindCode(code), left + right);
      if (by !== null)
        step({ kind: 'replace', index, thing: other }, left + String.fromCharCode(by) + right, 0);
    }
  }
  if (isFull) return;
  for (let index = line.length; index >= 0; index--) {
    const left = line.slice(0, index);
    const right = line.slice(index);
    for (let thing = model.wanted - 1; thing >= 0; thing--) {
      if (copies[thing]! > 1 || !goal.mayStand(thing, left, right)) continue;
      for (const slotKind of model.kinds) {
        if (!goal.isReachable(left, right, slotKind)) continue;
        const code = goal.copyOf(thing, slotKind === 'link' ? 1 : 0, line);
        if (code === null) continue;
        step({ kind: 'insert', index, thing, slotKind }, left + String.fromCharCode(code) + right, 1);
      }
    }
  }
}
