import type { Context, Handler } from './source-text.js';

/** A hook as one writes it in five minutes: an array that is replaced with every change, and a loop over it. */
export class PlainLoop {
  #handlers: readonly Handler[] = [];

  attach(handler: Handler): void {
    this.#handlers = [...this.#handlers, handler];
  }

  run(context: Context): number | undefined {
    const handlers = this.#handlers;
    for (let i = 0; i < handlers.length; i++) {
      const handler = handlers[i] as Handler;
      const verdict = handler(context);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }
}
