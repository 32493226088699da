import { attr } from '../abi/attr.js';
import { readCText } from '../abi/c-text.js';
import type { Arena } from '../arena.js';

/** Entries that a query asks for before it knows how many there are; more than any chain of tcx has. */
export const QUERY_ENTRIES = 64;
/** The largest `union bpf_attr` that any verb here writes, with room for fields of later kernels. */
const ATTR_BYTES = 256;
const INFO_BYTES = 256;
/** For what has no bound of its own: instructions, logs, packets, type information, long query results. */
const SCRATCH_BYTES = 768 * 1024;

/** Two digits for each byte. */
const hexadecimal: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/**
 * Where the client's attrs and buffers lie in an arena.
 *
 * Calls are synchronous and none is made while another one's bytes are still needed, so all verbs share these regions;
 * the pointers of a query are written once.
 */
export class CallMemory {
  readonly arena: Arena;
  /** Offset of the attr of every verb but query. */
  readonly attr: number;
  /** Address of the attr, for the system call. */
  readonly attrAddress: number;
  readonly info: number;
  readonly infoSize: number = INFO_BYTES;
  readonly scratch: number;
  readonly scratchSize: number = SCRATCH_BYTES;
  readonly query: number;
  readonly queryEntries: number = QUERY_ENTRIES;
  readonly queryPrograms: number;
  readonly queryLinks: number;

  static readonly #of: WeakMap<Arena, CallMemory> = new WeakMap();

  /** The regions of an arena; clients of one arena share them. */
  static of(arena: Arena): CallMemory {
    let memory = CallMemory.#of.get(arena);
    if (memory === undefined) {
      memory = new CallMemory(arena);
      CallMemory.#of.set(arena, memory);
    }
    return memory;
  }

  private constructor(arena: Arena) {
    this.arena = arena;
    this.attr = arena.reserve(ATTR_BYTES);
    this.attrAddress = arena.address(this.attr);
    this.info = arena.reserve(INFO_BYTES);
    this.query = arena.reserve(attr.progQuery.end);
    this.queryPrograms = arena.reserve(QUERY_ENTRIES * 4);
    this.queryLinks = arena.reserve(QUERY_ENTRIES * 4);
    this.scratch = arena.reserve(SCRATCH_BYTES);
    this.pointQuery(this.queryPrograms, this.queryLinks);
  }

  /** Points the query attr at other arrays; whoever does it points it back. */
  pointQuery(programs: number, links: number): void {
    this.arena.setPointer(this.query + attr.progQuery.programIds, programs);
    this.arena.setPointer(this.query + attr.progQuery.linkIds, links);
  }

  /** Makes the attr all zero, for verbs that write only some of its fields. */
  clearAttr(): void {
    this.arena.bytes.fill(0, this.attr, this.attr + ATTR_BYTES);
  }

  /** Writes one field of the attr. */
  setField(field: number, value: number): void {
    this.arena.view.setUint32(this.attr + field, value, true);
  }

  field(field: number): number {
    return this.arena.view.getUint32(this.attr + field, true);
  }

  /** Writes a pointer field of the attr. */
  setFieldPointer(field: number, target: number): void {
    this.arena.setPointer(this.attr + field, target);
  }

  /** Writes text with a closing zero at an offset; returns the number of bytes. */
  writeText(at: number, text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.arena.bytes.set(bytes, at);
    this.arena.bytes[at + bytes.length] = 0;
    return bytes.length + 1;
  }

  /** Reads so many bytes as two hexadecimal digits each. */
  readHexadecimal(at: number, length: number): string {
    const { bytes } = this.arena;
    let text = '';
    for (let i = at; i < at + length; i++) text += hexadecimal[bytes[i] ?? 0];
    return text;
  }

  /** Reads text up to its closing zero, `limit` bytes at the most. */
  readText(at: number, limit: number): string {
    return readCText(this.arena.bytes, at, at + limit);
  }
}
