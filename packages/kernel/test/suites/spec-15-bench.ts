import { afterEach, beforeEach, expect, it } from 'vitest';
import { info } from '../../src/abi/info.js';
import { type Capability, command, type Host, type Laboratory } from '../../src/index.js';
import { type Field, RawCalls, type Result } from './raw-calls.js';

/** What the two kernels can do for a suite beyond what a laboratory has. */
export interface Traits {
  /** Linux only: address of a copy of these bytes that may be read but not written. */
  readonly readOnly?: (bytes: Uint8Array) => number;
  /** Linux only: makes the mount at a point of the laboratory read-only, or writable again. */
  readonly remount?: (point: string, readOnly: boolean) => void;
  /** Linux only: takes the mount at a point of the laboratory away. */
  readonly unmount?: (point: string) => void;
  /** Simulated only: another process of the laboratory's kernel, with a table for `maximumFds` fds, 0 to 2 in use. */
  readonly crowded?: (laboratory: Laboratory, maximumFds: number) => Host;
}

/** Why some rules are held on one kernel alone. */
export const because = {
  verifier: 'the simulated kernel has no verifier and runs no instructions',
  machineCode: 'the simulated kernel makes no machine code',
  readOnly: 'all memory of the simulated kernel can be written',
  files: 'the simulated kernel has no files but pins and directories of bpffs',
  kernelBtf: 'the simulated kernel has no type information of its own',
  commands: 'the simulated kernel has the commands of this package alone',
  bound: 'no device of the simulated kernel takes programs of its own',
  fullTable: 'a full fd table of this process would break whatever else runs in it',
} as const;

/** A numbered rule that one kernel alone can be held to; elsewhere it is skipped with the reason. */
export function onlyWhere(
  possible: boolean,
  reason: string,
  title: string,
  body: () => void | Promise<void>,
): void {
  if (possible) it(title, body);
  else it(`not here: ${title}`, ({ skip }) => skip(reason));
}

const FIRST_FREE = 8192;
const LAST_FREE = 60_000;

/** One laboratory with raw calls; fds that go through it are closed at the end of the test. */
export class Bench {
  readonly laboratory: Laboratory;
  readonly raw: RawCalls;
  readonly traits: Traits;
  readonly #opened = new Map<RawCalls, Set<number>>();
  readonly #hosts: Host[] = [];
  #free = FIRST_FREE;

  constructor(laboratory: Laboratory, traits: Traits) {
    this.laboratory = laboratory;
    this.traits = traits;
    this.raw = new RawCalls(laboratory.host);
  }

  /** Notes an fd so that it is closed at the end; anything else is passed through. 0 is a success, never an fd. */
  track(result: Result, raw: RawCalls = this.raw): Result {
    if (typeof result === 'string' || result === 0) return result;
    const opened = this.#opened.get(raw) ?? new Set();
    this.#opened.set(raw, opened.add(result));
    return result;
  }

  /** The fd that a call gave. */
  fd(result: Result, raw: RawCalls = this.raw): number {
    expect(typeof result === 'string' ? result : 'an fd').toBe('an fd');
    return this.track(result, raw) as number;
  }

  closeFd(fd: number, raw: RawCalls = this.raw): void {
    this.#opened.get(raw)?.delete(fd);
    raw.close(fd);
  }

  /** A second process whose table is full after `room` more fds. */
  crowded(room: number): RawCalls {
    const host = this.traits.crowded!(this.laboratory, 3 + room);
    this.#hosts.push(host);
    return new RawCalls(host);
  }

