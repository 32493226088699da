import { type AttachRequest, attach } from './attach.js';
import { Chain, type ChainOptions, type ChainState, DEFAULT_CAPACITY } from './chain.js';
import { type DetachRequest, detach } from './detach.js';
import { checkObject, invalidArgument, MprogError, textOf } from './errors.js';
import { type QueryRequest, type QueryResult, query } from './query.js';
import type { Refusal } from './refusal.js';
import { MAX_STRIDE, NO_BLOCK, SlabPages } from './slab-pages.js';

/** The largest capacity that the chains of a store can be given. */
export const MAX_STORE_CAPACITY: number = MAX_STRIDE;

// A row of the table: where the block of the chain is, how many programs it has, and its revision in two halves.
const ROW = 4;
const BLOCK = 0;
const COUNT = 1;
const LOW = 2;
const HIGH = 3;
const ROWS = 4_096;
const HALF = 0x1_0000_0000;

/** The count of a row whose hook was removed. */
const REMOVED = -1;
/** Chains with programs have room for 4, 8, 16, … of them. */
const SMALLEST = 4;

/**
 * Very many chains in little memory: 52 bytes for a hook with up to four programs, 16 for one without.
 *
 * Hooks are numbers that {@link ChainStore.create} gives out; for each there are the operations of a {@link Chain}, by the
 * same rules. All chains lie in a few large arrays of integers, in which a garbage collector has nothing to do. Worth it
 * from some thousand chains on: an operation copies its chain, which costs time for long ones.
 *
 * @example
 * const store = new ChainStore();
 * const hook = store.create();
 * store.attach(hook, { program: 1 }); // 0, the index
 * store.attach(hook, { program: 2, before: true }); // 0
 * store.programAt(hook, 0); // 2
 */
export class ChainStore {
  /** How many programs fit on each hook. */
  readonly capacity: number;
  readonly #table: Int32Array[] = [];
  readonly #slab = new SlabPages();
  readonly #freeRows: number[] = [];
  #rows = 0;
  // An operation works on a copy in one of these, which costs less than a second engine: one for changes, one for reads,
  // as the look-up of a relative object may read.
  readonly #changing: Chain;
  readonly #reading: Chain;
  #busy = false;

  /** @throws {MprogError} `ERR_INVALID_ARGUMENT` when the capacity is no integer from 1 to {@link MAX_STORE_CAPACITY}. */
  constructor(options: ChainOptions = {}) {
    checkObject('create chain store', 'options', options);
    const { capacity = DEFAULT_CAPACITY } = options;
    if (typeof capacity === 'number' && capacity > MAX_STORE_CAPACITY) {
      throw invalidArgument(
        'create chain store',
        `capacity must be an integer from 1 to ${MAX_STORE_CAPACITY}, got ${capacity}`,
      );
    }
    this.#changing = new Chain({ capacity });
    this.#reading = new Chain({ capacity });
    this.capacity = capacity;
  }

  /** How many hooks there are. */
  get size(): number {
    return this.#rows - this.#freeRows.length;
  }

  /** How much memory the chains take, in bytes. */
  get bytes(): number {
    return this.#table.length * ROWS * ROW * Int32Array.BYTES_PER_ELEMENT + this.#slab.bytes;
  }

