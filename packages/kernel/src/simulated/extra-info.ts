import { attr } from '../abi/attr.js';
import { errno } from '../abi/errno.js';
import { abiSize } from '../abi/size.js';
import { btfKind, readBtf } from './btf-reader.js';
import type { Call } from './call.js';
import { functionStarts } from './function-starts.js';
import { btfByFd } from './lookup.js';
import type { BtfObject } from './objects/btf.js';
import type { ExtraInfo } from './objects/program.js';

const layout = attr.progLoad;
const MAX_RECORD = 252;
const FUNCTION_RECORD = 8;
const LINE_RECORD = 16;

/** BTF of a program and its records. */
export interface ProgramTypeInfo {
  readonly btf: BtfObject | null;
  readonly functionInfo: ExtraInfo;
  readonly lineInfo: ExtraInfo;
}

const none: ProgramTypeInfo = {
  btf: null,
  functionInfo: { recordSize: FUNCTION_RECORD, records: new Uint8Array(0) },
  lineInfo: { recordSize: LINE_RECORD, records: new Uint8Array(0) },
};

/** Reads BTF, func_info and line_info of a load (spec 15.1.3); the program then holds the BTF. */
export function readExtraInfo(call: Call, instructions: Uint8Array): ProgramTypeInfo | number {
  const { attr: input } = call;
  const functionCount = input.u32(layout.functionInfoCount);
  const lineCount = input.u32(layout.lineInfoCount);
  if (functionCount === 0 && lineCount === 0) return none;
  const btf = btfByFd(call, input.u32(layout.btfFd));
  if (typeof btf === 'number') return btf;
  const functions = readRecords(
    call,
    layout.functionInfoSize,
    layout.functionInfo,
    functionCount,
    FUNCTION_RECORD,
  );
  if (typeof functions === 'number') return functions;
  if (functionCount !== 0 && !areFunctions(functions, btf, instructions)) return -errno.EINVAL;
  const lines = readRecords(call, layout.lineInfoSize, layout.lineInfo, lineCount, LINE_RECORD);
  if (typeof lines === 'number') return lines;
  if (lineCount !== 0 && !areLines(lines, btf, instructions)) return -errno.EINVAL;
  return {
    btf,
    functionInfo: { recordSize: FUNCTION_RECORD, records: functions },
    lineInfo: { recordSize: LINE_RECORD, records: lines },
  };
}

/** Reads records that may be longer than the known ones, if what they have more is zero. */
function readRecords(
  call: Call,
  sizeField: number,
  pointerField: number,
  count: number,
  known: number,
): Uint8Array | number {
  if (count === 0) return new Uint8Array(0);
  const { attr: input, memory } = call;
  const size = input.u32(sizeField);
  if (size < known || size > MAX_RECORD || size % 4 !== 0) return -errno.EINVAL;
  const given = memory.read(input.u64(pointerField), size * count);
  if (given === null) return -errno.EFAULT;
  const records = new Uint8Array(known * count);
  for (let i = 0; i < count; i++) {
    const record = given.subarray(i * size, (i + 1) * size);
    if (record.subarray(known).some((byte) => byte !== 0)) {
      return memory.writeU32(call.address + sizeField, known) ? -errno.E2BIG : -errno.EFAULT;
    }
    records.set(record.subarray(0, known), i * known);
  }
  return records;
}

function areFunctions(records: Uint8Array, btf: BtfObject, instructions: Uint8Array): boolean {
  const starts = functionStarts(instructions);
  const types = readBtf(btf.bytes);
  if (types === null || records.length !== starts.length * FUNCTION_RECORD) return false;
  const view = new DataView(records.buffer);
  return starts.every((start, i) => {
    const type = types.types[view.getUint32(i * FUNCTION_RECORD + 4, true)];
    return view.getUint32(i * FUNCTION_RECORD, true) === start && type?.kind === btfKind.FUNC;
  });
}

/** Lines come in the order of their instructions, one with the start of each function, and name strings that exist. */
function areLines(records: Uint8Array, btf: BtfObject, instructions: Uint8Array): boolean {
  const view = new DataView(records.buffer);
  const starts = functionStarts(instructions);
  const types = readBtf(btf.bytes);
  const offsets: number[] = [];
  for (let at = 0; at < records.length; at += LINE_RECORD) {
    const offset = view.getUint32(at, true);
    const known = [4, 8].every((field) => types?.stringAt(view.getUint32(at + field, true)) != null);
    const opcode = instructions[offset * abiSize.instruction];
    // The second half of a load of 64 bits has no opcode.
    if (!known || !opcode || offset <= (offsets.at(-1) ?? -1)) return false;
    offsets.push(offset);
  }
  return starts.every((start) => offsets.includes(start));
}
