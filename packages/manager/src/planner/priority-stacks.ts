/** A queue by priority, lowest first; of equal ones the last that was put in comes first. */
export class PriorityStacks<T> {
  readonly #stacks = new Map<number, T[]>();
  /** Priorities with a stack, the highest first. */
  readonly #priorities: number[] = [];

  put(priority: number, item: T): void {
    const stack = this.#stacks.get(priority);
    if (stack !== undefined) {
      stack.push(item);
      return;
    }
    this.#stacks.set(priority, [item]);
    const at = this.#priorities.findLastIndex((other) => other > priority);
    this.#priorities.splice(at + 1, 0, priority);
  }

  take(): T | undefined {
    const priority = this.#priorities.at(-1);
    if (priority === undefined) return undefined;
    const stack = this.#stacks.get(priority)!;
    const item = stack.pop();
    if (stack.length === 0) {
      this.#stacks.delete(priority);
      this.#priorities.pop();
    }
    return item;
  }
}
