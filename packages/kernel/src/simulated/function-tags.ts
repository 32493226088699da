import { abiSize } from '../abi/size.js';
import { functionStarts } from './function-starts.js';
import { instruction } from './instruction.js';
import { programTag } from './program-tag.js';

/**
 * The tag of each function of a program that has several (spec 15.1.4): a call names the number of the function by then,
 * and a constant.
 */
export function functionTags(instructions: Uint8Array): readonly string[] {
  const starts = functionStarts(instructions);
  const bytes = instructions.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += abiSize.instruction) {
    const code = bytes[at];
    if (code === instruction.CALL && bytes[at + 1]! >> 4 === instruction.OWN_FUNCTION) {
      const target = at / abiSize.instruction + 1 + view.getInt32(at + 4, true);
      view.setInt16(at + 2, starts.indexOf(target), true);
      view.setInt32(at + 4, 1, true);
    }
    if (code === instruction.LOAD_IMMEDIATE_64) at += abiSize.instruction;
  }
  const end = bytes.length / abiSize.instruction;
  return starts.map((start, i) =>
    programTag(bytes.subarray(start * abiSize.instruction, (starts[i + 1] ?? end) * abiSize.instruction)),
  );
}
