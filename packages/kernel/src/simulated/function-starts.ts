import { abiSize } from '../abi/size.js';
import { instruction } from './instruction.js';

/** Numbers of the instructions that the functions of a program start at: the first one, and whatever is called. */
export function functionStarts(instructions: Uint8Array): readonly number[] {
  const view = new DataView(instructions.buffer, instructions.byteOffset, instructions.length);
  const starts = new Set([0]);
  for (let at = 0; at < instructions.length; at += abiSize.instruction) {
    const index = at / abiSize.instruction;
    const source = view.getUint8(at + 1) >> 4;
    const code = view.getUint8(at);
    const calls = code === instruction.CALL && source === instruction.OWN_FUNCTION;
    const refers = code === instruction.LOAD_IMMEDIATE_64 && source === instruction.FUNCTION_ADDRESS;
    if (calls || refers) starts.add(index + 1 + view.getInt32(at + 4, true));
    if (code === instruction.LOAD_IMMEDIATE_64) at += abiSize.instruction;
  }
  return [...starts].sort((a, b) => a - b);
}
