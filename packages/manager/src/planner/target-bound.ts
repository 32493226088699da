import type { Cost } from './cost.js';
import { type Cell, kindWanted, type Model } from './model.js';

interface Gap {
  readonly cells: readonly Cell[];
  /** What it is worth that each cell stays, in operations, if the target has its program here. */
  readonly worth: readonly number[];
}

/** How a target begins, as far as its cost is concerned. */
export interface Beginning {
  /** Wanted programs that are still to come. */
  readonly left: readonly boolean[];
  /** Gap that the last one of the prefix is in, from 0. */
  readonly gap: number;
  /** Of that gap: programs put into it, by kind, and for each number of its cells what can be kept of them at most. */
  readonly direct: number;
  readonly link: number;
  readonly kept: readonly number[];
  readonly sameKind: readonly number[];
  /** Of the gaps before it. */
  readonly inserts: number;
  readonly removes: number;
  readonly keptBefore: number;
}

/**
 * What every target costs at least that begins in a given way; for a whole target what that one costs at least.
 */
export class TargetBound {
  readonly start: Beginning;
  readonly #model: Model;
  readonly #gaps: readonly Gap[];
  readonly #leaving: number;
  /** Those that stand where their programs are to be have to give way to them, whatever else is to be done. */
  readonly #copies: number;
  /** Operations that are needed if no cell stays, without removes. */
  readonly #writes: number;
  /** Nothing can be overwritten before something is inserted. */
  readonly #isSpareless: boolean;

  constructor(model: Model) {
    const { today, own, wanted, walls, problem } = model;
    this.#model = model;
    const { strategy } = problem;
    const copies = (thing: number) => today.filter((cell) => cell.thing === thing);
    const all = Array.from({ length: wanted }, (_, thing) => thing);
    // With overlap a program that is nowhere but in the wrong place is copied first and follows afterwards.
    const costs = all.map((thing) => {
      const there = copies(thing);
      const isAlone = there.length === 1 && !there[0]!.copy;
      return strategy === 'overlap' && isAlone && !problem.rules.linkRepeats ? 2 : 1;
    });
    const worth = ({ thing, copy }: Cell) => (thing < wanted ? costs[thing]! - (copy ? 1 : 0) : 0);
    const gaps: Cell[][] = [[]];
    let leaving = 0;
    for (const cell of today) {
      if (cell.thing < own) gaps.at(-1)!.push(cell);
      else if (walls.includes(cell.thing)) gaps.push([]);
      else leaving++;
    }
    this.#gaps = gaps.map((cells) => ({ cells, worth: cells.map(worth) }));
    this.#leaving = leaving;
    this.#copies = today.filter(({ copy }) => copy).length;
    this.#writes = costs.reduce((sum, cost) => sum + cost, 0);
    this.#isSpareless =
      strategy === 'overlap' &&
      own === wanted &&
      leaving === 0 &&
      all.every((thing) => copies(thing).length === 1);
    this.start = this.#gapAt(0, { left: all.map(() => true), inserts: 0, removes: 0, keptBefore: 0 });
  }

  /** One more program, or the walls that end a gap. */
  extend(last: Beginning, thing: number): Beginning {
    const { cells, worth } = this.#gaps[last.gap]!;
    if (thing >= this.#model.own) {
      const common = last.sameKind[cells.length]!;
      return this.#gapAt(last.gap + 1, {
        left: last.left,
        inserts: last.inserts + last.direct + last.link - common,
        removes: last.removes + cells.length - common,
        keptBefore: last.keptBefore + last.kept[cells.length]!,
      });
    }
    const kind = kindWanted(this.#model, thing);
    const kept = [0];
    const sameKind = [0];
    for (const [index, cell] of cells.entries()) {
      const isSame = cell.kind === kind;
      const stays = isSame && cell.thing === thing ? last.kept[index]! + worth[index]! : 0;
      kept.push(Math.max(kept[index]!, last.kept[index + 1]!, stays));
      const pairs = isSame ? last.sameKind[index]! + 1 : 0;
      sameKind.push(Math.max(sameKind[index]!, last.sameKind[index + 1]!, pairs));
    }
    return { ...last, left: last.left.with(thing, false), [kind]: last[kind] + 1, kept, sameKind };
  }

  costOf(beginning: Beginning): Cost {
    const { gap, direct, link, kept, sameKind, inserts, removes, keptBefore, left } = beginning;
    const isWhole = gap === this.#gaps.length - 1 && !left.includes(true);
    let most = keptBefore;
    let comes = inserts;
    let goes = removes;
    if (isWhole) {
      const cells = this.#gaps[gap]!.cells.length;
      comes += direct + link - sameKind[cells]!;
      goes += cells - sameKind[cells]!;
      most += kept[cells]!;
    } else {
      const more = { direct, link };
      left.forEach((isLeft, thing) => {
        if (isLeft) more[kindWanted(this.#model, thing)]++;
      });
      for (const { cells } of this.#gaps.slice(gap)) for (const { kind } of cells) more[kind]--;
      for (const difference of [more.direct, more.link]) {
        if (difference > 0) comes += difference;
        else goes -= difference;
      }
      most += this.#mostKeptIn(beginning);
    }
    const writes = this.#writes - most;
    if (this.#model.problem.strategy === 'gap') return this.#gapCost(writes);
    if (this.#isSpareless && comes + goes === 0 && writes > this.#copies) {
      return { waits: 2, operations: writes + 1 };
    }
    const waits = comes + goes + this.#leaving;
    return { waits, operations: Math.max(writes, comes) + goes + this.#leaving };
  }

  /** Whatever is written is inserted, and every other cell of ours is removed; a kept copy gives way to its program. */
  #gapCost(writes: number): Cost {
    const { today, own, wanted } = this.#model;
    const cells = today.filter(({ thing }) => thing < own);
    const inserted = Math.max(0, writes - this.#copies);
    const removed = Math.max(0, cells.length - (wanted - inserted));
    const waits = inserted + removed + this.#leaving;
    return { waits, operations: writes + removed + this.#leaving };
  }

  /** In the gap that is not at its end and in those to come. */
  #mostKeptIn({ gap, kept, left }: Beginning): number {
    const { cells, worth } = this.#gaps[gap]!;
    let later = 0;
    let most = kept[cells.length]!;
    for (let index = cells.length - 1; index >= 0; index--) {
      if (left[cells[index]!.thing]) later += worth[index]!;
      most = Math.max(most, kept[index]! + later);
    }
    for (const next of this.#gaps.slice(gap + 1)) {
      for (const [index, cell] of next.cells.entries()) if (left[cell.thing]) most += next.worth[index]!;
    }
    return most;
  }

  #gapAt(gap: number, before: Pick<Beginning, 'left' | 'inserts' | 'removes' | 'keptBefore'>): Beginning {
    const zeros = new Array<number>(this.#gaps[gap]!.cells.length + 1).fill(0);
    return { gap, direct: 0, link: 0, kept: zeros, sameKind: zeros, ...before };
  }
}
