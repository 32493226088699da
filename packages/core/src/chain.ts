import { checkObject, invalidArgument, MprogError, textOf } from './errors.js';

/** The kernel's capacity: 64 slots, of which a walk needs one empty to end (spec 3.1). */
export const DEFAULT_CAPACITY = 63;

/** The largest capacity that a chain can be given. */
export const MAX_CAPACITY = 1_048_576;

/** The largest handle: handles are positive 32-bit integers. */
export const MAX_HANDLE = 0x7fff_ffff;

const FIRST_STRIDE = 4;

// Holds every index, and tells a compiler that small sums of them do not overflow.
const INDEX = 0x3f_ffff;

/** @internal What {@link Chain.indexBesides} says of a program that is here. */
export const FOUND = -3;

/** A chain as plain data; JSON carries it unchanged. */
export interface ChainState {
  readonly capacity: number;
  readonly revision: number;
  /** Program handles in run order. */
  readonly programs: readonly number[];
  /** For each program the handle of the link that owns its slot, 0 for none. */
  readonly links: readonly number[];
}

/** What a chain is made with. */
export interface ChainOptions {
  /** How many programs fit, 1 to {@link MAX_CAPACITY}; {@link DEFAULT_CAPACITY} as in the kernel. */
  readonly capacity?: number;
}

/** Whether `value` is a handle: an integer from 1 to 2^31 - 1. */
export function isHandle(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && value > 0;
}

/** @internal */
export function isHandleOrNone(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value && value >= 0;
}

/**
 * The ordered attachments of one hook, with their revision (spec 3).
 *
 * Programs and links are integer handles that the host chooses, 1 to 2^31 - 1; the chain knows nothing else of them and
 * holds no reference. It is changed by `attach` and `detach` alone. Storage grows with the number of programs and is
 * not given back before the chain itself is.
 */
export class Chain {
  /** How many programs fit. */
  readonly capacity: number;
  // One array, programs in the first half, links in the second: entry i of the second half owns entry i of the first. Both
  // halves are multiples of four long and 0 where nothing is, so that a walk may look at four entries at a time.
  #handles: Int32Array;
  #stride: number;
  #count = 0;
  #revision = 1;
  #snapshot: readonly number[] | undefined;

  /** @throws {MprogError} `ERR_INVALID_ARGUMENT` when the capacity is out of range. */
  constructor(options: ChainOptions = {}) {
    checkObject('create chain', 'options', options);
    const { capacity = DEFAULT_CAPACITY } = options;
    checkCapacity('create chain', capacity);
    this.capacity = capacity;
    this.#stride = FIRST_STRIDE;
    this.#handles = new Int32Array(2 * this.#stride);
  }

  /** How many programs are attached, 0 to `capacity`. */
  get count(): number {
    return this.#count;
  }

  /** Starts at 1 and grows by one with every successful change (spec 3.3). */
  get revision(): number {
    return this.#revision;
  }

