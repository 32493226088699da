import type { CommandName } from '@mprog/kernel';

/** Bytes of memory that a call may touch; behind them nothing is mapped. */
export const WINDOW = 16384;

/**
 * A number that differs between kernels, by what it stands for: an fd, an id, the number before an id, an interface, or
 * the address of a byte of the memory, whose end is {@link WINDOW}.
 */
export type RawValue =
  | { readonly kind: 'fd' | 'id' | 'before id' | 'ifindex'; readonly name: string }
  | { readonly kind: 'address'; readonly offset: number };

/** Where in memory such a number goes; 8 bytes for an address, else 4. */
export interface RawPatch {
  readonly at: number;
  readonly value: RawValue;
  /** How many bytes of it are laid down, 1 to 3, where the end of an attr cuts it. */
  readonly cut?: number;
}

/** Bytes of an answer that no simulation can know. */
export interface RawMask {
  readonly at: number;
  readonly length: number;
}

/** One call of bpf(2) with all the memory that it may look at. */
export interface RawCall {
  readonly step: 'call';
  readonly index: number;
  readonly command: CommandName;
  /** Where the attr is: an offset in memory, NULL, or an address that no memory can have. */
  readonly attr: number | 'NULL' | 'far';
  readonly size: number;
  /** {@link WINDOW} bytes. */
  readonly memory: Uint8Array;
  readonly patches: readonly RawPatch[];
  readonly masks: readonly RawMask[];
}

/** The close of a link's fd. */
export interface RawClose {
  readonly step: 'close';
  readonly index: number;
  readonly link: string;
}

/** One step of a raw sequence; it means the same on every kernel. */
export type RawStep = RawCall | RawClose;

/** The name of the link that a call makes, if it makes one. */
export function linkOf(index: number): string {
  return `l${index}`;
}
