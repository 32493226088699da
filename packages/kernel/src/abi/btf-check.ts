/** Bytes that follow the three words of a type, by kind: fixed ones, and those of each member. */
const extras: Readonly<Record<number, readonly [fixed: number, member: number]>> = {
  1: [4, 0], // integer
  2: [0, 0], // pointer
  3: [12, 0], // array
  4: [0, 12], // structure
  5: [0, 12], // union
  6: [0, 8], // enumeration
  7: [0, 0], // forward declaration
  8: [0, 0], // typedef
  9: [0, 0], // volatile
  10: [0, 0], // const
  11: [0, 0], // restrict
  12: [0, 0], // function
  13: [0, 8], // function prototype
  14: [4, 0], // variable
  15: [0, 12], // data section
  16: [0, 0], // float
  17: [4, 0], // declaration tag
  18: [0, 0], // type tag
  19: [0, 12], // enumeration of 64-bit values
};
const ARRAY = 3;
const FUNCTION = 12;
const PROTOTYPE = 13;
const VARIABLE = 14;
const DATA_SECTION = 15;
/** Kinds whose third word is the number of another type; for the rest it is a size. */
const referring = new Set([2, 8, 9, 10, 11, FUNCTION, PROTOTYPE, VARIABLE, 17, 18]);
/** Kinds that readers look through to the type behind. */
const transparent = new Set([8, 9, 10, 11, 18]);

const MAGIC = 0xeb9f;
const HEADER = 24;
const TYPE = 12;

/**
 * What is wrong with the type information of an object, in words; null when it may be handed to libbpf.
 *
 * libbpf before 1.3 follows every number of a type without a look and crashes the process on damaged ones.
 *
 * @param bytes the section `.BTF`
 */
export function damageOfBtf(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER || view.getUint16(0, true) !== MAGIC) return 'it has no header';
  const headerLength = view.getUint32(4, true);
  const typesStart = headerLength + view.getUint32(8, true);
  const typesEnd = typesStart + view.getUint32(12, true);
  const textStart = headerLength + view.getUint32(16, true);
  const textLength = view.getUint32(20, true);
  if (
    headerLength < HEADER ||
    typesEnd > bytes.length ||
    textStart + textLength > bytes.length ||
    typesStart % 4
  ) {
    return 'its parts reach past its end';
  }
  if (textLength === 0 || bytes[textStart] !== 0 || bytes[textStart + textLength - 1] !== 0) {
    return 'its names are not texts';
  }
  const starts = [0];
  for (let at = typesStart; at < typesEnd; ) {
    if (at + TYPE > typesEnd) return `type ${starts.length} is cut short`;
    const [fixed, member] = extras[kindAt(view, at)] ?? [-1, 0];
    if (fixed < 0) return `type ${starts.length} is of an unknown kind`;
    starts.push(at);
    at += TYPE + fixed + member * membersAt(view, at);
    if (at > typesEnd) return `type ${starts.length - 1} is cut short`;
  }
  return damageOfTypes(view, starts, textLength);
}

function damageOfTypes(view: DataView, starts: readonly number[], textLength: number): string | null {
  const u32 = (at: number) => view.getUint32(at, true);
  for (let id = 1; id < starts.length; id++) {
    const at = starts[id]!;
    const kind = kindAt(view, at);
    const names = [at];
    const types = referring.has(kind) ? [at + 8] : [];
    if (kind === ARRAY) types.push(at + TYPE, at + TYPE + 4);
    const [, member] = extras[kind]!;
    for (let index = 0; index < membersAt(view, at) && member > 0; index++) {
      const start = at + TYPE + index * member;
      if (kind !== DATA_SECTION) names.push(start);
      if (kind === 4 || kind === 5 || kind === PROTOTYPE) types.push(start + 4);
      if (kind === DATA_SECTION) types.push(start);
    }
    if (names.some((name) => u32(name) >= textLength)) return `type ${id} has a name outside of the names`;
    if (types.some((type) => u32(type) >= starts.length))
      return `type ${id} refers to a type that is not there`;
    if (kind === FUNCTION && kindOf(view, starts, u32(at + 8)) !== PROTOTYPE)
      return `function ${id} has no prototype`;
    if (kind === DATA_SECTION) {
      const odd = types.some((type) => {
        const found = kindOf(view, starts, u32(type));
        return found !== VARIABLE && found !== FUNCTION;
      });
      if (odd) return `section ${id} holds what is no variable`;
    }
    if (transparent.has(kind) && !ends(view, starts, id)) return `type ${id} refers to itself`;
  }
  return null;
}

/** Whether looking through a type comes to an end. */
function ends(view: DataView, starts: readonly number[], id: number): boolean {
  let current = id;
  for (let step = 0; step < starts.length; step++) {
    if (!transparent.has(kindOf(view, starts, current))) return true;
    current = view.getUint32(starts[current]! + 8, true);
  }
  return false;
}

/** Kind of a type by its number; 0 for number 0, which is void. */
function kindOf(view: DataView, starts: readonly number[], id: number): number {
  return id === 0 ? 0 : kindAt(view, starts[id]!);
}

function kindAt(view: DataView, at: number): number {
  return (view.getUint32(at + 4, true) >>> 24) & 0x1f;
}

function membersAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) & 0xffff;
}
