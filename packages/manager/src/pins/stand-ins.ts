import { MprogError } from '@mprog/core';
import { isErrno, mapType, readStandIn, STAND_IN_NAME, type StandInState } from '@mprog/kernel';
import type { Context } from '../context.js';
import { tidyAbove } from '../host/bpffs.js';
import type { ProgramState } from '../host/state.js';
import type { OwnPins } from './own-pins.js';

/** Which programs of the host are stand-ins of ours: those whose array is pinned below `mprog/stand-ins`. */
export class StandIns {
  readonly #context: Context;
  readonly #pins: OwnPins;
  readonly #read: Map<number, StandInState | null> = new Map();
  #arrays: ReadonlyMap<number, string> | undefined;

  constructor(context: Context, pins: OwnPins) {
    this.#context = context;
    this.#pins = pins;
  }

  /** Id of the program that a stand-in of ours calls; null for any other program. */
  originalOf({ id, name }: Pick<ProgramState, 'id' | 'name'>): number | null {
    if (name !== STAND_IN_NAME) return null;
    const state = this.#stateOf(id);
    return state !== null && this.#ownArrays().has(state.array) ? state.original : null;
  }

  /** Removes the pins of arrays whose stand-in is gone: what a kill has left. */
  sweep(): void {
    const arrays = this.#ownArrays();
    if (arrays.size === 0) {
      const { world } = this.#context;
      // Where nothing is left nothing is called that would change something.
      if (world.pins.kindOf(this.#pins.standIns) === 'directory') {
        tidyAbove(world, `${this.#pins.standIns}/any`);
      }
      return;
    }
    const used = new Set<number>();
    for (const id of this.#context.kernel.programs.ids()) {
      const state = this.#stateOf(id);
      if (state !== null) used.add(state.array);
    }
    for (const [array, path] of arrays) if (!used.has(array)) removeArrayPin(this.#context, path);
  }

  #stateOf(id: number): StandInState | null {
    let state = this.#read.get(id);
    if (state === undefined) {
      state = readStandIn(this.#context.kernel, id);
      this.#read.set(id, state);
    }
    return state;
  }

  /** Paths of the arrays that are pinned below `mprog/stand-ins`, by id. */
  #ownArrays(): ReadonlyMap<number, string> {
    this.#arrays ??= readArrays(this.#context, this.#pins.standIns);
    return this.#arrays;
  }
}

/** Removes the pin of an array and the directory that it leaves empty; one that can't be removed stays for the next time. */
export function removeArrayPin({ world }: Context, path: string): void {
  try {
    world.pins.remove(path);
    tidyAbove(world, path);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
  }
}

function readArrays({ kernel, world }: Context, directory: string): ReadonlyMap<number, string> {
  const arrays = new Map<number, string>();
  let paths: readonly string[];
  try {
    paths = world.pins.list(directory);
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return arrays;
    throw error;
  }
  for (const path of paths) {
    // What has another name is somebody else's.
    if (!/\/\d+-[0-9a-f]{8}$/.test(path)) continue;
    try {
      using pinned = kernel.pins.open(path);
      if (pinned.kind !== 'map') continue;
      const { id, type, maxEntries } = kernel.maps.info(pinned.fd);
      if (type === mapType.PROG_ARRAY && maxEntries === 1) arrays.set(id, path);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
    }
  }
  return arrays;
}
