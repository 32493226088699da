import { abiSize } from '../abi/size.js';
import { instruction } from './instruction.js';

/** How many instructions a verifier sees where none is skipped or comes twice: a load of 64 bits is one (spec 15.5.1). */
export function countInstructions(instructions: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < instructions.length; at += abiSize.instruction) {
    if (instructions[at] === instruction.LOAD_IMMEDIATE_64) at += abiSize.instruction;
    count++;
  }
  return count;
}
