import { type Call, fours, ones, sixteens, type Template } from './templates.js';

/**
 * @internal The copies of functions that stand in for generated ones, each of which is given out once: a copy that served
 * two chunks would be as slow for both as the loop.
 */
export class TemplatePool {
  #free = whole();

  /** A function that calls the handlers, made of chunks of 16, 4 and 1; `undefined` when the copies do not suffice. */
  fill(handlers: readonly Call[]): Call | undefined {
    const free = this.#free;
    const count = {
      sixteens: handlers.length >> 4,
      fours: (handlers.length & 15) >> 2,
      ones: handlers.length & 3,
    };
    if (free.sixteens < count.sixteens || free.fours < count.fours || free.ones < count.ones)
      return undefined;
    let next: Call | undefined;
    let end = handlers.length;
    const fill = <Handlers extends readonly Call[]>(
      templates: readonly Template<Handlers>[],
      kind: keyof typeof count,
      width: number,
    ): void => {
      for (let i = 0; i < count[kind]; i++) {
        free[kind]--;
        const chunk = handlers.slice(end - width, end) as readonly Call[] as Handlers;
        next = (templates[free[kind]] as Template<Handlers>)(chunk, next);
        end -= width;
      }
    };
    // Backwards, as each chunk goes on with the one behind it.
    fill(ones, 'ones', 1);
    fill(fours, 'fours', 4);
    fill(sixteens, 'sixteens', 16);
    return next;
  }

  /** Gives all copies out anew; they do the same as before, only slower. */
  restock(): void {
    this.#free = whole();
  }
}

function whole() {
  return { sixteens: sixteens.length, fours: fours.length, ones: ones.length };
}
