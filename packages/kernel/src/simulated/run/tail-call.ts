import { mapType } from '../../abi/map-type.js';
import { abiSize } from '../../abi/size.js';
import { instruction } from '../instruction.js';
import type { MapObject } from '../objects/map.js';
import type { ProgramObject } from '../objects/program.js';

const MOVE_NUMBER = 0xb7;
const EXIT = 0x95;
const TAIL_CALL = 12;

/** What a program does that only tail-calls. */
export interface TailCall {
  readonly array: MapObject;
  readonly index: number;
  /** What it returns where no program is called. */
  readonly missed: number;
}

/**
 * The tail call that is all a program does, as a stand-in's is (spec 15.4 f): `r2 = map; r3 = index; call tail_call;
 * r0 = missed; exit`; null for any other program.
 */
export function tailCallOf({ instructions, maps }: ProgramObject): TailCall | null {
  if (instructions.length !== 6 * abiSize.instruction) return null;
  const view = new DataView(instructions.buffer, instructions.byteOffset);
  const is = (index: number, opcode: number, registers: number) =>
    view.getUint16(8 * index, true) === (opcode | (registers << 8)) &&
    view.getInt16(8 * index + 2, true) === 0;
  const number = (index: number) => view.getInt32(8 * index + 4, true);
  const fits =
    is(0, instruction.LOAD_IMMEDIATE_64, (instruction.MAP_FD << 4) | 2) &&
    is(2, MOVE_NUMBER, 3) &&
    is(3, instruction.CALL, 0) &&
    number(3) === TAIL_CALL &&
    is(4, MOVE_NUMBER, 0) &&
    is(5, EXIT, 0);
  const array = fits ? maps.find(({ id }) => id === number(0)) : undefined;
  if (array?.type !== mapType.PROG_ARRAY) return null;
  return { array, index: number(2) >>> 0, missed: number(4) };
}
