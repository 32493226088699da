import type { Laboratory } from '@mprog/kernel';
import { compareSequence, type Pair, scriptOf } from './differential.js';
import type { FuzzResult, FuzzTarget } from './fuzz.js';
import { openSubject } from './open-subject.js';
import type { TraceLayer } from './trace.js';

/** What a target of sequences needs. */
export interface SequenceTargetOptions {
  readonly layer: TraceLayer;
  /** Operations of a sequence before its tail. */
  readonly ops: number;
  /** Opens a laboratory on the kernel that is taken for right. */
  readonly reference: () => Laboratory;
  readonly candidate: () => Laboratory;
}

/** Random sequences of a layer's operations, on two laboratories. */
export class SequenceTarget implements FuzzTarget {
  readonly layer: TraceLayer;
  readonly #ops: number;
  readonly #pair: Pair;
  readonly #laboratories: Laboratory[] = [];

  constructor({ layer, ops, reference, candidate }: SequenceTargetOptions) {
    this.layer = layer;
    this.#ops = ops;
    const [expected, got] = [this.#open(reference), this.#open(candidate)];
    this.#pair = {
      reference: (_, programs) => openSubject(layer, expected, programs),
      candidate: (_, programs) => openSubject(layer, got, programs),
    };
  }

  async run(seed: number, rest: () => Promise<void>): Promise<FuzzResult> {
    const options = { layer: this.layer, seed, ops: this.#ops };
    const { operations, divergence } = compareSequence(options, this.#pair);
    if (divergence === null) return { operations, script: null };
    return { operations, script: await scriptOf(divergence, options, this.#pair, rest) };
  }

  close(): void {
    for (const laboratory of this.#laboratories.splice(0).reverse()) laboratory.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(open: () => Laboratory): Laboratory {
    try {
      const laboratory = open();
      this.#laboratories.push(laboratory);
      return laboratory;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}
