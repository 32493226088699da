import { readCText } from '../abi/c-text.js';

/** One attribute of a netlink message; its value may be encoded attributes in turn. */
export interface NetlinkAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A netlink message as it was received. */
export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

const MESSAGE_HEADER = 16;
const ATTRIBUTE_HEADER = 4;
/** The two upper bits of an attribute's type say that it is nested or in network byte order. */
const TYPE_MASK = 0x3fff;

const aligned = (length: number) => (length + 3) & ~3;

/** Encodes attributes one after the other, each on a boundary of four bytes. */
export function encodeAttributes(attributes: readonly NetlinkAttribute[]): Uint8Array {
  const size = attributes.reduce((sum, { value }) => sum + aligned(ATTRIBUTE_HEADER + value.length), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { type, value } of attributes) {
    view.setUint16(at, ATTRIBUTE_HEADER + value.length, true);
    view.setUint16(at + 2, type, true);
    bytes.set(value, at + ATTRIBUTE_HEADER);
    at += aligned(ATTRIBUTE_HEADER + value.length);
  }
  return bytes;
}

/** Decodes attributes by type; of a type that stands twice the last one counts, and a cut one ends the list. */
export function decodeAttributes(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<number, Uint8Array>();
  let at = 0;
  while (at + ATTRIBUTE_HEADER <= bytes.length) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER || at + length > bytes.length) break;
    found.set(view.getUint16(at + 2, true) & TYPE_MASK, bytes.subarray(at + ATTRIBUTE_HEADER, at + length));
    at += aligned(length);
  }
  return found;
}

/**
 * Finds the first attribute of a type between two offsets; a cut attribute ends the list.
 *
 * @returns offset of its value, behind its header; -1 when it is not there
 */
export function findAttribute(view: DataView, start: number, end: number, type: number): number {
  let at = start;
  while (at + ATTRIBUTE_HEADER <= end) {
    const length = view.getUint16(at, true);
    if (length < ATTRIBUTE_HEADER || at + length > end) return -1;
    if ((view.getUint16(at + 2, true) & TYPE_MASK) === type) return at + ATTRIBUTE_HEADER;
    at += aligned(length);
  }
  return -1;
}

/** Length of the value that {@link findAttribute} found. */
export function lengthOfValue(view: DataView, value: number): number {
  return view.getUint16(value - ATTRIBUTE_HEADER, true) - ATTRIBUTE_HEADER;
}

/**
 * Encodes one message.
 *
 * @param header fixed part that stands before the attributes; its length is a multiple of four
 */
export function encodeMessage(
  type: number,
  flags: number,
  sequence: number,
  header: Uint8Array,
  attributes: readonly NetlinkAttribute[],
): Uint8Array {
  const tail = encodeAttributes(attributes);
  const bytes = new Uint8Array(MESSAGE_HEADER + header.length + tail.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  view.setUint32(8, sequence, true);
  bytes.set(header, MESSAGE_HEADER);
  bytes.set(tail, MESSAGE_HEADER + header.length);
  return bytes;
}

/** Takes one message where it lies; its payload is between two offsets. */
export type MessageVisitor = (
  type: number,
  flags: number,
  sequence: number,
  start: number,
  end: number,
) => void;

/** Goes through what one receive gave, its first `length` bytes; a cut message ends the list. */
export function visitMessages(view: DataView, length: number, visit: MessageVisitor): void {
  let at = 0;
  while (at + MESSAGE_HEADER <= length) {
    const size = view.getUint32(at, true);
    if (size < MESSAGE_HEADER || at + size > length) break;
    const [type, flags] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
    visit(type, flags, view.getUint32(at + 8, true), at + MESSAGE_HEADER, at + size);
    at += aligned(size);
  }
}

/** Decodes what one receive gave; a cut message ends the list. Payloads are copies. */
export function decodeMessages(bytes: Uint8Array): readonly NetlinkMessage[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: NetlinkMessage[] = [];
  visitMessages(view, bytes.length, (type, flags, sequence, start, end) => {
    found.push({ type, flags, sequence, payload: bytes.slice(start, end) });
  });
  return found;
}

/** The value of an attribute that holds one 32-bit number. */
export function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The value of an attribute that holds a text, with its final zero byte. */
export function text(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

/** Reads back what {@link word} wrote; 0 when the attribute is absent or too short. */
export function readWord(value: Uint8Array | undefined): number {
  if (value === undefined || value.length < 4) return 0;
  return new DataView(value.buffer, value.byteOffset, 4).getUint32(0, true);
}

/** Reads back what {@link text} wrote; the empty text when the attribute is absent. */
export function readText(value: Uint8Array | undefined): string {
  return value === undefined ? '' : readCText(value, 0, value.length);
}
