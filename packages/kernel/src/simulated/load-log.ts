import { errno } from '../abi/errno.js';
import type { Call } from './call.js';

const MAX_LEVEL = 15;
const MAX_SIZE = 0x3fff_ffff;
const FIXED = 8;

/** Where the fields of the log stand in an attr. */
export interface LogFields {
  readonly level: number;
  readonly size: number;
  readonly buffer: number;
  readonly trueSize: number;
}

/** Whether the fields of the log go together (spec 15.1 #12); 0 or a negated error number. */
export function checkLog({ attr }: Call, fields: LogFields): number {
  const level = attr.u32(fields.level);
  const size = attr.u32(fields.size);
  const buffer = attr.u64(fields.buffer);
  const paired = (size === 0) === (buffer === 0);
  const ok = level <= MAX_LEVEL && paired && !(buffer !== 0 && level === 0) && size <= MAX_SIZE;
  return ok ? 0 : -errno.EINVAL;
}

/** Writes the log of a load and its true size (spec 15.1.2, 15.1 #17); 0 or a negated error number. */
export function writeLog(
  { attr, memory, address, size: passed }: Call,
  fields: LogFields,
  text: string,
): number {
  const level = attr.u32(fields.level);
  const size = attr.u32(fields.size);
  const trueSize = level === 0 ? 0 : text.length + 1;
  if (size > 0) {
    const room = size - 1;
    const kept = (level & FIXED) !== 0 ? text.slice(0, room) : text.slice(Math.max(0, text.length - room));
    if (!memory.write(attr.u64(fields.buffer), new TextEncoder().encode(`${kept}\0`))) return -errno.EFAULT;
  }
  const reaches = passed >= fields.trueSize + 4;
  if (reaches && !memory.writeU32(address + fields.trueSize, trueSize)) return -errno.EFAULT;
  return size > 0 && trueSize > size ? -errno.ENOSPC : 0;
}
