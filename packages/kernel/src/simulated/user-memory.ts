import type { Arena } from '../arena.js';

/** The caller's memory as the kernel sees it: the arena, and a fault everywhere else. */
export class UserMemory {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Whether a range can be read and written. */
  reaches(address: number, size: number): boolean {
    return this.#offset(address, size) >= 0;
  }

  /** Copies bytes in; null for a fault. */
  read(address: number, size: number): Uint8Array | null {
    const at = this.#offset(address, size);
    return at < 0 ? null : this.#arena.bytes.slice(at, at + size);
  }

  /** Copies bytes in, to the start of `target`; false for a fault. */
  readInto(address: number, size: number, target: Uint8Array): boolean {
    const at = this.#offset(address, size);
    if (at < 0) return false;
    const { bytes } = this.#arena;
    for (let i = 0; i < size; i++) target[i] = bytes[at + i] as number;
    return true;
  }

  /** Copies bytes out; false for a fault. */
  write(address: number, bytes: Uint8Array): boolean {
    const at = this.#offset(address, bytes.length);
    if (at < 0) return false;
    this.#arena.bytes.set(bytes, at);
    return true;
  }

  /** Copies 32 bits out; false for a fault. */
  writeU32(address: number, value: number): boolean {
    const at = this.#offset(address, 4);
    if (at < 0) return false;
    this.#arena.view.setUint32(at, value, true);
    return true;
  }

  /** Copies 64 bits out; false for a fault. */
  writeU64(address: number, value: number): boolean {
    const at = this.#offset(address, 8);
    if (at < 0) return false;
    this.#arena.setUint64(at, value);
    return true;
  }

  /**
   * Reads a string that ends in a zero byte.
   *
   * @param limit bytes that it may be long, the zero included
   * @returns null for a fault; the first `limit` bytes when there is no zero among them
   */
  readString(address: number, limit: number): string | null {
    const start = this.#offset(address, 1);
    if (start < 0) return null;
    const { bytes } = this.#arena;
    const end = Math.min(bytes.length, start + limit);
    for (let at = start; at < end; at++) {
      if (bytes[at] === 0) return new TextDecoder().decode(bytes.slice(start, at));
    }
    return end === start + limit ? new TextDecoder().decode(bytes.slice(start, end)) : null;
  }

  #offset(address: number, size: number): number {
    const at = address - this.#arena.base;
    return at >= 0 && at + size <= this.#arena.bytes.length ? at : -1;
  }
}
