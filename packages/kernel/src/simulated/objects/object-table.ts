import { IdAllocator } from './id-allocator.js';

/** Objects of one kind by id, with the allocator of their ids. */
export class ObjectTable<Item extends { readonly id: number }> {
  readonly #items = new Map<number, Item>();
  #ids = new IdAllocator();

  get size(): number {
    return this.#items.size;
  }

  /** The id that is tried first when the next object comes. */
  get nextId(): number {
    return this.#ids.next;
  }

  /** Consumes an id. */
  allocateId(): number {
    return this.#ids.allocate(this.#items);
  }

  get(id: number): Item | undefined {
    return this.#items.get(id);
  }

  add(item: Item): Item {
    this.#items.set(item.id, item);
    return item;
  }

  delete(id: number): void {
    this.#items.delete(id);
  }

  /** The smallest id above `id`, or 0 when there is none (spec 7.8). */
  idAfter(id: number): number {
    let smallest = 0;
    for (const candidate of this.#items.keys()) {
      if (candidate > id && (smallest === 0 || candidate < smallest)) smallest = candidate;
    }
    return smallest;
  }

  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  /** Continues the ids where a saved table stopped. */
  continueAt(nextId: number): void {
    this.#ids = new IdAllocator(nextId);
  }
}
