import type { Kernel, NamespaceSelector } from '@mprog/kernel';
import type { Context } from './context.js';
import { Journal } from './journal/journal.js';

/** What a manager stands on. */
export interface ManagerOptions {
  readonly kernel: Kernel;
  /** Directory of the journal; `defaultStateDirectory()` for the real kernel, one beside its file for a simulated one. */
  readonly stateDirectory: string;
  /** Namespace of hooks that name none (`--netns`); the caller's by default. */
  readonly namespace?: NamespaceSelector;
  /** Milliseconds since 1970, for the journal; by default the clock of the kernel's world. */
  readonly clock?: () => number;
  /** Waits between two attempts, milliseconds. */
  readonly pause?: (milliseconds: number) => void;
}

export function makeContext(options: ManagerOptions): Context {
  const { kernel, stateDirectory, namespace, pause } = options;
  const { world } = kernel.host;
  const clock = options.clock ?? (() => world.now());
  return {
    kernel,
    world,
    journal: new Journal(stateDirectory, world, clock),
    namespace: namespace ?? null,
    clock,
    pause: pause ?? sleep,
  };
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
