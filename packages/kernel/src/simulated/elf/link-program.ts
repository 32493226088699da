import { abiSize } from '../../abi/size.js';
import { instruction } from '../instruction.js';
import type { ElfFile, ElfRelocation } from './elf-file.js';
import { notAnObject, notFollowed } from './object-error.js';
import type { ObjectFunction } from './object-programs.js';

const SECTION_SYMBOL = 3;
const R_BPF_64_64 = 1;
const R_BPF_64_32 = 10;

/** A place in a program's instructions that the fd of a map goes to. */
export interface MapUse {
  /** Number of the instruction. */
  readonly at: number;
  /** Name of the map: that of its variable, or of the section that its values stand in. */
  readonly map: string;
  /** Whether the address of its value is loaded instead of the map. */
  readonly direct: boolean;
}

/** One program with all functions that it calls. */
export interface LinkedProgram {
  readonly instructions: Uint8Array;
  readonly maps: readonly MapUse[];
  /** Its functions in order, with the number of the instruction that each starts at. */
  readonly functions: readonly { readonly at: number; readonly function: ObjectFunction }[];
}

/**
 * Puts a program and the functions that it calls, directly or not, one behind the other, and points the calls there.
 *
 * @throws MprogError `ENOEXEC` for a call to nowhere, `EOPNOTSUPP` for a reference of another kind
 */
export function linkProgram(
  elf: ElfFile,
  functions: readonly ObjectFunction[],
  program: ObjectFunction,
  name: string,
): LinkedProgram {
  const placed: { at: number; function: ObjectFunction }[] = [];
  const calls: { at: number; callee: ObjectFunction }[] = [];
  const maps: MapUse[] = [];
  const chunks: Uint8Array[] = [];
  let length = 0;
  // A function's callees stand behind it in the order of its calls, each with its own callees, as libbpf has it.
  const waiting = [program];
  for (let own = waiting.pop(); own !== undefined; own = waiting.pop()) {
    if (placed.some((other) => other.function === own)) continue;
    const at = length;
    placed.push({ at, function: own });
    const code = own.section.bytes.slice(own.from, own.to);
    const view = new DataView(code.buffer);
    chunks.push(code);
    length += code.length / abiSize.instruction;
    const references = relocationsOf(elf, own);
    const callees: { index: number; callee: ObjectFunction }[] = [];
    for (const { index, target } of localCalls(code, references, own)) {
      const callee = functions.find(({ section, from }) => section === own.section && from === target);
      if (callee === undefined) throw notAnObject(name, `${own.name} calls what is no function`);
      callees.push({ index, callee });
    }
    for (const reference of references) {
      const index = (reference.offset - own.from) / abiSize.instruction;
      if (reference.type === R_BPF_64_32) {
        const callee = calleeOf(elf, functions, reference, view.getInt32(index * 8 + 4, true));
        if (callee === undefined)
          throw notFollowed(name, `${own.name} calls ${reference.symbol.name || 'a symbol'}`);
        callees.push({ index, callee });
      } else {
        maps.push(useOf(elf, reference, own, name, at + index, view, index));
      }
    }
    callees.sort((a, b) => b.index - a.index);
    for (const { index, callee } of callees) {
      calls.push({ at: at + index, callee });
      waiting.push(callee);
    }
  }
  const instructions = new Uint8Array(length * abiSize.instruction);
  for (const [i, chunk] of chunks.entries()) instructions.set(chunk, placed[i]!.at * abiSize.instruction);
  const view = new DataView(instructions.buffer);
  for (const { at, callee } of calls) {
    const target = placed.find((other) => other.function === callee)!.at;
    view.setInt32(at * abiSize.instruction + 4, target - at - 1, true);
  }
  return { instructions, maps, functions: placed };
}

function relocationsOf(elf: ElfFile, own: ObjectFunction): readonly ElfRelocation[] {
  const all = elf.relocations.get(own.section.index) ?? [];
  return all.filter(
    ({ offset }) => offset >= own.from && offset < own.to && offset % abiSize.instruction === 0,
  );
}

/** Calls that the compiler resolved itself, inside of one section. */
function* localCalls(
  code: Uint8Array,
  references: readonly ElfRelocation[],
  own: ObjectFunction,
): Generator<{ readonly index: number; readonly target: number }> {
  const view = new DataView(code.buffer);
  for (let at = 0; at < code.length; at += abiSize.instruction) {
    const source = view.getUint8(at + 1) >> 4;
    const wide = view.getUint8(at) === instruction.LOAD_IMMEDIATE_64;
    const call = view.getUint8(at) === instruction.CALL && source === instruction.OWN_FUNCTION;
    if (call && !references.some(({ offset }) => offset === own.from + at)) {
      const target = own.from + at + abiSize.instruction * (1 + view.getInt32(at + 4, true));
      yield { index: at / abiSize.instruction, target };
    }
    if (wide) at += abiSize.instruction;
  }
}

function calleeOf(
  elf: ElfFile,
  functions: readonly ObjectFunction[],
  { symbol }: ElfRelocation,
  immediate: number,
): ObjectFunction | undefined {
  const section = elf.sections[symbol.section];
  const from = symbol.type === SECTION_SYMBOL ? abiSize.instruction * (immediate + 1) : symbol.value;
  return functions.find((other) => other.section === section && other.from === from);
}

function useOf(
  elf: ElfFile,
  { type, symbol }: ElfRelocation,
  own: ObjectFunction,
  name: string,
  at: number,
  view: DataView,
  index: number,
): MapUse {
  const section = elf.sections[symbol.section];
  const offset = index * abiSize.instruction;
  const loads = type === R_BPF_64_64 && view.getUint8(offset) === instruction.LOAD_IMMEDIATE_64;
  if (!loads || section === undefined || offset + 16 > view.byteLength) {
    throw notFollowed(name, `${own.name} refers to ${symbol.name || 'a symbol'}`);
  }
  if (section.name === '.maps') return { at, map: symbol.name, direct: false };
  if (!isData(section.name)) throw notFollowed(name, `${own.name} refers to ${symbol.name || section.name}`);
  // The offset into the value goes to the second half of the load.
  view.setUint32(offset + 12, symbol.value + view.getUint32(offset + 4, true), true);
  return { at, map: section.name, direct: true };
}

/** Whether a section holds variables; each becomes a map of one value. */
export function isData(section: string): boolean {
  return /^\.(rodata|data|bss)(\.|$)/.test(section);
}
