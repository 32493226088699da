const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Catches signals that would end the process, so that a long command can end by itself at the next point where it leaves
 * nothing behind. A signal that comes twice ends the process all the same.
 */
export class Interruption implements Disposable {
  readonly #controller: AbortController = new AbortController();
  readonly #note = (signal: NodeJS.Signals): void => {
    this.#controller.abort(signal);
    this.#forget();
  };

  constructor() {
    for (const signal of signals) process.on(signal, this.#note);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives the event loop its turn, in which signals arrive. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  [Symbol.dispose](): void {
    this.#forget();
  }

  #forget(): void {
    for (const signal of signals) process.off(signal, this.#note);
  }
}
