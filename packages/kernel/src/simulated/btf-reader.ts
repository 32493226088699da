/** Kinds of BTF types that matter here. */
export const btfKind = {
  INT: 1,
  PTR: 2,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FWD: 7,
  TYPEDEF: 8,
  VOLATILE: 9,
  CONST: 10,
  RESTRICT: 11,
  FUNC: 12,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  FLOAT: 16,
  DECL_TAG: 17,
  TYPE_TAG: 18,
  ENUM64: 19,
} as const;

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER = 24;
const COMMON = 12;

/** Bytes behind the common part of a type, fixed and for each of its members. */
const shapes: ReadonlyMap<number, readonly [fixed: number, each: number]> = new Map([
  [btfKind.INT, [4, 0]],
  [btfKind.PTR, [0, 0]],
  [btfKind.ARRAY, [12, 0]],
  [btfKind.STRUCT, [0, 12]],
  [btfKind.UNION, [0, 12]],
  [btfKind.ENUM, [0, 8]],
  [btfKind.FWD, [0, 0]],
  [btfKind.TYPEDEF, [0, 0]],
  [btfKind.VOLATILE, [0, 0]],
  [btfKind.CONST, [0, 0]],
  [btfKind.RESTRICT, [0, 0]],
  [btfKind.FUNC, [0, 0]],
  [btfKind.FUNC_PROTO, [0, 8]],
  [btfKind.VAR, [4, 0]],
  [btfKind.DATASEC, [0, 12]],
  [btfKind.FLOAT, [0, 0]],
  [btfKind.DECL_TAG, [4, 0]],
  [btfKind.TYPE_TAG, [0, 0]],
  [btfKind.ENUM64, [0, 12]],
]);

/** One type. */
export interface BtfType {
  readonly kind: number;
  readonly name: string;
  /** How many members follow. */
  readonly count: number;
  /** Size in bytes or the id of another type, as the kind has it. */
  readonly sizeOrType: number;
  /** What stands behind the common part. */
  readonly rest: DataView;
}

/** Type information taken apart; entry 0 of `types` is absent, it stands for void. */
export interface Btf {
  readonly types: readonly (BtfType | undefined)[];
  /** The string at an offset; null outside of the strings. */
  stringAt(offset: number): string | null;
}

/** Takes BTF apart; null when its form is wrong. Whether types refer to types that make sense is not checked. */
export function readBtf(bytes: Uint8Array): Btf | null {
  if (bytes.length < HEADER) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0, true) !== MAGIC || view.getUint8(2) !== VERSION || view.getUint8(3) !== 0)
    return null;
  const header = view.getUint32(4, true);
  const typesAt = header + view.getUint32(8, true);
  const typesEnd = typesAt + view.getUint32(12, true);
  const stringsAt = header + view.getUint32(16, true);
  const stringsEnd = stringsAt + view.getUint32(20, true);
  if (header < HEADER || typesEnd > bytes.length || stringsEnd > bytes.length) return null;
  if (stringsEnd === stringsAt || bytes[stringsAt] !== 0 || bytes[stringsEnd - 1] !== 0) return null;

  const stringAt = (offset: number): string | null => {
    const from = stringsAt + offset;
    if (from >= stringsEnd) return null;
    return new TextDecoder().decode(bytes.slice(from, bytes.indexOf(0, from)));
  };
  const types: (BtfType | undefined)[] = [undefined];
  for (let at = typesAt; at < typesEnd; ) {
    const type = at + COMMON <= typesEnd ? readType(view, at, typesEnd, stringAt) : null;
    if (type === null) return null;
    types.push(type);
    at += COMMON + type.rest.byteLength;
  }
  return { types, stringAt };
}

function readType(
  view: DataView,
  at: number,
  end: number,
  stringAt: (offset: number) => string | null,
): BtfType | null {
  const name = stringAt(view.getUint32(at, true));
  const info = view.getUint32(at + 4, true);
  const kind = (info >>> 24) & 0x1f;
  const count = info & 0xffff;
  const shape = shapes.get(kind);
  if (name === null || shape === undefined) return null;
  const size = shape[0] + shape[1] * count;
  if (at + COMMON + size > end) return null;
  const rest = new DataView(view.buffer, view.byteOffset + at + COMMON, size);
  return { kind, name, count, sizeOrType: view.getUint32(at + 8, true), rest };
}
