import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { info } from '../abi/info.js';
import { mapType } from '../abi/map-type.js';
import { Descriptor } from './descriptor.js';
import { check } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';

/** The shape of a map. */
export interface MapShape {
  /** Number of the map type. */
  readonly type: number;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value. */
  readonly valueSize: number;
  readonly maxEntries: number;
  /** At most 15 of `[A-Za-z0-9_.]`. */
  readonly name?: string;
}

/** What the kernel says of a map. */
export interface MapInfo extends Required<MapShape> {
  readonly id: number;
}

/** Maps, as far as ordering programs needs them: program arrays for tail calls (spec 15.4). */
export class Maps {
  readonly #calls: ObjectCalls;

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  /** Makes a map; it vanishes with its last fd or pin. */
  create(shape: MapShape): Descriptor {
    const { memory, world } = this.#calls;
    const layout = attr.mapCreate;
    memory.clearAttr();
    memory.setField(layout.type, shape.type);
    memory.setField(layout.keySize, shape.keySize);
    memory.setField(layout.valueSize, shape.valueSize);
    memory.setField(layout.maxEntries, shape.maxEntries);
    const name = new TextEncoder().encode(shape.name ?? '').subarray(0, 16);
    memory.arena.bytes.set(name, memory.attr + layout.name);
    const operation = () => `create map ${shape.name ?? ''}`.trimEnd();
    return new Descriptor(check(this.#calls.call(command.MAP_CREATE, layout.tokenFd + 4), operation), world);
  }

  /**
   * Makes an array of programs to tail-call; closing the last fd of one that is not pinned clears its entries.
   *
   * @param maxEntries 1 at least
   */
  createProgramArray(name: string, maxEntries: number): Descriptor {
    return this.create({ type: mapType.PROG_ARRAY, keySize: 4, valueSize: 4, maxEntries, name });
  }

  /** Puts a program into a slot of a program array, which then holds a reference to it. */
  setProgram(mapFd: number, index: number, programFd: number): void {
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, programFd, true);
    this.update(mapFd, indexKey(index), word);
  }

  /** Id of the program in a slot of a program array, or null when the slot is empty. */
  programAt(mapFd: number, index: number): number | null {
    const value = this.lookup(mapFd, indexKey(index), 4);
    return value === null ? null : new DataView(value.buffer).getUint32(0, true);
  }

  /** Writes one element. */
  update(mapFd: number, key: Uint8Array, value: Uint8Array): void {
    const operation = () => `update map fd ${mapFd}`;
    const calls = this.#calls;
    const keyAt = calls.writeScratch(key, 0, operation);
    const valueAt = calls.writeScratch(value, align(key.length), operation);
    check(this.#element(command.MAP_UPDATE_ELEM, mapFd, keyAt, valueAt), operation, (name) => {
      if (name === 'E2BIG') return 'the index is behind the end of the map';
      if (name === 'EINVAL') return 'the map does not take this program or value';
      return undefined;
    });
  }

  /**
   * Reads one element.
   *
   * @param valueSize bytes of a value of this map
   * @returns the value, or null when there is none
   */
  lookup(mapFd: number, key: Uint8Array, valueSize: number): Uint8Array<ArrayBuffer> | null {
    const operation = () => `look up in map fd ${mapFd}`;
    const calls = this.#calls;
    const keyAt = calls.writeScratch(key, 0, operation);
    const valueAt = calls.writeScratch(new Uint8Array(valueSize), align(key.length), operation);
    const result = this.#element(command.MAP_LOOKUP_ELEM, mapFd, keyAt, valueAt);
    if (result === -errno.ENOENT) return null;
    check(result, operation);
    return new Uint8Array(calls.memory.arena.bytes.subarray(valueAt, valueAt + valueSize));
  }

  #element(number: number, mapFd: number, keyAt: number, valueAt: number): number {
    const { memory } = this.#calls;
    const layout = attr.mapElement;
    memory.clearAttr();
    memory.setField(layout.mapFd, mapFd);
    memory.setFieldPointer(layout.key, keyAt);
    memory.setFieldPointer(layout.value, valueAt);
    return this.#calls.call(number, layout.end);
  }

  /** Opens a map by its id; needs CAP_SYS_ADMIN. */
  open(id: number): Descriptor {
    return this.#calls.open('map', id);
  }

  info(fd: number): MapInfo {
    const calls = this.#calls;
    const layout = info.map;
    calls.readInfo(fd, () => `read map fd ${fd}`);
    return {
      id: calls.infoField(layout.id),
      type: calls.infoField(layout.type),
      keySize: calls.infoField(layout.keySize),
      valueSize: calls.infoField(layout.valueSize),
      maxEntries: calls.infoField(layout.maxEntries),
      name: calls.memory.readText(calls.memory.info + layout.name, 16),
    };
  }
}

function indexKey(index: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, index, true);
  return key;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
