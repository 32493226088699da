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

  /**
   * Looks whether a range is zero; null for a fault. What is found in front of a byte that cannot be read is not zero
   * all the same (spec 15.7.1 #2).
   */
  isZero(address: number, size: number): boolean | null {
    const { base, bytes } = this.#arena;
    const start = address - base;
    if (start < 0 || start >= bytes.length) return size === 0 ? true : null;
    const end = Math.min(bytes.length, start + size);
    for (let at = start; at < end; at++) if (bytes[at] !== 0) return false;
    return end === start + size ? true : null;
  }

  /**
   * Copies bytes out, up to the first that cannot be written; false for a fault.
   *
   * @param whole bytes that are written together or not at all
   */
  write(address: number, bytes: Uint8Array, whole: number = 1): boolean {
    const start = address - this.#arena.base;
    const room = this.#arena.bytes.length - start;
    if (start < 0 || room < 0) return false;
    this.#arena.bytes.set(bytes.length > room ? bytes.subarray(0, room - (room % whole)) : bytes, start);
    return bytes.length <= room;
  }

  /** Copies 32 bits out as a whole; false for a fault, which writes nothing. */
  writeU32(address: number, value: number): boolean {
    const at = this.#offset(address, 4);
    if (at < 0) return false;
    this.#arena.view.setUint32(at, value, true);
    return true;
  }

  /** Copies 32 bits out byte by byte, up to the first that cannot be written; false for a fault. */
  copyU32(address: number, value: number): boolean {
    return this.writeU32(address, value) || this.#copy(address, value, 4);
  }

  /** Copies 64 bits out byte by byte, up to the first that cannot be written; false for a fault. */
  copyU64(address: number, value: number): boolean {
    const at = this.#offset(address, 8);
    if (at < 0) return this.#copy(address, value, 8);
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

  #copy(address: number, value: number, size: 4 | 8): boolean {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    return this.write(address, bytes.subarray(0, size));
  }

  #offset(address: number, size: number): number {
    const at = address - this.#arena.base;
    return at >= 0 && at + size <= this.#arena.bytes.length ? at : -1;
  }
}
