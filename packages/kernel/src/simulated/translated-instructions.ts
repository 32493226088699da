import { abiSize } from '../abi/size.js';
import { functionStarts } from './function-starts.js';
import { instruction } from './instruction.js';

/**
 * The instructions of a program as info shows them (spec 15.5.1): a call of an own function has the distance to it in the
 * place of the offset, and the number of the function.
 *
 * @param instructions those that were loaded, with ids of maps
 */
export function translatedInstructions(instructions: Uint8Array): Uint8Array {
  const starts = functionStarts(instructions);
  const bytes = instructions.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += abiSize.instruction) {
    const code = bytes[at];
    if (code === instruction.CALL && bytes[at + 1]! >> 4 === instruction.OWN_FUNCTION) {
      const distance = view.getInt32(at + 4, true);
      view.setInt16(at + 2, distance, true);
      view.setInt32(at + 4, starts.indexOf(at / abiSize.instruction + 1 + distance), true);
    }
    if (code === instruction.LOAD_IMMEDIATE_64) at += abiSize.instruction;
  }
  return bytes;
}
