import { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import { pinInDirectory, tidyAbove } from '../bpffs.js';
import type { Context } from '../context.js';
import type { HostView } from '../host-view.js';
import { openProgram } from '../resolve-program.js';
import type { OwnPins } from './own-pins.js';

/** Entries of the history that stay undoable. */
const KEPT = 10;

/** Programs that changes took off their hooks, kept by pins below `mprog/undo/ENTRY` for as long as that can be undone. */
export class UndoPins {
  readonly #context: Context;
  readonly #pins: OwnPins;
  readonly #operation: string;

  constructor(context: Context, pins: OwnPins, operation: string) {
    this.#context = context;
    this.#pins = pins;
    this.#operation = operation;
  }

  /** Keeps programs for an entry; one that is kept already stays as it is. */
  keep(view: HostView, entry: string, programs: Iterable<number>): void {
    const { kernel, world } = this.#context;
    for (const id of programs) {
      const path = this.#pins.undoOf(entry, id);
      using program = openProgram(this.#context, view, id, this.#operation);
      try {
        pinInDirectory(world, path, this.#operation, () => kernel.pins.pin(program.fd, path));
      } catch (error) {
        if (!isErrno(error, 'EEXIST')) throw error;
      }
    }
  }

  /** Entries that have pins, the oldest first: their names begin with their time. */
  entries(): readonly string[] {
    const found = new Set(this.#paths().map((path) => path.slice(this.#pins.undo.length + 1).split('/')[0]!));
    return [...found].sort();
  }

  /** Lets go of all but the last ten entries; what can't be removed stays for the next time. */
  prune(): void {
    const old = new Set(this.entries().slice(0, -KEPT));
    if (old.size === 0) return;
    for (const path of this.#paths()) {
      if (!old.has(path.slice(this.#pins.undo.length + 1).split('/')[0]!)) continue;
      try {
        this.#context.world.pins.remove(path);
        tidyAbove(this.#context.world, path);
      } catch (error) {
        if (!MprogError.is(error)) throw error;
      }
    }
  }

  #paths(): readonly string[] {
    try {
      return this.#context.world.pins.list(this.#pins.undo);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }
}
