const MAX_ID = 0x7fff_ffff;

/** Gives out ids cyclically: the next higher free one, wrapping at 2^31 - 1, so that a freed id is not reused soon (spec 2). */
export class IdAllocator {
  #next: number;

  /** @param next the first candidate */
  constructor(next: number = 1) {
    this.#next = next;
  }

  /** The candidate that comes first. */
  get next(): number {
    return this.#next;
  }

  /** Takes the next id that `taken` does not know; it is consumed even when no object comes to be. */
  allocate(taken: { has(id: number): boolean }): number {
    let id = this.#next;
    while (taken.has(id)) id = id === MAX_ID ? 1 : id + 1;
    this.#next = id === MAX_ID ? 1 : id + 1;
    return id;
  }
}
