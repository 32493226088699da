import fc from 'fast-check';
import type { SlotKind, Strategy } from '../../src/planner/problem.js';

/** A program of ours before a policy is applied. */
export interface OwnScene {
  readonly today: 'absent' | 'current' | 'older';
  readonly kind: SlotKind;
  /** What its link's pin is named after. */
  readonly pin: 'itself' | 'something' | 'elsewhere';
  /** Whether the hook's entry of the policy names it. */
  readonly named: boolean;
}

/** Somebody else's program. */
export interface WallScene {
  readonly kind: SlotKind;
  /** Several may have the same name. */
  readonly name: number;
  /** Whether the policy has a `match` for it. */
  readonly matched: boolean;
  /** Whether it is the very program of the one before with its name, where a hook takes that. */
  readonly again: boolean;
  /** Whether it goes before all that is there, so that ids of links do not tell their order. */
  readonly front: boolean;
}

/** What a hook is like, and what a policy asks of it. */
export interface Scene {
  readonly own: readonly OwnScene[];
  readonly walls: readonly WallScene[];
  /** Draws that put things in order. */
  readonly ranks: readonly number[];
  /** An earlier apply that was killed. */
  readonly interrupted: { readonly strategy: Strategy; readonly calls: number } | null;
  /** Either the whole order is said, or these pairs of it. */
  readonly pairs: readonly (readonly [number, number])[] | null;
  readonly first: boolean;
  readonly last: boolean;
  readonly strategy: Strategy;
  readonly attach: SlotKind;
  readonly others: 'keep' | 'report' | 'remove';
}

const kind = fc.constantFrom<SlotKind>('direct', 'link');
const strategy = fc.constantFrom<Strategy>('overlap', 'overlap', 'in-place', 'gap');

/** Random scenes; `satisfy` makes a policy of one that some chain satisfies. */
export const anyScene: fc.Arbitrary<Scene> = fc.record({
  own: fc.array(
    fc.record({
      today: fc.constantFrom('absent', 'current', 'current', 'current', 'older'),
      kind,
      pin: fc.constantFrom('itself', 'itself', 'something', 'elsewhere'),
      named: fc.constantFrom(true, true, true, true, false),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  ),
  walls: fc.array(
    fc.record({
      kind,
      name: fc.nat({ max: 2 }),
      matched: fc.boolean(),
      again: fc.boolean(),
      front: fc.boolean(),
    }),
    { maxLength: 4, size: 'max' },
  ),
  ranks: fc.array(fc.nat({ max: 1_000_000 }), { minLength: 40, maxLength: 40 }),
  interrupted: fc.option(fc.record({ strategy, calls: fc.nat({ max: 30 }) }), { freq: 2 }),
  pairs: fc.option(fc.array(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 100 })), { maxLength: 6 }), {
    freq: 1,
  }),
  first: fc.constantFrom(false, false, true),
  last: fc.constantFrom(false, false, true),
  strategy,
  attach: kind,
  others: fc.constantFrom('keep', 'keep', 'report', 'remove'),
});

/** Takes draws from a list, one after the other. */
export class Draws {
  readonly #draws: readonly number[];
  #next = 0;

  constructor(draws: readonly number[]) {
    this.#draws = draws;
  }

  /** A number from 0 to `most`. */
  upTo(most: number): number {
    return this.#draws[this.#next++ % this.#draws.length]! % (most + 1);
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled: Item[] = [];
    for (const item of items) shuffled.splice(this.upTo(shuffled.length), 0, item);
    return shuffled;
  }
}
