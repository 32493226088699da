import { attr } from '../abi/attr.js';
import { errno } from '../abi/errno.js';
import type { Call } from './call.js';

const layout = attr.progLoad;
const MAX_LEVEL = 15;
const MAX_SIZE = 0x3fff_ffff;
const FIXED = 8;

/** Whether the fields of the log go together (spec 15.1 #12); 0 or a negated error number. */
export function checkLog(call: Call): number {
  const { attr: input } = call;
  const level = input.u32(layout.logLevel);
  const size = input.u32(layout.logSize);
  const buffer = input.u64(layout.log);
  const paired = (size === 0) === (buffer === 0);
  const ok = level <= MAX_LEVEL && paired && !(buffer !== 0 && level === 0) && size <= MAX_SIZE;
  return ok ? 0 : -errno.EINVAL;
}

/** Writes the log of a load, which says that nothing was verified (spec 15.1.2); 0 or a negated error number. */
export function writeLog(call: Call, instructionCount: number): number {
  const { attr: input, memory } = call;
  const level = input.u32(layout.logLevel);
  const text =
    level === 0 ? '' : `the simulated kernel has no verifier: ${instructionCount} insns taken as they are\n`;
  const trueSize = level === 0 ? 0 : text.length + 1;
  const reaches = call.size >= layout.logTrueSize + 4;
  const size = input.u32(layout.logSize);
  if (size > 0) {
    const room = size - 1;
    const kept = (level & FIXED) !== 0 ? text.slice(0, room) : text.slice(Math.max(0, text.length - room));
    if (!memory.write(input.u64(layout.log), new TextEncoder().encode(`${kept}\0`))) return -errno.EFAULT;
  }
  if (reaches && !memory.writeU32(call.address + layout.logTrueSize, trueSize)) return -errno.EFAULT;
  return size > 0 && trueSize > size ? -errno.ENOSPC : 0;
}