  /**
   * The side that the double-buffered original would have published (spec 3.2): it flips with each insert and delete and
   * stays on replace. As inserts minus deletes is the count, its parity alone decides.
   */
  get side(): 'A' | 'B' {
    return (this.#count & 1) === 0 ? 'A' : 'B';
  }

  /** The program at an index from 0, or 0 where there is none. */
  programAt(index: number): number {
    return index >= 0 && index < this.#count ? (this.#handles[index] ?? 0) : 0;
  }

  /** The link that owns the slot at an index from 0, or 0 where there is none. */
  linkAt(index: number): number {
    return index >= 0 && index < this.#count ? (this.#handles[this.#stride + index] ?? 0) : 0;
  }

  /** The index of a program, attached directly or through a link, or -1. */
  indexOfProgram(program: number): number {
    return this.#indexOf(0, program);
  }

  /** The index of the slot that a link owns, or -1. */
  indexOfLink(link: number): number {
    return this.#indexOf(this.#stride, link);
  }

  /**
   * The programs that a run walks, in order: the fast path (spec 3.1).
   *
   * Frozen, and the same array until the next change, so a run that holds it is not disturbed by later changes.
   */
  snapshot(): readonly number[] {
    this.#snapshot ??= Object.freeze(Array.from(this.#handles.subarray(0, this.#count)));
    return this.#snapshot;
  }

  /** The whole chain as plain data, for {@link Chain.restore}. */
  save(): ChainState {
    return {
      capacity: this.capacity,
      revision: this.#revision,
      programs: [...this.snapshot()],
      links: Array.from(this.#handles.subarray(this.#stride, this.#stride + this.#count)),
    };
  }

  /**
   * Makes a chain of what {@link Chain.save} gave.
   *
   * @throws {MprogError} `ERR_INVALID_ARGUMENT` when the data cannot be a saved chain: a wrong kind of value, more
   *   programs than fit, a program or link that is there twice, a revision too small for the number of programs.
   */
  static restore(state: ChainState): Chain {
    checkState(state);
    const chain = new Chain({ capacity: state.capacity });
    const count = state.programs.length;
    chain.#grow(count);
    chain.#handles.set(state.programs, 0);
    chain.#handles.set(state.links, chain.#stride);
    chain.#count = count;
    chain.#revision = state.revision;
    return chain;
  }

  /** @internal Writes the first programs, as many as asked for and at most `count`, to an array. */
  copyPrograms(to: Int32Array | number[], length: number): void {
    for (let i = 0; i < length; i++) to[i] = this.#handles[i] as number;
  }

  /** @internal Writes the first programs, and the owners of their slots, to two arrays. */
  copyEntries(programs: Int32Array | number[], links: Int32Array | number[], length: number): void {
    const handles = this.#handles;
    const end = length & INDEX;
    const other = this.#stride & INDEX;
    let i = 0;
    // Four in a round: the compiler proves all three arrays anew in each, which costs more than the copying.
    for (; i + 4 <= end; i += 4) {
      programs[i] = handles[i] as number;
      links[i] = handles[other + i] as number;
      programs[i + 1] = handles[i + 1] as number;
      links[i + 1] = handles[other + i + 1] as number;
      programs[i + 2] = handles[i + 2] as number;
      links[i + 2] = handles[other + i + 2] as number;
      programs[i + 3] = handles[i + 3] as number;
      links[i + 3] = handles[other + i + 3] as number;
    }
    for (; i < end; i++) {
      programs[i] = handles[i] as number;
      links[i] = handles[other + i] as number;
    }
  }

  /**
   * @internal One walk for two questions: {@link FOUND} when `program` is here, else the index of `other`, a program or a
   * negated link, or -1.
   */
  indexBesides(program: number, other: number): number {
    const handles = this.#handles;
    const count = this.#count & INDEX;
    const wanted = program | 0;
    const second = (other < 0 ? -other : other) | 0;
    const offset = other < 0 ? this.#stride & INDEX : 0;
    let index = -1;
    for (let i = 0; i < count; i += 4) {
      if (handles[i] === wanted || handles[i + 1] === wanted) return FOUND;
      if (handles[i + 2] === wanted || handles[i + 3] === wanted) return FOUND;
      if (second === 0) continue;
      if (handles[offset + i] === second) index = i;
      if (handles[offset + i + 1] === second) index = i + 1;
      if (handles[offset + i + 2] === second) index = i + 2;
      if (handles[offset + i + 3] === second) index = i + 3;
    }
    return index;
  }

  /** @internal Becomes the chain whose programs begin at `offset`, and whose links `stride` behind them. */
  load(from: Int32Array, offset: number, stride: number, count: number, revision: number): void {
    this.#grow(count);
    const handles = this.#handles;
    for (let i = 0; i < count; i++) {
      handles[i] = from[offset + i] as number;
      handles[this.#stride + i] = from[offset + stride + i] as number;
    }
    for (let i = count; i < this.#count; i++) {
      handles[i] = 0;
      handles[this.#stride + i] = 0;
    }
    this.#count = count;
    this.#commit(revision);
  }

  /** @internal Writes what {@link Chain.load} reads, to a place that has room for it. */
  store(to: Int32Array, offset: number, stride: number): void {
    const handles = this.#handles;
    for (let i = 0; i < this.#count; i++) {
      to[offset + i] = handles[i] as number;
      to[offset + stride + i] = handles[this.#stride + i] as number;
    }
  }

  /** @internal How many entries the storage has room for before it must grow. */
  get allocated(): number {
    return this.#stride;
  }

  /** @internal Moves the entries from `index` on up by one and fills the gap. The caller checked everything. */
  insertAt(index: number, program: number, link: number): void {
    const revision = this.#nextRevision();
    const count = this.#count;
    if (count === this.#stride) this.#grow(count + 1);
    const handles = this.#handles;
    const stride = this.#stride;
    moveUp(handles, index, count, stride);
    handles[index] = program;
    handles[stride + index] = link;
    this.#count = count + 1;
    this.#commit(revision);
  }

  /** @internal Overwrites the program of a slot; its owner stays. The caller checked everything. */
  replaceAt(index: number, program: number): void {
    const revision = this.#nextRevision();
    this.#handles[index] = program;
    this.#commit(revision);
  }

  /** @internal Moves the entries behind `index` down by one. The caller checked everything. */
  removeAt(index: number): void {
    const revision = this.#nextRevision();
    const handles = this.#handles;
    const stride = this.#stride;
    const last = this.#count - 1;
    moveDown(handles, index, last, stride);
    handles[last] = 0;
    handles[stride + last] = 0;
    this.#count = last;
    this.#commit(revision);
  }

  #indexOf(offset: number, handle: number): number {
    if (handle <= 0) return -1;
    const handles = this.#handles;
    const wanted = handle | 0;
    const start = offset & INDEX;
    const end = (start + this.#count) & INDEX;
    for (let i = start; i < end; i += 4) {
      if (handles[i] === wanted) return i - start;
      if (handles[i + 1] === wanted) return i - start + 1;
      if (handles[i + 2] === wanted) return i - start + 2;
      if (handles[i + 3] === wanted) return i - start + 3;
    }
    return -1;
  }

  #grow(count: number): void {
    if (count <= this.#stride) return;
    const stride = (Math.min(this.capacity, Math.max(count, 2 * this.#stride)) + 3) & ~3;
    const handles = new Int32Array(2 * stride);
    handles.set(this.#handles.subarray(0, this.#count), 0);
    handles.set(this.#handles.subarray(this.#stride, this.#stride + this.#count), stride);
    this.#handles = handles;
    this.#stride = stride;
  }

  #nextRevision(): number {
    if (this.#revision >= Number.MAX_SAFE_INTEGER) {
      throw new MprogError(
        'EOVERFLOW',
        `change chain: its revision ${this.#revision} is the largest that is held exactly; make a fresh chain`,
        { data: { revision: this.#revision } },
      );
    }
    return this.#revision + 1;
  }

  #commit(revision: number): void {
    this.#revision = revision;
    this.#snapshot = undefined;
  }
}

/** Moves the entries from `from` to `end`, and what is `stride` behind them, up by one. */
function moveUp(handles: Int32Array, from: number, end: number, stride: number): void {
  const first = from & INDEX;
  const other = stride & INDEX;
  for (let i = end & INDEX; i > first; i--) {
    handles[i] = handles[i - 1] as number;
    handles[other + i] = handles[other + i - 1] as number;
  }
}

/** Moves the entries behind `to`, up to `last`, and what is `stride` behind them, down by one. */
function moveDown(handles: Int32Array, to: number, last: number, stride: number): void {
  const end = last & INDEX;
  const other = stride & INDEX;
  for (let i = to & INDEX; i < end; i++) {
    handles[i] = handles[i + 1] as number;
    handles[other + i] = handles[other + i + 1] as number;
  }
}

function checkCapacity(operation: string, capacity: unknown): asserts capacity is number {
  if (
    typeof capacity !== 'number' ||
    !Number.isInteger(capacity) ||
    capacity < 1 ||
    capacity > MAX_CAPACITY
  ) {
    throw invalidArgument(
      operation,
      `capacity must be an integer from 1 to ${MAX_CAPACITY}, got ${textOf(capacity)}`,
    );
  }
}

function checkState(state: ChainState): void {
  const damaged = (reason: string): MprogError => invalidArgument('restore chain', reason);
  if (typeof state !== 'object' || state === null) throw damaged('the saved chain is not an object');
  for (const field of ['capacity', 'revision', 'programs', 'links'] as const) {
    if (state[field] === undefined) throw damaged(`the field ${field} is missing`);
  }
  const { capacity, revision, programs, links } = state;
  checkCapacity('restore chain', capacity);
  if (!Array.isArray(programs) || !Array.isArray(links)) throw damaged('programs and links must be arrays');
  if (programs.length !== links.length) {
    throw damaged(`there are ${programs.length} programs but ${links.length} links`);
  }
  if (programs.length > capacity) {
    throw damaged(`${programs.length} programs do not fit into a capacity of ${capacity}`);
  }
  const owners = links.filter((link) => link !== 0);
  for (const handle of [...programs, ...owners]) {
    if (!isHandle(handle)) throw damaged(`${textOf(handle)} is not a handle from 1 to ${MAX_HANDLE}`);
  }
  if (new Set(programs).size !== programs.length) throw damaged('a program is there twice');
  if (new Set(owners).size !== owners.length) throw damaged('a link owns two programs');
  if (!Number.isSafeInteger(revision)) throw damaged(`revision must be an integer, got ${textOf(revision)}`);
  if (revision <= programs.length) {
    throw damaged(`revision ${revision} is impossible for ${programs.length} programs`);
  }
}
