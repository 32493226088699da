import type { Kernel, NamespaceSelector, World } from '@mprog/kernel';
import type { Journal } from './journal/journal.js';

/** What every operation of a manager stands on. */
export interface Context {
  readonly kernel: Kernel;
  readonly world: World;
  readonly journal: Journal;
  /** Namespace of hooks that name none; null for the caller's. */
  readonly namespace: NamespaceSelector | null;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Waits between two attempts, milliseconds. */
  readonly pause: (milliseconds: number) => void;
}
