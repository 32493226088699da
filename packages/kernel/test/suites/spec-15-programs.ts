/** One instruction: opcode, destination and source register, offset and number. */
export function instruction(
  code: number,
  destination: number = 0,
  source: number = 0,
  offset: number = 0,
  immediate: number = 0,
): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, code);
  view.setUint8(1, (source << 4) | destination);
  view.setInt16(2, offset, true);
  view.setInt32(4, immediate, true);
  return bytes;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** `rN = value` */
export function move(register: number, value: number): Uint8Array {
  return instruction(0xb7, register, 0, 0, value);
}

/** The load of a 64-bit number, which takes the room of two instructions. */
export function load64(register: number, source: number, low: number, high: number = 0): Uint8Array {
  return join(instruction(0x18, register, source, 0, low), instruction(0, 0, 0, 0, high));
}

/** The call of a helper by its number. */
export function helper(number: number): Uint8Array {
  return instruction(0x85, 0, 0, 0, number);
}

/** The call of a function of the same program, so many instructions further on. */
export function callFunction(distance: number): Uint8Array {
  return instruction(0x85, 0, 1, 0, distance);
}

export const exit: Uint8Array = instruction(0x95);

/** `r0 = value; exit` */
export function returns(value: number): Uint8Array {
  return join(move(0, value), exit);
}

/** Refers to a map by its fd and returns 0. */
export function usesMap(fd: number): Uint8Array {
  return join(load64(1, 1, fd), returns(0));
}

/** Calls the program at an index of a program array and returns `missed` when nothing is there. */
export function tailCalls(mapFd: number, index: number, missed: number): Uint8Array {
  return join(load64(2, 1, mapFd), move(3, index), helper(12), returns(missed));
}

/** A main function that calls another one, which returns 7. */
export function twoFunctions(): Uint8Array {
  return join(callFunction(1), exit, returns(7));
}
