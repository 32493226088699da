import { errno } from '../../abi/errno.js';
import { info } from '../../abi/info.js';
import { abiSize } from '../../abi/size.js';
import { type Call, isCapable } from '../call.js';
import { countInstructions } from '../count-instructions.js';
import { functionStarts } from '../function-starts.js';
import { functionTags } from '../function-tags.js';
import type { MachineCode, ProgramObject } from '../objects/program.js';
import { translatedInstructions } from '../translated-instructions.js';
import { readPointer } from './read-pointer.js';
import { writeName } from './write-name.js';

const layout = info.program;
const LINE_ADDRESS = 8;

/**
 * Fills in program info (spec 15.5.1). Where nobody has told the machine code, zeros stand in for it, as many bytes as the
 * instructions have; its addresses are 0 then, and it has no lines.
 */
export function describeProgram(call: Call, program: ProgramObject, view: DataView): number {
  const u32 = (at: number): number => view.getUint32(at, true);
  const set = (at: number, value: number): void => view.setUint32(at, value, true);
  set(layout.type, program.type);
  set(layout.id, program.id);
  view.setBigUint64(layout.tag, BigInt(`0x${program.tag}`), false);
  view.setBigUint64(layout.loadTime, BigInt(program.loadTime), true);
  set(layout.createdByUid, program.createdByUid);
  set(layout.gpl, (u32(layout.gpl) & ~1) | (program.gpl ? 1 : 0));
  writeName(view, layout.name, program.name, abiSize.name);
  if (program.btf !== null) set(layout.btfId, program.btf.id);
  view.setBigUint64(layout.runTime, BigInt(program.runTime), true);
  view.setBigUint64(layout.runCount, BigInt(program.runCount), true);
  view.setBigUint64(layout.recursionMisses, 0n, true);
  const instructionCount = program.instructions.length / abiSize.instruction;
  set(layout.verifiedInstructions, countInstructions(program.instructions));
  set(layout.attachBtfId, 0);
  set(layout.padding, 0);

  const ids = numbers(program.maps.map((map) => map.id));
  if (!put(call, view, layout.mapCount, layout.mapIds, ids, 4, 4)) return -errno.EFAULT;
  const { functionInfo, lineInfo } = program;
  const ok =
    checkRecord(view, layout.functionInfoSize, layout.functionInfoCount, functionInfo.recordSize) &&
    checkRecord(view, layout.lineInfoSize, layout.lineInfoCount, lineInfo.recordSize) &&
    checkRecord(view, layout.jitedLineInfoSize, layout.jitedLineInfoCount, LINE_ADDRESS);
  if (!ok) return -errno.EINVAL;
  if (!isCapable(call, 'CAP_BPF')) {
    for (const at of hidden) set(at, 0);
    return 0;
  }

  const starts = functionStarts(program.instructions);
  const { code, symbols, functionLengths, lines } = program.machineCode ?? standIn(starts, instructionCount);
  const tags = new Uint8Array(abiSize.tag * starts.length);
  const own = starts.length === 1 ? [program.tag] : functionTags(program.instructions);
  for (const [i, tag] of own.entries()) {
    new DataView(tags.buffer).setBigUint64(i * abiSize.tag, BigInt(`0x${tag}`), false);
  }
  const copy = (count: number, pointer: number, items: Uint8Array, size: number): boolean =>
    put(call, view, count, pointer, items, size, 1);
  const store = (count: number, pointer: number, items: Uint8Array, size: number): boolean =>
    put(call, view, count, pointer, items, size, size);
  const written =
    copy(layout.translatedLength, layout.translated, translatedInstructions(program.instructions), 1) &&
    copy(layout.jitedLength, layout.jited, code, 1) &&
    store(layout.symbolCount, layout.symbols, symbols, 8) &&
    store(layout.functionLengthCount, layout.functionLengths, functionLengths, 4) &&
    copy(layout.functionInfoCount, layout.functionInfo, functionInfo.records, functionInfo.recordSize) &&
    copy(layout.lineInfoCount, layout.lineInfo, lineInfo.records, lineInfo.recordSize) &&
    store(layout.jitedLineInfoCount, layout.jitedLineInfo, lines, LINE_ADDRESS) &&
    copy(layout.tagCount, layout.tags, tags, abiSize.tag);
  return written ? 0 : -errno.EFAULT;
}

function standIn(starts: readonly number[], instructionCount: number): MachineCode {
  const ends = [...starts.slice(1), instructionCount];
  return {
    code: new Uint8Array(instructionCount * abiSize.instruction),
    symbols: new Uint8Array(8 * starts.length),
    functionLengths: numbers(starts.map((start, i) => (ends[i]! - start) * abiSize.instruction)),
    lines: new Uint8Array(0),
  };
}

/** What a caller without CAP_BPF sees as 0. */
const hidden: readonly number[] = [
  layout.jitedLength,
  layout.translatedLength,
  layout.symbolCount,
  layout.functionLengthCount,
  layout.functionInfoCount,
  layout.lineInfoCount,
  layout.jitedLineInfoCount,
];

/**
 * Writes as many items as the caller has room for, and their full number; false for a fault, which keeps what stands in
 * front of it.
 *
 * @param whole bytes that are written together or not at all (spec 15.7.1)
 */
function put(
  call: Call,
  view: DataView,
  countField: number,
  pointerField: number,
  items: Uint8Array,
  itemSize: number,
  whole: number,
): boolean {
  const room = view.getUint32(countField, true);
  const full = items.length / itemSize;
  view.setUint32(countField, full, true);
  const size = Math.min(room, full) * itemSize;
  return size === 0 || call.memory.write(readPointer(view, pointerField), items.subarray(0, size), whole);
}

/** A caller that asks for records must know their size, which is written back; false when it does not. */
function checkRecord(view: DataView, sizeField: number, countField: number, size: number): boolean {
  const given = view.getUint32(sizeField, true);
  const wanted = view.getUint32(countField, true);
  if ((given !== 0 || wanted !== 0) && given !== size) return false;
  view.setUint32(sizeField, size, true);
  return true;
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return bytes;
}
