import { abiSize } from '../abi/size.js';

const MOVE_NUMBER = 0xb7;
const EXIT = 0x95;

/**
 * The number that a program always returns, as far as that shows without a verifier: of `r0 = number; exit`; null for
 * any other program.
 */
export function constantReturn(instructions: Uint8Array): number | null {
  const [operation, registers] = instructions;
  const isConstant =
    instructions.length === 2 * abiSize.instruction &&
    operation === MOVE_NUMBER &&
    registers === 0 &&
    instructions[abiSize.instruction] === EXIT;
  if (!isConstant) return null;
  return new DataView(instructions.buffer, instructions.byteOffset).getInt32(4, true);
}
