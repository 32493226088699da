import { MprogError } from '@mprog/core';

/**
 * One block of memory with a base address, through which every pointer of bpf(2) goes.
 *
 * An attr holds plain numbers for pointers, which keep nothing alive; the arena therefore lives as long as the
 * kernel object that owns it and never moves. On Linux the base is a real address, in the simulated kernel a number.
 */
export class Arena {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Address of the first byte; below 2^53, as every user-space address of x86-64 and arm64 is. */
  readonly base: number;
  #reserved = 0;

  /**
   * @param buffer memory of the arena
   * @param base address of its first byte
   */
  constructor(buffer: ArrayBufferLike, base: number) {
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.base = base;
  }

  /**
   * Sets a region aside for the lifetime of the arena.
   *
   * @param size bytes
   * @param alignment bytes, a power of two
   * @returns offset of the region from the start of the arena
   * @throws MprogError `ENOMEM` when the arena is used up
   */
  reserve(size: number, alignment: number = 8): number {
    const offset = Math.ceil(this.#reserved / alignment) * alignment;
    if (offset + size > this.bytes.length) {
      throw new MprogError(
        'ENOMEM',
        `reserve ${size} bytes: the arena has ${this.bytes.length - offset} left`,
      );
    }
    this.#reserved = offset + size;
    return offset;
  }

  /** The address of a byte, given its offset from the start of the arena. */
  address(offset: number): number {
    return this.base + offset;
  }

  /** Writes the address of the byte at offset `target` as a pointer at offset `at`. */
  setPointer(at: number, target: number): void {
    this.setUint64(at, this.base + target);
  }

  /** Writes a non-negative safe integer as 64 bits. */
  setUint64(at: number, value: number): void {
    const upper = value > 0xffff_ffff ? Math.floor(value / 0x1_0000_0000) : 0;
    this.view.setUint32(at, value - upper * 0x1_0000_0000, true);
    this.view.setUint32(at + 4, upper, true);
  }

  /** Reads 64 bits as a number; exact up to 2^53 - 1, as revisions, addresses and inode numbers are in practice. */
  getUint64(at: number): number {
    const upper = this.view.getUint32(at + 4, true);
    const lower = this.view.getUint32(at, true);
    return upper === 0 ? lower : upper * 0x1_0000_0000 + lower;
  }
}
