import { type Call, fours, ones, sixteens, type Template } from './templates.js';

/**
 * @internal The copies of functions that stand in for generated ones. Each is given out once, as one that serves several
 * chunks knows none of them; when they are used up, the first copy of each kind serves all further chunks, and is then
 * about as fast as a loop.
 */
export class TemplatePool {
  #free = whole();

  /** A function that calls the handlers, at least one, made of chunks of 16, 4 and 1. */
  fill(handlers: readonly Call[]): Call | undefined {
    const free = this.#free;
    let next: Call | undefined;
    let end = handlers.length;
    const fill = <Handlers extends readonly Call[]>(
      templates: readonly Template<Handlers>[],
      kind: keyof typeof free,
      width: number,
    ): void => {
      const template = templates[free[kind]] as Template<Handlers>;
      if (free[kind] > 0) free[kind]--;
      next = template(handlers.slice(end - width, end) as readonly Call[] as Handlers, next);
      end -= width;
    };
    // Backwards, as each chunk goes on with the one behind it.
    while ((end & 3) > 0) fill(ones, 'ones', 1);
    while ((end & 15) > 0) fill(fours, 'fours', 4);
    while (end > 0) fill(sixteens, 'sixteens', 16);
    return next;
  }

  /** How many chunks of sixteen can still get a copy of their own. */
  get free(): number {
    return this.#free.sixteens;
  }

  /** Gives all copies out anew; they do the same as before, only slower. */
  restock(): void {
    this.#free = whole();
  }
}

/** The index of the next copy of each kind, down to 0 for the one that is shared. */
function whole() {
  return { sixteens: sixteens.length - 1, fours: fours.length - 1, ones: ones.length - 1 };
}
