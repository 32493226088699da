import type { KernelObject } from './kernel-object.js';

/** The fds of one process; a fresh fd is always the lowest number that is free. */
export class FdTable {
  readonly limit: number;
  readonly #objects = new Map<number, KernelObject>();
  #lowest = 0;

  /** @param limit how many fds may be open; what comes on top is EMFILE */
  constructor(limit: number) {
    this.limit = limit;
  }

  get(fd: number): KernelObject | undefined {
    return this.#objects.get(fd);
  }

  /** Whether one more fd fits. */
  get hasRoom(): boolean {
    return this.#objects.size < this.limit;
  }

  /** Puts an object under the lowest free number, which it returns. The caller checked that there is room. */
  add(object: KernelObject): number {
    let fd = this.#lowest;
    while (this.#objects.has(fd)) fd++;
    this.#objects.set(fd, object);
    this.#lowest = fd + 1;
    return fd;
  }

  /** Puts an object under a number that is free. */
  set(fd: number, object: KernelObject): void {
    this.#objects.set(fd, object);
  }

  /** Takes an fd out of the table and returns its object. */
  remove(fd: number): KernelObject | undefined {
    const object = this.#objects.get(fd);
    if (object === undefined) return undefined;
    this.#objects.delete(fd);
    if (fd < this.#lowest) this.#lowest = fd;
    return object;
  }

  entries(): IterableIterator<[number, KernelObject]> {
    return this.#objects.entries();
  }
}
