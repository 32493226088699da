/** Changes of the parts of a blob of type information. */
export interface BtfParts {
  readonly types?: readonly number[];
  readonly strings?: string;
  readonly header?: Partial<Record<'magic' | 'version' | 'flags' | 'length', number>>;
}

/** Id of `int`, of the prototype `int (void)`, and of the functions `first` and `second`. */
export const btfType = { INT: 1, PROTOTYPE: 2, FIRST: 3, SECOND: 4 } as const;

const kind = (number: number, count: number = 0): number => (number << 24) | count;
const defaultTypes = [
  [1, kind(1), 4, (1 << 24) | 32],
  [0, kind(13), btfType.INT],
  [5, kind(12), btfType.PROTOTYPE],
  [11, kind(12), btfType.PROTOTYPE],
].flat();
const defaultStrings = '\0int\0first\0second\0line\0';

/** Offset of the word `line` in the strings. */
export const LINE_TEXT = 18;

/** A blob of type information, whole unless told otherwise. */
export function btfBlob({
  types = defaultTypes,
  strings = defaultStrings,
  header = {},
}: BtfParts = {}): Uint8Array {
  const text = new TextEncoder().encode(strings);
  const bytes = new Uint8Array(24 + 4 * types.length + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, header.magic ?? 0xeb9f, true);
  view.setUint8(2, header.version ?? 1);
  view.setUint8(3, header.flags ?? 0);
  view.setUint32(4, header.length ?? 24, true);
  view.setUint32(12, 4 * types.length, true);
  view.setUint32(16, 4 * types.length, true);
  view.setUint32(20, text.length, true);
  for (const [i, word] of types.entries()) view.setUint32(24 + 4 * i, word, true);
  bytes.set(text, 24 + 4 * types.length);
  return bytes;
}
