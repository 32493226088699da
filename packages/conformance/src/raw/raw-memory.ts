import { Arena, type Laboratory } from '@mprog/kernel';
import { openLinux } from '@mprog/kernel/linux';
import type { SimulatedLaboratory, SimulatedProcess } from '@mprog/kernel/simulated';
import { WINDOW } from './raw-step.js';

/** The memory of raw calls, behind whose last byte nothing is mapped, and bpf(2) for whoever runs in a laboratory. */
export interface RawMemory extends Disposable {
  readonly laboratory: Laboratory;
  /** {@link WINDOW} bytes. */
  readonly bytes: Uint8Array;
  /** Address of the first of them. */
  readonly base: number;
  bpf(command: number, attr: number, size: number): number;
}

/** Memory of its own on the running kernel, whose end is that of a mapping with nothing behind it. */
export function linuxMemory(laboratory: Laboratory): RawMemory {
  const host = openLinux({ arenaBytes: WINDOW });
  const { arena } = host.systemCall;
  const start = arena.bytes.length - WINDOW;
  return {
    laboratory,
    bytes: arena.bytes.subarray(start),
    base: arena.address(start),
    bpf: (command, attr, size) => host.systemCall.bpf(command, attr, size),
    [Symbol.dispose]: () => host.close(),
  };
}

/** Memory at a given address for the process of a simulated laboratory. */
export function simulatedMemory(laboratory: SimulatedLaboratory, base: number): RawMemory {
  const arena = new Arena(new ArrayBuffer(WINDOW), base);
  const process = laboratory.host as SimulatedProcess;
  return {
    laboratory,
    bytes: arena.bytes,
    base,
    bpf: (command, attr, size) => process.call(arena, command, attr, size),
    [Symbol.dispose]: () => undefined,
  };
}
