import { abiSize } from '../abi/size.js';
import type { UserMemory } from './user-memory.js';

/** The kernel's copy of an attr; what the caller did not pass reads as zero (spec 1.5). */
export class AttrReader {
  readonly #bytes: Uint8Array = new Uint8Array(abiSize.attr);
  readonly #view: DataView = new DataView(this.#bytes.buffer);

  /**
   * Copies an attr in; false for a fault.
   *
   * @param size bytes that the caller passed, at most those that the kernel knows
   */
  load(memory: UserMemory, address: number, size: number): boolean {
    this.#bytes.fill(0, size);
    return size === 0 || memory.readInto(address, size, this.#bytes);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** 64 bits as a number; rounded above 2^53. */
  u64(at: number): number {
    return this.u32(at + 4) * 0x1_0000_0000 + this.u32(at);
  }

  /** An expected revision: exact also above 2^53, where it comes as a bigint. */
  revision(at: number): number | bigint {
    const value = this.u64(at);
    return Number.isSafeInteger(value) ? value : this.#view.getBigUint64(at, true);
  }

  bytes(at: number, size: number): Uint8Array {
    return this.#bytes.subarray(at, at + size);
  }

  /** Whether every byte from `end` on is zero. */
  isZeroFrom(end: number): boolean {
    for (let i = end; i < this.#bytes.length; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }
}
