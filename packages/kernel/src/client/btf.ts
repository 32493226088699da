const HEADER_BYTES = 24;
const MAGIC = 0xeb9f;
const KIND_FUNCTION = 12;

/** Bytes that follow the twelve of a type, by kind: fixed ones, and ones for each of its members. */
const trailing: Readonly<Record<number, readonly [fixed: number, each: number]>> = {
  1: [4, 0],
  2: [0, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  7: [0, 0],
  8: [0, 0],
  9: [0, 0],
  10: [0, 0],
  11: [0, 0],
  12: [0, 0],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  16: [0, 0],
  17: [4, 0],
  18: [0, 0],
  19: [0, 12],
};

/**
 * The name of a function in type information, or null when the type is no function or the bytes are not whole.
 *
 * @param btf raw type information (`.BTF` format)
 * @param typeId id of the type, 1 for the first
 */
export function functionName(btf: Uint8Array, typeId: number): string | null {
  if (btf.length < HEADER_BYTES) return null;
  const view = new DataView(btf.buffer, btf.byteOffset, btf.byteLength);
  if (view.getUint16(0, true) !== MAGIC) return null;
  const headerLength = view.getUint32(4, true);
  const typesEnd = headerLength + view.getUint32(8, true) + view.getUint32(12, true);
  const strings = headerLength + view.getUint32(16, true);
  let at = headerLength + view.getUint32(8, true);
  for (let id = 1; at + 12 <= typesEnd && at + 12 <= btf.length; id++) {
    const word = view.getUint32(at + 4, true);
    const kind = (word >>> 24) & 0x1f;
    if (id === typeId) {
      return kind === KIND_FUNCTION ? text(btf, strings + view.getUint32(at, true)) : null;
    }
    const shape = trailing[kind];
    if (shape === undefined) return null;
    at += 12 + shape[0] + shape[1] * (word & 0xffff);
  }
  return null;
}

function text(bytes: Uint8Array, at: number): string | null {
  const end = bytes.indexOf(0, at);
  return at >= bytes.length || end < 0 ? null : new TextDecoder().decode(bytes.slice(at, end));
}
