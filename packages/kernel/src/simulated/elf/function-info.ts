import { abiSize } from '../../abi/size.js';
import type { Btf } from '../btf-reader.js';
import type { LinkedProgram } from './link-program.js';

const MAGIC = 0xeb9f;
const RECORD = 8;

/** Where a section's function starts, in bytes, and its type. */
interface FunctionRecord {
  readonly section: string;
  readonly offset: number;
  readonly type: number;
}

/**
 * The func_info of a program, from `.BTF.ext` (spec 15.1.3).
 *
 * @returns records of 8 bytes, or null where one of its functions has none
 */
export function functionInfoOf(bytes: Uint8Array, btf: Btf, program: LinkedProgram): Uint8Array | null {
  const records = readRecords(bytes, btf);
  const out = new Uint8Array(program.functions.length * RECORD);
  const view = new DataView(out.buffer);
  for (const [i, { at, function: own }] of program.functions.entries()) {
    const record = records.find(({ section, offset }) => section === own.section.name && offset === own.from);
    if (record === undefined) return null;
    view.setUint32(i * RECORD, at, true);
    view.setUint32(i * RECORD + 4, record.type, true);
  }
  return out;
}

/** Reads what is there; whatever is damaged ends the reading. */
function readRecords(bytes: Uint8Array, btf: Btf): readonly FunctionRecord[] {
  const found: FunctionRecord[] = [];
  if (bytes.length < 24) return found;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0, true) !== MAGIC) return found;
  let at = view.getUint32(4, true) + view.getUint32(8, true);
  const end = Math.min(bytes.length, at + view.getUint32(12, true));
  if (at + 4 > end) return found;
  const size = view.getUint32(at, true);
  at += 4;
  while (size >= RECORD && at + 8 <= end) {
    const section = btf.stringAt(view.getUint32(at, true)) ?? '';
    const count = view.getUint32(at + 4, true);
    at += 8;
    for (let i = 0; i < count && at + size <= end; i++, at += size) {
      const offset = view.getUint32(at, true);
      if (offset % abiSize.instruction === 0)
        found.push({ section, offset, type: view.getUint32(at + 4, true) });
    }
  }
  return found;
}
