import type { Output } from './output.js';

const PATIENCE = 2000;

/** A line on stderr that says how far something has come, once it takes longer than two seconds and somebody watches. */
export class Progress implements Disposable {
  readonly #output: Output;
  readonly #verb: string;
  readonly #start: number = performance.now();
  #shown = '';

  /** @param verb in the past, `replayed` */
  constructor(output: Output, verb: string) {
    this.#output = output;
    this.#verb = verb;
  }

  show(done: number, total: number): void {
    if (!this.#output.isWatched || performance.now() - this.#start < PATIENCE) return;
    const line = `${this.#verb} ${done} of ${total}`;
    this.#output.aside(`\r${line.padEnd(this.#shown.length)}`);
    this.#shown = line;
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown !== '') this.#output.aside(`\r${' '.repeat(this.#shown.length)}\r`);
    this.#shown = '';
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
