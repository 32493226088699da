import { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { isEntryName } from '../history/entry-name.js';
import { pinInDirectory, tidyAbove } from '../host/bpffs.js';
import type { HostView } from '../host/host-view.js';
import { openProgram } from '../resolve/resolve-program.js';
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

  /**
   * Lets go of what can't be undone any more; what can't be removed stays for the next time, and so does what has not the
   * name of such a pin: it is somebody else's.
   *
   * An entry that is not in the history may be under way, or belong to another state directory: it counts by its name, which
   * begins with its time.
   *
   * @param undoable entries that can be undone, the oldest first
   * @param failed entries that have nothing to undo
   */
  prune(undoable: readonly string[], failed: ReadonlySet<string>): void {
    const pins = this.#paths().flatMap((path) => {
      const [entry = '', program = '', ...rest] = path.slice(this.#pins.undo.length + 1).split('/');
      return isEntryName(entry) && /^\d+$/.test(program) && rest.length === 0 ? [{ path, entry }] : [];
    });
    const last = undoable.slice(-KEPT);
    const oldest = last.length === KEPT ? last[0]! : '';
    const past = new Set([...undoable.slice(0, -KEPT), ...failed]);
    const isKept = (entry: string) => last.includes(entry) || (!past.has(entry) && entry >= oldest);
    for (const { path, entry } of pins) {
      if (isKept(entry)) continue;
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
      // Somebody else's pin at the path of the directory is none of ours to remove.
      if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return [];
      throw error;
    }
  }
}
