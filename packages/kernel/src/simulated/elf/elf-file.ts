import { checkElf } from '../../abi/elf-check.js';
import { notAnObject } from './object-error.js';

const SECTION_HEADER = 64;
const SYMBOL = 24;
const RELOCATION = 16;
const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHT_REL = 9;
const SHF_EXECINSTR = 4;

/** A section of an ELF object. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  readonly type: number;
  readonly executable: boolean;
  /** Bytes that it takes in memory. */
  readonly size: number;
  /** Its contents; empty where the file holds none (`.bss`). */
  readonly bytes: Uint8Array;
}

/** A symbol of an ELF object. */
export interface ElfSymbol {
  readonly name: string;
  /** 1 object, 2 function, 3 section. */
  readonly type: number;
  readonly local: boolean;
  /** Section that it stands in; 0 for none. */
  readonly section: number;
  /** Offset in that section. */
  readonly value: number;
  readonly size: number;
}

/** A place in a section that refers to a symbol. */
export interface ElfRelocation {
  readonly offset: number;
  readonly type: number;
  readonly symbol: ElfSymbol;
}

/** An ELF object of BPF taken apart. */
export interface ElfFile {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
  /** Relocations by the index of the section that they belong to. */
  readonly relocations: ReadonlyMap<number, readonly ElfRelocation[]>;
}

/**
 * Takes an ELF object of BPF apart.
 *
 * @param name what messages call the object
 * @throws MprogError `ENOEXEC`
 */
export function readElf(input: Uint8Array, name: string): ElfFile {
  // A Buffer's slices are views of it, where those of a plain array are copies; the sections have to be copies.
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.length);
  checkElf(bytes, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const headers = Array.from({ length: count }, (_, index) =>
    readHeader(view, start + index * SECTION_HEADER),
  );
  const contents = headers.map(({ type, offset, size }) =>
    type === SHT_NOBITS || type === 0 ? new Uint8Array(0) : bytes.slice(offset, offset + size),
  );
  const names = contents[view.getUint16(62, true)];
  if (names === undefined) throw notAnObject(name, 'its sections have no names');
  const sections = headers.map((header, index) => ({
    index,
    name: stringAt(names, header.name),
    type: header.type,
    executable: (header.flags & SHF_EXECINSTR) !== 0,
    size: header.size,
    bytes: contents[index]!,
  }));

  const symtab = headers.findIndex(({ type }) => type === SHT_SYMTAB);
  const strings = contents[headers[symtab]?.link ?? -1];
  const symbols = symtab < 0 || strings === undefined ? [] : readSymbols(contents[symtab]!, strings);
  const relocations = new Map<number, readonly ElfRelocation[]>();
  for (const [index, { type, info }] of headers.entries()) {
    if (type === SHT_REL) relocations.set(info, readRelocations(contents[index]!, symbols, name));
  }
  return { sections, symbols, relocations };
}

function readHeader(view: DataView, at: number) {
  return {
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    flags: view.getUint32(at + 8, true),
    offset: Number(view.getBigUint64(at + 24, true)),
    size: Number(view.getBigUint64(at + 32, true)),
    link: view.getUint32(at + 40, true),
    info: view.getUint32(at + 44, true),
  };
}

function readSymbols(table: Uint8Array, strings: Uint8Array): readonly ElfSymbol[] {
  const view = new DataView(table.buffer);
  return Array.from({ length: Math.floor(table.length / SYMBOL) }, (_, index) => {
    const at = index * SYMBOL;
    const info = view.getUint8(at + 4);
    return {
      name: stringAt(strings, view.getUint32(at, true)),
      type: info & 0xf,
      local: info >> 4 === 0,
      section: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
      size: Number(view.getBigUint64(at + 16, true)),
    };
  });
}

function readRelocations(
  table: Uint8Array,
  symbols: readonly ElfSymbol[],
  name: string,
): readonly ElfRelocation[] {
  const view = new DataView(table.buffer);
  return Array.from({ length: Math.floor(table.length / RELOCATION) }, (_, index) => {
    const at = index * RELOCATION;
    const symbol = symbols[view.getUint32(at + 12, true)];
    if (symbol === undefined) throw notAnObject(name, 'a relocation names a symbol that is not there');
    return { offset: Number(view.getBigUint64(at, true)), type: view.getUint32(at + 8, true), symbol };
  });
}

function stringAt(strings: Uint8Array, from: number): string {
  const end = strings.indexOf(0, from);
  return from >= strings.length
    ? ''
    : new TextDecoder().decode(strings.slice(from, end < 0 ? undefined : end));
}
