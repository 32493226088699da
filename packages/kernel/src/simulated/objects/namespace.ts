import type { Device } from './device.js';

/** A network namespace with its devices by ifindex. */
export interface Namespace {
  /** Decimal inode number. */
  readonly inode: string;
  /** Name under `/run/netns`. */
  readonly name: string | null;
  readonly devices: Map<number, Device>;
  nextIfindex: number;
}