  /**
   * Makes a hook without programs, revision 1.
   *
   * @returns its number, from 0; the numbers of hooks that were removed are given out again
   */
  create(): number {
    const hook = this.#freeRows.pop() ?? this.#rows++;
    if (hook >= this.#table.length * ROWS) this.#table.push(new Int32Array(ROWS * ROW));
    const table = this.#table[Math.floor(hook / ROWS)] as Int32Array;
    const row = rowOf(hook);
    table[row + BLOCK] = NO_BLOCK;
    table[row + COUNT] = 0;
    table[row + LOW] = 1;
    table[row + HIGH] = 0;
    return hook;
  }

  /**
   * Makes a hook of what {@link ChainStore.save} or {@link Chain.save} gave; its capacity becomes that of the store.
   *
   * @returns its number
   * @throws {MprogError} `ERR_INVALID_ARGUMENT` when the data cannot be a saved chain of at most that capacity.
   */
  restore(state: ChainState): number {
    checkObject('restore chain', 'state', state);
    const chain = Chain.restore({ ...state, capacity: this.capacity });
    const hook = this.create();
    this.#write(this.#find('restore chain', hook), hook, chain);
    return hook;
  }

  /** The whole chain of a hook as plain data. */
  save(hook: number): ChainState {
    this.#read(this.#reading, this.#find('save chain', hook), hook);
    return this.#reading.save();
  }

  /**
   * Removes a hook with all that is attached to it.
   *
   * @throws {MprogError} `ERR_INVALID_ARGUMENT` when there is no such hook, as of every operation; `ERR_REENTERED` within
   *   the look-up of a relative object.
   */
  remove(hook: number): void {
    const table = this.#find('remove hook', hook);
    this.#checkIdle('remove hook');
    const row = rowOf(hook);
    this.#release(table, row);
    table[row + COUNT] = REMOVED;
    this.#freeRows.push(hook);
  }

  /** How many programs are attached to a hook. */
  count(hook: number): number {
    return this.#find('count programs', hook)[rowOf(hook) + COUNT] as number;
  }

  /** The revision of a hook (spec 3.3). */
  revision(hook: number): number {
    return revisionOf(this.#find('read revision', hook), rowOf(hook));
  }

  /** The program at an index from 0, or 0 where there is none; for a run that reads a hook without any copy. */
  programAt(hook: number, index: number): number {
    const table = this.#find('read program', hook);
    const row = rowOf(hook);
    if (!(index >= 0 && index < (table[row + COUNT] as number))) return 0;
    const block = table[row + BLOCK] as number;
    return this.#slab.page(block)[this.#slab.offset(block) + index] ?? 0;
  }

  /**
   * {@link attach} on a hook of the store.
   *
   * @throws {MprogError} as there, and `ERR_REENTERED` for a change within the look-up of a relative object.
   */
  attach(hook: number, request: AttachRequest): number | Refusal {
    const table = this.#find('attach program', hook);
    const chain = this.#begin('attach program', table, hook);
    try {
      const result = attach(chain, request);
      if (typeof result === 'number') this.#write(table, hook, chain);
      return result;
    } finally {
      this.#busy = false;
    }
  }

  /** {@link detach} on a hook of the store; throws as {@link ChainStore.attach} does. */
  detach(hook: number, request: DetachRequest = {}): number | Refusal {
    const table = this.#find('detach program', hook);
    const chain = this.#begin('detach program', table, hook);
    try {
      const result = detach(chain, request);
      if (typeof result === 'number') this.#write(table, hook, chain);
      return result;
    } finally {
      this.#busy = false;
    }
  }

  /** {@link query} of a hook of the store. */
  query(hook: number, request: QueryRequest = {}): QueryResult | 'EINVAL' {
    const table = this.#find('query chain', hook);
    this.#read(this.#reading, table, hook);
    return query(this.#reading, request);
  }

  #begin(operation: string, table: Int32Array, hook: number): Chain {
    this.#checkIdle(operation);
    this.#read(this.#changing, table, hook);
    this.#busy = true;
    return this.#changing;
  }

  #read(chain: Chain, table: Int32Array, hook: number): void {
    const row = rowOf(hook);
    const block = table[row + BLOCK] as number;
    const revision = revisionOf(table, row);
    if (block === NO_BLOCK) {
      chain.load(table, 0, 0, 0, revision);
    } else {
      const slab = this.#slab;
      const count = table[row + COUNT] as number;
      chain.load(slab.page(block), slab.offset(block), slab.stride(block), count, revision);
    }
  }

  #write(table: Int32Array, hook: number, chain: Chain): void {
    const row = rowOf(hook);
    const { count, revision } = chain;
    if (count === 0) {
      this.#release(table, row);
    } else {
      const block = this.#reserve(table, row, count);
      chain.store(this.#slab.page(block), this.#slab.offset(block), this.#slab.stride(block));
    }
    table[row + COUNT] = count;
    table[row + LOW] = revision | 0;
    table[row + HIGH] = Math.floor(revision / HALF);
  }

  /** The block of a row, a larger one where the programs would not fit. */
  #reserve(table: Int32Array, row: number, count: number): number {
    const block = table[row + BLOCK] as number;
    let stride = block === NO_BLOCK ? SMALLEST : this.#slab.stride(block);
    if (block !== NO_BLOCK && count <= stride) return block;
    while (stride < count) stride *= 2;
    const larger = this.#slab.allocate(stride);
    if (block !== NO_BLOCK) this.#slab.release(block);
    table[row + BLOCK] = larger;
    return larger;
  }

  #release(table: Int32Array, row: number): void {
    const block = table[row + BLOCK] as number;
    if (block !== NO_BLOCK) this.#slab.release(block);
    table[row + BLOCK] = NO_BLOCK;
  }

  /** The page of the table that has the row of a hook. */
  #find(operation: string, hook: number): Int32Array {
    if (Number.isInteger(hook) && hook >= 0 && hook < this.#rows) {
      const table = this.#table[Math.floor(hook / ROWS)] as Int32Array;
      if (table[rowOf(hook) + COUNT] !== REMOVED) return table;
    }
    throw invalidArgument(operation, `there is no hook ${textOf(hook)} in this store`);
  }

  #checkIdle(operation: string): void {
    if (!this.#busy) return;
    throw new MprogError(
      'ERR_REENTERED',
      `${operation}: a hook of the store was to be changed while a relative object was looked up`,
    );
  }
}

function rowOf(hook: number): number {
  return (hook % ROWS) * ROW;
}

function revisionOf(table: Int32Array, row: number): number {
  return ((table[row + LOW] as number) >>> 0) + (table[row + HIGH] as number) * HALF;
}
