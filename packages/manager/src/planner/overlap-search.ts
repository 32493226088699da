import type { Cost } from './cost.js';
import { hasStandIn, type Move } from './draft.js';
import { isOwn, isStandIn, kindCode, lineOf, ownCode, thingOf } from './line.js';
import { kindAtSide, type Model } from './model.js';
import { PriorityStacks } from './priority-stacks.js';
import type { SlotKind } from './problem.js';
import { RemainingCost } from './remaining-cost.js';

/** How much searches may still look at; shared by all searches of one problem. */
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

type Put = (from: Node, move: Move, line: string, wait: 0 | 1) => void;

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
  const rest = new RemainingCost(model, target);
  const best = new Map<string, Node>();
  const open = new PriorityStacks<Node>();
  const offer = (line: string, from: Node | null, move: Move | null, waits: number, operations: number) => {
    const known = best.get(line);
    if (known !== undefined && isAtMost(known, waits, operations)) return;
    rest.of(line);
    const allWaits = waits + rest.waits;
    const allOperations = operations + rest.operations;
    if (limit !== null && !isAtLeast(limit, allWaits, allOperations)) return;
    const node: Node = { line, from, move, waits, operations };
    best.set(line, node);
    open.put((allWaits * 1024 + allOperations) * 1024 + rest.operations, node);
  };
  const put: Put = (from, move, line, wait) =>
    offer(line, from, move, from.waits + wait, from.operations + 1);
  const standIns = model.things.map((_, thing) => hasStandIn(model, thing));
  offer(lineOf(model, model.today), null, null, 0, 0);
  for (let node = open.take(); node !== undefined; node = open.take()) {
    if (best.get(node.line) !== node) continue;
    if (rest.isReached(node.line)) {
      rest.of(node.line);
      return { moves: movesTo(node), waits: node.waits, operations: node.operations + rest.operations };
    }
    if (budget.states-- <= 0) return null;
    expand(model, standIns, node, put);
  }
  return null;
}

function isAtMost(cost: Cost, waits: number, operations: number): boolean {
  return cost.waits < waits || (cost.waits === waits && cost.operations <= operations);
}

function isAtLeast(cost: Cost, waits: number, operations: number): boolean {
  return cost.waits > waits || (cost.waits === waits && cost.operations >= operations);
}

function movesTo(node: Node): readonly Move[] {
  const moves: Move[] = [];
  for (let at: Node | null = node; at?.move != null; at = at.from) moves.unshift(at.move);
  return moves;
}

/** Offers every chain that one move makes of a chain, and that keeps the promises. */
function expand(model: Model, standIns: readonly boolean[], node: Node, put: Put): void {
  const { own, wanted, size, things, kinds } = model;
  const { capacity, replaceWhenFull, linkRepeats } = model.problem.rules;
  const { line } = node;
  const copies = new Uint8Array(own);
  /** By program, 1 where a further direct copy, 2 where a further copy through a link has to be a stand-in. */
  const excluded = new Uint8Array(own);
  let count = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    const thing = thingOf(code);
    count += size[thing]!;
    if (!isOwn(code)) continue;
    copies[thing]!++;
    if (isStandIn(code)) continue;
    if (!linkRepeats) excluded[thing] = 3;
    else if (kindCode(code) === 0) excluded[thing]! |= 1;
  }
  const isFull = count >= capacity;
  /** The code that one more copy gets, 0 where it can't be made. */
  const copyOf = (thing: number, kind: 0 | 1): string | null => {
    const isStandIn = (excluded[thing]! & (kind + 1)) !== 0;
    return isStandIn && !standIns[thing] ? null : String.fromCharCode(ownCode(thing, kind, isStandIn));
  };
  const ranges = Array.from({ length: wanted }, (_, thing) => rangeOf(model, thing, line));
  for (let index = line.length - 1; index >= 0; index--) {
    const code = line.charCodeAt(index);
    const thing = thingOf(code);
    const isOurs = isOwn(code);
    // No program of the policy may be without a copy.
    const canGo = isOurs ? thing >= wanted || copies[thing]! > 1 : things[thing]!.sort === 'leaving';
    if (!canGo) continue;
    const left = line.slice(0, index);
    const right = line.slice(index + 1);
    put(node, { kind: 'remove', index }, left + right, 1);
    if (!isOurs || (isFull && !replaceWhenFull && kindCode(code) === 0)) continue;
    for (let other = wanted - 1; other >= 0; other--) {
      if (other === thing || copies[other]! > 1) continue;
      const { least, most } = ranges[other]!;
      // What is replaced does not count itself.
      if (index < least - 1 || index > most) continue;
      const by = copyOf(other, kindCode(code));
      if (by !== null) put(node, { kind: 'replace', index, thing: other }, left + by + right, 0);
    }
  }
  if (isFull) return;
  for (let index = line.length; index >= 0; index--) {
    const left = line.slice(0, index);
    const right = line.slice(index);
    for (let thing = wanted - 1; thing >= 0; thing--) {
      const { least, most } = ranges[thing]!;
      if (copies[thing]! > 1 || index < least || index > most) continue;
      for (const slotKind of kinds) {
        const code = copyOf(thing, slotKind === 'link' ? 1 : 0);
        if (code === null || !isReachable(model, line, index, slotKind)) continue;
        put(node, { kind: 'insert', index, thing, slotKind }, left + code + right, 1);
      }
    }
  }
}

/** Indexes at which one more copy of a program is on the right side of everything. */
function rangeOf(
  { held }: Model,
  thing: number,
  line: string,
): { readonly least: number; readonly most: number } {
  let least = 0;
  let most = line.length;
  for (let i = 0; i < line.length; i++) {
    const other = thingOf(line.charCodeAt(i));
    if (held[other]![thing]) least = i + 1;
    if (most === line.length && held[thing]![other]) most = i;
  }
  return { least, most };
}

function isReachable(model: Model, line: string, index: number, kind: SlotKind): boolean {
  if (!model.problem.rules.besideSameKind || index === 0 || index === line.length) return true;
  const kindAt = (at: number, side: 'left' | 'right') => {
    const code = line.charCodeAt(at);
    return kindAtSide(model, { thing: thingOf(code), kind: kindCode(code) === 1 ? 'link' : 'direct' }, side);
  };
  return kindAt(index - 1, 'right') === kind || kindAt(index, 'left') === kind;
}
