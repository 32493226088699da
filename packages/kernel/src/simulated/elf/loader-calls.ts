import { attr } from '../../abi/attr.js';
import { command } from '../../abi/command.js';
import { abiSize } from '../../abi/size.js';
import { Arena } from '../../arena.js';
import type { SimulatedProcess } from '../simulated-process.js';
import type { MapDefinition } from './map-definitions.js';

const BASE = 0x5000_0000_0000;
const SLACK = 1024;

/** What a load of a program needs. */
export interface ProgramLoad {
  readonly type: number;
  readonly expectedAttachType: number;
  readonly name: string;
  readonly instructions: Uint8Array;
  readonly license: Uint8Array;
  readonly btf: number;
  readonly functionInfo: Uint8Array | null;
}

/** The system calls of the loader, each with memory of its own that is as large as it needs; results are as bpf(2) gives them. */
export class LoaderCalls {
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  loadBtf(bytes: Uint8Array): number {
    const layout = attr.btfLoad;
    return this.#call(command.BTF_LOAD, [bytes], layout.end, (set, [blob]) => {
      set.pointer(layout.btf, blob!);
      set.u32(layout.size, bytes.length);
    });
  }

  createMap(map: MapDefinition, name: string): number {
    const layout = attr.mapCreate;
    return this.#call(command.MAP_CREATE, [], layout.valueTypeBtfFd, (set) => {
      set.u32(layout.type, map.type);
      set.u32(layout.keySize, map.keySize);
      set.u32(layout.valueSize, map.valueSize);
      set.u32(layout.maxEntries, map.maxEntries);
      set.u32(layout.flags, map.flags);
      set.bytes(layout.name, nameBytes(name));
    });
  }

  /** Sets the element 0 of an array. */
  setValue(map: number, value: Uint8Array): number {
    const layout = attr.mapElement;
    return this.#call(command.MAP_UPDATE_ELEM, [new Uint8Array(4), value], layout.end, (set, [key, at]) => {
      set.u32(layout.mapFd, map);
      set.pointer(layout.key, key!);
      set.pointer(layout.value, at!);
    });
  }

  loadProgram(load: ProgramLoad): number {
    const layout = attr.progLoad;
    const info = load.functionInfo ?? new Uint8Array(0);
    const buffers = [load.instructions, load.license, info];
    return this.#call(command.PROG_LOAD, buffers, layout.tokenFd, (set, [instructions, license, records]) => {
      set.u32(layout.type, load.type);
      set.u32(layout.expectedAttachType, load.expectedAttachType);
      set.u32(layout.instructionCount, load.instructions.length / abiSize.instruction);
      set.pointer(layout.instructions, instructions!);
      set.pointer(layout.license, license!);
      set.bytes(layout.name, nameBytes(load.name));
      if (info.length === 0) return;
      set.u32(layout.btfFd, load.btf);
      set.u32(layout.functionInfoSize, 8);
      set.pointer(layout.functionInfo, records!);
      set.u32(layout.functionInfoCount, info.length / 8);
    });
  }

  #call(
    number: number,
    buffers: readonly Uint8Array[],
    size: number,
    fill: (set: Setter, offsets: readonly number[]) => void,
  ): number {
    const room = buffers.reduce((sum, { length }) => sum + length + 8, SLACK);
    const arena = new Arena(new ArrayBuffer(room), BASE);
    const input = arena.reserve(abiSize.attr);
    const offsets = buffers.map((bytes) => {
      const offset = arena.reserve(bytes.length);
      arena.bytes.set(bytes, offset);
      return offset;
    });
    fill(
      {
        u32: (at, value) => arena.view.setUint32(input + at, value, true),
        pointer: (at, target) => arena.setPointer(input + at, target),
        bytes: (at, bytes) => arena.bytes.set(bytes, input + at),
      },
      offsets,
    );
    return this.#process.call(arena, number, arena.address(input), size);
  }
}

interface Setter {
  u32(at: number, value: number): void;
  pointer(at: number, target: number): void;
  bytes(at: number, bytes: Uint8Array): void;
}

/** The kernel takes 15 characters of `[A-Za-z0-9_.]`; the full name is in BTF. */
function nameBytes(name: string): Uint8Array {
  return new TextEncoder().encode(name.replace(/[^A-Za-z0-9_.]/g, '_')).subarray(0, abiSize.name - 1);
}
