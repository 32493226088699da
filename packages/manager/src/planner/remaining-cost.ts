import { codeOfThing, isOwn, isStandIn, kindCode, ownCode, thingOf } from './line.js';
import { kindWanted, type Model } from './model.js';

/**
 * What is left to do on the way from a line to a target, at least: never more than it takes, and often as much.
 *
 * It is asked for every chain that a search meets, so it makes nothing new: the answer to the last question is in its
 * fields, until the next one is asked.
 */
export class RemainingCost {
  waits = 0;
  operations = 0;
  readonly #model: Model;
  /** Codes of the target, by gap between walls. */
  readonly #gaps: readonly (readonly number[])[];
  readonly #plain: readonly number[];
  readonly #there: Uint8Array;
  readonly #copies: Uint8Array;
  readonly #worth: Uint8Array;
  readonly #row: Uint8Array;
  #inserts = 0;
  #removes = 0;
  #kept = 0;

  constructor(model: Model, target: readonly number[]) {
    const gaps: number[][] = [[]];
    this.#plain = target.map((thing) => {
      if (thing >= model.own) {
        gaps.push([]);
        return codeOfThing(thing);
      }
      const code = ownCode(thing, kindWanted(model, thing) === 'link' ? 1 : 0, false);
      gaps.at(-1)!.push(code);
      return code;
    });
    this.#model = model;
    this.#gaps = gaps;
    this.#there = new Uint8Array(model.own);
    this.#copies = new Uint8Array(model.own);
    this.#worth = new Uint8Array(model.own);
    this.#row = new Uint8Array(model.own + 1);
  }

  /** Whether a line is the target, but for stand-ins. */
  isReached(line: string): boolean {
    const plain = this.#plain;
    if (line.length !== plain.length) return false;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      if ((isOwn(code) ? code & ~1 : code) !== plain[i]) return false;
    }
    return true;
  }

  of(line: string): void {
    const { own, wanted, things, problem } = this.#model;
    const there = this.#there.fill(0);
    const copies = this.#copies.fill(0);
    let isSpareless = true;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      if (!isOwn(code)) continue;
      const thing = thingOf(code);
      copies[thing]!++;
      there[thing]! |= isStandIn(code) ? 1 : 2;
      if (thing >= wanted) isSpareless = false;
    }
    let writes = 0;
    for (let thing = 0; thing < wanted; thing++) {
      if (copies[thing] !== 1) isSpareless = false;
      // A program that is nowhere but in the wrong place has to be copied first and to follow afterwards.
      const isAlone = there[thing] === 2 && copies[thing] === 1 && !problem.rules.linkRepeats;
      this.#worth[thing] = isAlone ? 2 : 1;
      writes += this.#worth[thing]!;
    }
    this.#inserts = 0;
    this.#removes = 0;
    this.#kept = 0;
    let gap = 0;
    let start = 0;
    for (let i = 0; i < line.length; i++) {
      const thing = thingOf(line.charCodeAt(i));
      if (thing < own) continue;
      if (things[thing]!.sort === 'leaving') {
        this.#removes++;
        continue;
      }
      this.#endGap(line, start, i, this.#gaps[gap++]!);
      start = i + 1;
    }
    this.#endGap(line, start, line.length, this.#gaps[gap]!);
    writes = Math.max(writes - this.#kept, this.#inserts);
    this.waits = this.#inserts + this.#removes;
    this.operations = writes + this.#removes;
    if (isSpareless && this.waits === 0 && !this.isReached(line)) {
      // Nothing can be overwritten before something was inserted.
      this.waits = 2;
      this.operations = Math.max(writes, 1) + 1;
    }
  }

  #endGap(line: string, from: number, to: number, wanted: readonly number[]): void {
    let count = 0;
    for (let i = from; i < to; i++) if (isOwn(line.charCodeAt(i))) count++;
    const common = this.#commonKinds(line, from, to, wanted, count);
    this.#inserts += wanted.length - common;
    this.#removes += count - common;
    if (count > 0 && wanted.length > 0) this.#kept += this.#heaviestKept(line, from, to, wanted);
  }

  /** Places of a gap that can stay, for what is attached how alone. */
  #commonKinds(line: string, from: number, to: number, wanted: readonly number[], count: number): number {
    if (this.#model.kinds.length < 2) return Math.min(count, wanted.length);
    const row = this.#row.fill(0);
    for (let i = to - 1; i >= from; i--) {
      const code = line.charCodeAt(i);
      if (!isOwn(code)) continue;
      let diagonal = 0;
      for (let j = wanted.length - 1; j >= 0; j--) {
        const below = row[j]!;
        const isSame = kindCode(code) === kindCode(wanted[j]!);
        row[j] = isSame ? diagonal + 1 : Math.max(below, row[j + 1]!);
        diagonal = below;
      }
    }
    return row[0]!;
  }

  /** What is saved at most because programs of a gap stay. */
  #heaviestKept(line: string, from: number, to: number, wanted: readonly number[]): number {
    const row = this.#row.fill(0);
    for (let i = to - 1; i >= from; i--) {
      const code = line.charCodeAt(i);
      if (!isOwn(code)) continue;
      let diagonal = 0;
      for (let j = wanted.length - 1; j >= 0; j--) {
        const below = row[j]!;
        let most = Math.max(below, row[j + 1]!);
        if ((code & ~1) === wanted[j])
          most = Math.max(most, diagonal + this.#worth[thingOf(code)]! - (code & 1));
        row[j] = most;
        diagonal = below;
      }
    }
    return row[0]!;
  }
}
