import { randomBytes } from 'node:crypto';
import { isErrno, makeStandIn, type StandIn } from '@mprog/kernel';
import type { Context } from '../context.js';
import { pinInDirectory } from '../host/bpffs.js';
import type { HostView } from '../host/host-view.js';
import { refusal } from '../manager-error.js';
import type { OwnPins } from '../pins/own-pins.js';
import { removeArrayPin } from '../pins/stand-ins.js';
import { idOfKey } from '../problems/program-key.js';
import { openProgram } from '../resolve/resolve-program.js';
import type { OpenProgram, PlanPrograms } from './plan-programs.js';

/** What programs are taken from. */
export interface KeyedProgramsOptions {
  readonly context: Context;
  readonly view: HostView;
  readonly pins: OwnPins;
  /** Number of the attach type that the programs are most likely loaded for. */
  readonly attachType: number;
  readonly operation: string;
  /** Id of the program that a key names; null for a key that is not known here. */
  idOf(key: string): number | null;
}

interface PinnedStandIn {
  readonly standIn: StandIn;
  readonly id: number;
  readonly path: string;
}

/** Programs of a host by their keys, and stand-ins for them, each opened or made once. */
export class KeyedPrograms implements PlanPrograms {
  readonly #options: KeyedProgramsOptions;
  readonly #programs: Map<string, OpenProgram & { close(): void }> = new Map();
  readonly #standIns: Map<string, PinnedStandIn> = new Map();

  constructor(options: KeyedProgramsOptions) {
    this.#options = options;
  }

  program(key: string): OpenProgram {
    const { context, view, operation, idOf } = this.#options;
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const id = idOf(key) ?? idOfKey(key);
    if (id === null) throw refusal('ENOENT', operation, `${key} is not loaded`);
    const program = openProgram(context, view, id, operation);
    const opened = { id, fd: program.fd, close: () => program.close() };
    this.#programs.set(key, opened);
    return opened;
  }

  standIn(key: string): OpenProgram {
    const { context, pins, operation, attachType } = this.#options;
    const { kernel, world } = context;
    let pinned = this.#standIns.get(key);
    if (pinned === undefined) {
      const original = this.program(key);
      const standIn = makeStandIn(kernel, original.fd, attachType);
      const path = `${pins.standIns}/${original.id}-${randomBytes(4).toString('hex')}`;
      try {
        pinInDirectory(world, path, operation, () => kernel.pins.pin(standIn.array.fd, path));
      } catch (error) {
        standIn.close();
        throw error;
      }
      pinned = { standIn, id: kernel.programs.info(standIn.program.fd).id, path };
      this.#standIns.set(key, pinned);
    }
    return { id: pinned.id, fd: pinned.standIn.program.fd };
  }

  /** Arrays whose stand-in is still attached somewhere stay pinned: without, it would call nothing. */
  close(): void {
    const { context } = this.#options;
    for (const { standIn, id, path } of this.#standIns.values()) {
      standIn.close();
      if (isGone(context, id)) removeArrayPin(context, path);
    }
    for (const program of this.#programs.values()) program.close();
    this.#standIns.clear();
    this.#programs.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function isGone({ kernel }: Context, id: number): boolean {
  try {
    kernel.programs.open(id).close();
    return false;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
