import type { Cost } from './cost.js';
import { hasStandIn } from './draft.js';
import { isOwn, isStandIn, kindCode, ownCode, thingOf } from './line.js';
import { kindWanted, type Model } from './model.js';
import type { SlotKind } from './problem.js';

/** A target, prepared for asking about many chains on the way to it. */
export interface SearchGoal {
  readonly model: Model;
  /** Codes of the target, by gap between walls. */
  readonly gaps: readonly (readonly number[])[];
  isReached(line: string): boolean;
  /** Whether a place can be given up: no program of the policy is without a copy then. */
  canGo(code: number, copies: readonly number[]): boolean;
  /** Whether a copy may stand between two parts of a chain. */
  mayStand(thing: number, left: string, right: string): boolean;
  /** The code that one more copy gets beside the rest of a chain; null when it can't be made. */
  copyOf(thing: number, kind: 0 | 1, rest: string): number | null;
  isReachable(left: string, right: string, kind: SlotKind): boolean;
}

export function searchGoal(model: Model, target: readonly number[]): SearchGoal {
  const { problem, own, wanted, things, held } = model;
  const { linkRepeats, besideSameKind } = problem.rules;
  const gaps: number[][] = [[]];
  let plain = '';
  for (const thing of target) {
    if (thing < own) {
      const code = ownCode(thing, kindWanted(model, thing) === 'link' ? 1 : 0, false);
      gaps.at(-1)!.push(code);
      plain += String.fromCharCode(code);
    } else {
      gaps.push([]);
      plain += String.fromCharCode(64 + thing);
    }
  }
  const standIns = things.map((_, thing) => hasStandIn(model, thing));
  const edgeKind = (code: number, side: 0 | -1): SlotKind => {
    if (isOwn(code)) return kindCode(code) === 1 ? 'link' : 'direct';
    const thing = things[thingOf(code)]!;
    return thing.sort === 'walls'
      ? thing.entries.at(side)!.kind
      : (thing as { entry: { kind: SlotKind } }).entry.kind;
  };
  return {
    model,
    gaps,
    isReached(line) {
      if (line.length !== plain.length) return false;
      for (let i = 0; i < line.length; i++) {
        const code = line.charCodeAt(i);
        if ((isOwn(code) ? code & ~1 : code) !== plain.charCodeAt(i)) return false;
      }
      return true;
    },
    canGo(code, copies) {
      const thing = thingOf(code);
      if (!isOwn(code)) return things[thing]!.sort === 'leaving';
      return thing >= wanted || copies[thing]! > 1;
    },
    mayStand(thing, left, right) {
      for (let i = 0; i < left.length; i++) if (held[thing]![thingOf(left.charCodeAt(i))]) return false;
      for (let i = 0; i < right.length; i++) if (held[thingOf(right.charCodeAt(i))]![thing]) return false;
      return true;
    },
    copyOf(thing, kind, rest) {
      for (let i = 0; i < rest.length; i++) {
        const code = rest.charCodeAt(i);
        if (!isOwn(code) || isStandIn(code) || thingOf(code) !== thing) continue;
        if (linkRepeats && (kind === 1 || kindCode(code) === 1)) continue;
        return standIns[thing] ? ownCode(thing, kind, true) : null;
      }
      return ownCode(thing, kind, false);
    },
    isReachable(left, right, kind) {
      if (!besideSameKind || left === '' || right === '') return true;
      return (
        edgeKind(left.charCodeAt(left.length - 1), -1) === kind || edgeKind(right.charCodeAt(0), 0) === kind
      );
    },
  };
}

/** What is left to do at least: never more than it takes. */
export function remainingCost(goal: SearchGoal, line: string): Cost {
  const { model, gaps } = goal;
  const { own, wanted } = model;
  const repeats = model.problem.rules.linkRepeats;
  /** By program: 1 for a copy, 2 for the program itself, 3 for both. */
  const there = new Uint8Array(own);
  const copies = new Uint8Array(own);
  let inserts = 0;
  let removes = 0;
  let keptWorth = 0;
  let allWorth = 0;
  let isSpareless = true;
  const codes: number[] = [];
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    codes.push(code);
    if (!isOwn(code)) continue;
    const thing = thingOf(code);
    if (++copies[thing]! > 1 || thing >= wanted) isSpareless = false;
    there[thing]! |= isStandIn(code) ? 1 : 2;
  }
  for (let thing = 0; thing < wanted; thing++) {
    if (copies[thing] === 0) isSpareless = false;
    allWorth += worthOf(thing);
  }
  let gap = 0;
  let start = 0;
  for (let i = 0; i <= codes.length; i++) {
    const code = codes[i];
    if (code !== undefined && (isOwn(code) || model.things[thingOf(code)]!.sort === 'leaving')) continue;
    endGap(start, i, gaps[gap++]!);
    start = i + 1;
  }
  const writes = Math.max(allWorth - keptWorth, inserts);
  if (isSpareless && inserts + removes === 0 && !goal.isReached(line)) {
    // Nothing can be overwritten before something was inserted.
    return { waits: 2, operations: Math.max(writes, 1) + 1 };
  }
  return { waits: inserts + removes, operations: writes + removes };

  function worthOf(thing: number): number {
    // A program that is nowhere but in the wrong place has to be copied first and to follow afterwards.
    const needsCopy = there[thing] === 2 && copies[thing] === 1 && !repeats;
    return needsCopy ? 2 : 1;
  }

  function endGap(from: number, to: number, wantedHere: readonly number[]): void {
    const here: number[] = [];
    for (let i = from; i < to; i++) {
      if (isOwn(codes[i]!)) here.push(codes[i]!);
      else removes++;
    }
    const common = longestCommonKinds(here, wantedHere);
    inserts += wantedHere.length - common;
    removes += here.length - common;
    keptWorth += heaviestKept(here, wantedHere, worthKept);
  }

  function worthKept(code: number): number {
    const thing = thingOf(code);
    return isStandIn(code) ? worthOf(thing) - 1 : worthOf(thing);
  }
}

function longestCommonKinds(here: readonly number[], wanted: readonly number[]): number {
  let links = 0;
  let direct = 0;
  for (const code of here) if (kindCode(code) === 1) links++;
  for (const code of wanted) if (kindCode(code) === 0) direct++;
  if (links === here.length && direct === 0) return Math.min(here.length, wanted.length);
  if (links === 0 && direct === wanted.length) return Math.min(here.length, wanted.length);
  return heaviest(here, wanted, (a, b) => (kindCode(a) === kindCode(b) ? 1 : 0));
}

function heaviestKept(
  here: readonly number[],
  wanted: readonly number[],
  worth: (code: number) => number,
): number {
  return heaviest(here, wanted, (a, b) => ((a & ~1) === b ? worth(a) : 0));
}

/** The weight of the heaviest common subsequence. */
function heaviest(
  here: readonly number[],
  wanted: readonly number[],
  worth: (here: number, wanted: number) => number,
): number {
  const best = new Array<number>(wanted.length + 1).fill(0);
  for (let i = here.length - 1; i >= 0; i--) {
    let diagonal = 0;
    for (let j = wanted.length - 1; j >= 0; j--) {
      const below = best[j]!;
      const taken = worth(here[i]!, wanted[j]!);
      let most = Math.max(below, best[j + 1]!);
      if (taken > 0) most = Math.max(most, taken + diagonal);
      best[j] = most;
      diagonal = below;
    }
  }
  return best[0]!;
}
