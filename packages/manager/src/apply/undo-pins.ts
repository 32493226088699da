import { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import { encodePinName, tidyAbove, withPinDirectory } from '../bpffs.js';
import type { Context } from '../context.js';
import type { HostView } from '../host-view.js';
import { openProgram } from '../resolve-program.js';
import { groupRecords, planGroups, UNDOABLE } from './history.js';
import type { OwnPins } from './own-pins.js';

/** Programs that changes took off their hooks, kept by pins below `mprog/undo/ENTRY` for as long as that can be undone. */
export class UndoPins {
  readonly #context: Context;
  readonly #pins: OwnPins;
  readonly #operation: string;
  readonly #made: string[] = [];

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
        withPinDirectory(world, path, this.#operation, () => kernel.pins.pin(program.fd, path));
        this.#made.push(path);
      } catch (error) {
        if (!isErrno(error, 'EEXIST')) throw error;
      }
    }
  }

  /** Lets go of what this object kept, since everything is as it was; what can't be removed is pruned some day. */
  forget(): void {
    for (const path of this.#made.splice(0)) this.#remove(path);
  }

  /** Entries that have pins, the oldest first: their names begin with their time. */
  entries(): readonly string[] {
    const found = new Set(this.#paths().map((path) => path.slice(this.#pins.undo.length + 1).split('/')[0]!));
    return [...found].sort();
  }

  /**
   * Lets go of what can't be undone any more; what can't be removed stays for the next time.
   *
   * An entry that the history does not know may be under way, or belong to another state directory: it stays as long as it
   * is younger than what can be undone.
   */
  prune(): void {
    const entries = this.entries();
    const known = planGroups(groupRecords(this.#context.journal.read())).map(encodePinName);
    const [oldest] = known.slice(-UNDOABLE);
    if (oldest === undefined || known.length < UNDOABLE) return;
    const kept = new Set(known.slice(-UNDOABLE));
    const over = new Set(known);
    const old = new Set(entries.filter((entry) => !kept.has(entry) && (over.has(entry) || entry < oldest)));
    for (const path of this.#paths()) {
      if (!old.has(path.slice(this.#pins.undo.length + 1).split('/')[0]!)) continue;
      this.#remove(path);
    }
  }

  #remove(path: string): void {
    try {
      this.#context.world.pins.remove(path);
      tidyAbove(this.#context.world, path);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
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