  /** Places bytes in the buffer for this test and returns their address. */
  place(bytes: ArrayLike<number>): number {
    const at = Math.ceil(this.#free / 8) * 8;
    if (at + bytes.length > LAST_FREE) throw new Error('the buffer is used up');
    this.#free = at + bytes.length;
    return this.raw.put(at, bytes);
  }

  text(text: string): number {
    return this.place(new TextEncoder().encode(`${text}\0`));
  }

  /** Offset in the buffer of an address that `place` gave. */
  offset(address: number): number {
    return address - this.raw.at(0);
  }

  /** The bytes at an address that `place` gave. */
  read(address: number, length: number): number[] {
    return [...this.raw.bytes(this.offset(address), length)];
  }

  /** Puts bytes at the very end of the arena, where nothing can be read behind them; returns their address. */
  atEnd(bytes: ArrayLike<number>): number {
    const { arena } = this.raw.host.systemCall;
    const offset = arena.bytes.length - bytes.length;
    arena.bytes.set(bytes, offset);
    return arena.address(offset);
  }

  /** Makes a map; a program array of 4 when nothing else is said. */
  map(fields: readonly Field[] = []): number {
    return this.fd(this.raw.call(command.MAP_CREATE, 92, [[0, 3], [4, 4], [8, 4], [12, 4], ...fields]));
  }

  verdict(value: number = 0, options: { readonly name?: string; readonly type?: number } = {}): number {
    return this.fd(this.laboratory.loadVerdict(value, options));
  }

  /** Whether an id is known. */
  exists(kind: 'program' | 'map' | 'btf' | 'link', id: number): boolean {
    const result = this.raw.openById(getFdById[kind], id);
    if (typeof result === 'number') this.raw.close(result);
    else expect(result).toBe('ENOENT');
    return typeof result === 'number';
  }

  /** Whether an id is known, without opening it: a program array that is being cleared must not be opened. */
  isListed(kind: keyof typeof getNextId, id: number): boolean {
    return this.raw.nextId(getNextId[kind], id - 1) === id;
  }

  btfId(fd: number): number {
    expect(this.raw.info(fd, 32)).toBe(0);
    return this.raw.u32(info.btf.id);
  }

  get mount(): string {
    return this.laboratory.host.world.pins.mounts()[0] as string;
  }

  close(): void {
    for (const [raw, fds] of this.#opened) for (const fd of fds) raw.host.world.close(fd);
    for (const host of this.#hosts) host.close();
    this.laboratory.close();
  }
}

const getFdById = {
  program: command.PROG_GET_FD_BY_ID,
  map: command.MAP_GET_FD_BY_ID,
  btf: command.BTF_GET_FD_BY_ID,
  link: command.LINK_GET_FD_BY_ID,
} as const;

const getNextId = {
  program: command.PROG_GET_NEXT_ID,
  map: command.MAP_GET_NEXT_ID,
  btf: command.BTF_GET_NEXT_ID,
  link: command.LINK_GET_NEXT_ID,
} as const;

/** A bench of its own for every test of the surrounding block. */
export function benches(makeLaboratory: () => Laboratory, traits: Traits): () => Bench {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench(makeLaboratory(), traits);
  });
  afterEach(() => bench.close());
  return () => bench;
}

/** One fault of a numbered row, as changes of a call that would succeed. */
export interface Fault {
  /** Row and words: `#4: no instructions`. */
  readonly row: string;
  readonly error: string;
  readonly fields?: (bench: Bench) => readonly Field[];
  /** Bits for the field of flags, which several faults may share. */
  readonly flags?: number;
  readonly size?: number;
  /** Just these are in the effective set. */
  readonly capabilities?: readonly Capability[];
  /** The kernel that it can be made on, with the reason; both when absent. */
  readonly only?: readonly [possible: (traits: Traits) => boolean, reason: string];
}

/** What a combination of faults comes to. */
export interface FaultyCall {
  readonly fields: readonly Field[];
  readonly size: number | undefined;
}

/**
 * A table in its order: every fault alone gives its error, and together with any later one of another error it wins. Two
 * faults that need the same field cannot meet and are not tried.
 *
 * @param flagsAt offset of the field of flags
 */
export function holdsOrder(
  section: string,
  traits: Traits,
  getBench: () => Bench,
  flagsAt: number,
  faults: readonly Fault[],
  run: (bench: Bench, call: FaultyCall) => Result,
): void {
  const possible = (fault: Fault): boolean => fault.only?.[0](traits) ?? true;
  for (const [at, fault] of faults.entries()) {
    onlyWhere(
      possible(fault),
      fault.only?.[1] ?? '',
      `spec ${section} ${fault.row}: ${fault.error}, before every later row`,
      () => {
        const bench = getBench();
        const fieldsOf = remembered((one: Fault) => one.fields?.(bench) ?? []);
        const attempt = (others: readonly Fault[]): Result | undefined =>
          combine(bench, flagsAt, [fault, ...others], fieldsOf, run);
        expect(attempt([])).toBe(fault.error);
        for (const later of faults.slice(at + 1)) {
          if (later.error === fault.error || !possible(later)) continue;
          const result = attempt([later]);
          if (result !== undefined) expect(result, `with ${later.row}`).toBe(fault.error);
        }
      },
    );
  }
}

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key) as Value;
  };
}

/** Runs a call with several faults at once; undefined when they cannot meet. */
function combine(
  bench: Bench,
  flagsAt: number,
  faults: readonly Fault[],
  fieldsOf: (fault: Fault) => readonly Field[],
  run: (bench: Bench, call: FaultyCall) => Result,
): Result | undefined {
  const taken = new Set<number>();
  const fields: Field[] = [];
  for (const fault of faults) {
    const own = fieldsOf(fault);
    const bytes = own.flatMap(([at, , width = 4]) => Array.from({ length: width }, (_, i) => at + i));
    if (bytes.some((byte) => taken.has(byte))) return undefined;
    for (const byte of bytes) taken.add(byte);
    fields.push(...own);
  }
  const sizes = faults.flatMap(({ size }) => size ?? []);
  const sets = faults.flatMap(({ capabilities }) => (capabilities === undefined ? [] : [capabilities]));
  if (sizes.length > 1 || sets.length > 1) return undefined;
  const flags = faults.reduce((all, fault) => all | (fault.flags ?? 0), 0);
  if (flags !== 0) fields.push([flagsAt, flags]);
  const action = () => run(bench, { fields, size: sizes[0] });
  return sets[0] === undefined ? action() : bench.laboratory.withCapabilities(sets[0], action);
}
