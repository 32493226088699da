import type { KernelObject } from './kernel-object.js';

/** What may be done with a map through an fd: 0 for everything, or one of the open flags RDONLY and WRONLY. */
export type Access = 0 | 8 | 16;

/** The fds of one process; a fresh fd is always the lowest number that is free. */
export class FdTable {
  readonly limit: number;
  readonly #objects = new Map<number, KernelObject>();
  readonly #restricted = new Map<number, Access>();
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

  /** How an fd may be used, which matters for maps alone (spec 15.2). */
  access(fd: number): Access {
    return this.#restricted.get(fd) ?? 0;
  }

  /** Puts an object under the lowest free number, which it returns. The caller checked that there is room. */
  add(object: KernelObject, access: Access = 0): number {
    let fd = this.#lowest;
    while (this.#objects.has(fd)) fd++;
    this.set(fd, object, access);
    this.#lowest = fd + 1;
    return fd;
  }

  /** Puts an object under a number that is free. */
  set(fd: number, object: KernelObject, access: Access = 0): void {
    this.#objects.set(fd, object);
    if (access !== 0) this.#restricted.set(fd, access);
  }

  /** Takes an fd out of the table and returns its object. */
  remove(fd: number): KernelObject | undefined {
    const object = this.#objects.get(fd);
    if (object === undefined) return undefined;
    this.#objects.delete(fd);
    this.#restricted.delete(fd);
    if (fd < this.#lowest) this.#lowest = fd;
    return object;
  }

  entries(): IterableIterator<[number, KernelObject]> {
    return this.#objects.entries();
  }
}
