import { MprogError } from './errors.js';

// In integers of 32 bits: half a megabyte, so that little is left over at the end, and growing never copies.
const PAGE = 0x2_0000;
/** The first integer of a block says how many entries each of its halves has; in a free block the next one is here. */
const NEXT = 1;
const NONE = -1;

/** The address of no block. */
export const NO_BLOCK: number = NONE;

/** The largest number of entries that a half of a block can have. */
export const MAX_STRIDE = 0x8000;

/**
 * @internal Blocks of integers in a few large arrays, for chains: programs in the first half and links in the second.
 *
 * A block is named by its address, a number of 31 bits. Those that are released are used again for blocks of their size.
 */
export class SlabPages {
  readonly #pages: Int32Array[] = [];
  #used = PAGE;
  // By the number of entries of a half.
  readonly #free = new Map<number, number>();

  /** How much memory the blocks take, in bytes; none of it is given back. */
  get bytes(): number {
    return this.#pages.length * PAGE * Int32Array.BYTES_PER_ELEMENT;
  }

  /** The array that a block lies in. */
  page(block: number): Int32Array {
    return this.#pages[block >> 17] as Int32Array;
  }

  /** Where in its array the first half of a block begins. */
  offset(block: number): number {
    return (block & (PAGE - 1)) + 1;
  }

  /** How many entries each half of a block has, which is how far the second is behind the first. */
  stride(block: number): number {
    return this.page(block)[block & (PAGE - 1)] as number;
  }

  /**
   * Takes a block whose halves have `stride` entries, 1 to {@link MAX_STRIDE}; what is in them is undefined.
   *
   * @throws {MprogError} `EOVERFLOW` when 8 GiB are in use.
   */
  allocate(stride: number): number {
    const free = this.#free.get(stride) ?? NONE;
    if (free !== NONE) {
      this.#free.set(stride, this.page(free)[(free & (PAGE - 1)) + NEXT] as number);
      return free;
    }
    if (this.#used + 1 + 2 * stride > PAGE) {
      if (this.#pages.length === 0x4000) {
        throw new MprogError('EOVERFLOW', 'grow chain store: 8 GiB are in use; make another store');
      }
      this.#pages.push(new Int32Array(PAGE));
      this.#used = 0;
    }
    const offset = this.#used;
    this.#used += 1 + 2 * stride;
    const page = this.#pages.length - 1;
    (this.#pages[page] as Int32Array)[offset] = stride;
    return page * PAGE + offset;
  }

  /** Gives a block back. */
  release(block: number): void {
    const stride = this.stride(block);
    this.page(block)[(block & (PAGE - 1)) + NEXT] = this.#free.get(stride) ?? NONE;
    this.#free.set(stride, block);
  }
}
