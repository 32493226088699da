import { attr, programType } from '@mprog/kernel';
import type { RawMemory } from './raw-memory.js';

const layout = attr.progLoad;
/** Where the parts stand in memory. */
const PLACE = { instructions: 256, license: 512, functions: 544, lines: 576 } as const;
const TEXT = 18;
const FIRST = 3;
const SECOND = 4;

const word = (...numbers: readonly number[]): number[] =>
  numbers.flatMap((number) => [0, 8, 16, 24].map((shift) => (number >>> shift) & 255));
const loadMap = (fd: number): number[] => [0x18, 0x11, 0, 0, ...word(fd), ...word(0, 0)];

/** Type information of `int`, of `int (void)` and of two functions of that type. */
export const functionTypes: Uint8Array = typeInformation(
  [
    [1, 0x0100_0000, 4, 0x0100_0020],
    [0, 0x0d00_0000, 1],
    [5, 0x0c00_0000, 2],
    [11, 0x0c00_0000, 2],
  ].flat(),
  '\0int\0first\0second\0line\0',
);

/** Type information of one type, `int`. */
export const intType: Uint8Array = typeInformation([1, 0x0100_0000, 4, 0x0100_0020], '\0int\0');

/**
 * Lays out the attr of a PROG_LOAD at the start of memory: SCHED_CLS, two functions, two maps, and records of its functions
 * and lines.
 *
 * @param btf fd of {@link functionTypes}
 * @returns bytes of the attr
 */
export function layRichProgram(
  { bytes, base }: RawMemory,
  name: string,
  maps: readonly [number, number],
  btf: number,
): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const lay = (at: number, part: readonly number[]) => bytes.set(part, at);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);
  const pointer = (at: number, target: number) => view.setBigUint64(at, BigInt(base + target), true);
  // Both maps; a call of the second function; r0 = 7; exit. The second: r0 = 7; exit.
  const call = [0x85, 0x10, 0, 0, ...word(2)];
  const leave = [0xb7, 0, 0, 0, ...word(7), 0x95, 0, 0, 0, 0, 0, 0, 0];
  const instructions = [...maps.flatMap(loadMap), ...call, ...leave, ...leave];
  bytes.fill(0, 0, 640);
  lay(PLACE.instructions, instructions);
  lay(PLACE.license, [0x47, 0x50, 0x4c, 0]);
  lay(PLACE.functions, word(0, FIRST, 7, SECOND));
  lay(PLACE.lines, word(0, TEXT, TEXT, 1 << 10, 5, TEXT, TEXT, 2 << 10, 7, TEXT, TEXT, 3 << 10));
  bytes.set(new TextEncoder().encode(name), layout.name);
  u32(layout.type, programType.SCHED_CLS);
  u32(layout.instructionCount, instructions.length / 8);
  pointer(layout.instructions, PLACE.instructions);
  pointer(layout.license, PLACE.license);
  u32(layout.btfFd, btf);
  u32(layout.functionInfoSize, 8);
  pointer(layout.functionInfo, PLACE.functions);
  u32(layout.functionInfoCount, 2);
  u32(layout.lineInfoSize, 16);
  pointer(layout.lineInfo, PLACE.lines);
  u32(layout.lineInfoCount, 3);
  return layout.tokenFd;
}

function typeInformation(types: readonly number[], strings: string): Uint8Array {
  const text = new TextEncoder().encode(strings);
  const length = 4 * types.length;
  const header = [...word(0x0001_eb9f, 24), ...word(0, length, length, text.length)];
  return Uint8Array.from([...header, ...word(...types), ...text]);
}
