import { abiSize } from '../abi/size.js';
import { instruction } from './instruction.js';
import { sha256 } from './sha256.js';

/**
 * The tag of a program: the first 8 bytes of the SHA-256 of its instructions, with the numbers that name maps cleared,
 * since the same program has other map fds at each load.
 *
 * @returns 16 hexadecimal digits
 */
export function programTag(instructions: Uint8Array): string {
  const bytes = instructions.slice();
  for (let at = 0; at + 16 <= bytes.length; at += abiSize.instruction) {
    if (bytes[at] !== instruction.LOAD_IMMEDIATE_64) continue;
    const source = (bytes[at + 1] ?? 0) >> 4;
    if (source === instruction.MAP_FD || source === instruction.MAP_VALUE) {
      bytes.fill(0, at + 4, at + 8);
      bytes.fill(0, at + 12, at + 16);
    }
    at += abiSize.instruction;
  }
  return Array.from(sha256(bytes).subarray(0, abiSize.tag), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
