import { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import { pinInDirectory, tidyAbove } from '../bpffs.js';
import type { Context } from '../context.js';
import type { HostView } from '../host-view.js';
import { openProgram } from '../resolve-program.js';
import { isEntryName } from './entry-name.js';
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
   * Lets go of all but the last ten entries; what can't be removed stays for the next time, and so does what has not the
   * name of such a pin: it is somebody else's.
   *
   * @param failed entries that have nothing to undo
   */
  prune(failed: ReadonlySet<string>): void {
    const pins = this.#paths().flatMap((path) => {
      const [entry = '', program = '', ...rest] = path.slice(this.#pins.undo.length + 1).split('/');
      return isEntryName(entry) && /^\d+$/.test(program) && rest.length === 0 ? [{ path, entry }] : [];
    });
    // Names of entries begin with their time.
    const entries = [...new Set(pins.map(({ entry }) => entry))].filter((entry) => !failed.has(entry)).sort();
    const kept = new Set(entries.slice(-KEPT));
    for (const { path, entry } of pins) {
      if (kept.has(entry)) continue;
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
