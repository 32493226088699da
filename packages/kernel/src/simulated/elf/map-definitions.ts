import { mapType } from '../../abi/map-type.js';
import { type Btf, type BtfType, btfKind } from '../btf-reader.js';
import type { ElfFile } from './elf-file.js';
import { isData } from './link-program.js';
import { notAnObject, notFollowed } from './object-error.js';

const MAX_DEPTH = 32;
const POINTER = 8;
const MMAPABLE = 1024;
const READ_ONLY_FOR_PROGRAMS = 128;

/** A map as an object asks for it. */
export interface MapDefinition {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Value of the only element, for variables; null for other maps. */
  readonly value: Uint8Array | null;
}

/**
 * The maps of an object: those that its section `.maps` defines through BTF, and one for each section with variables.
 *
 * @throws MprogError `ENOEXEC` when the section is there without BTF, `EOPNOTSUPP` for a definition with other members
 */
export function mapDefinitions(elf: ElfFile, btf: Btf | null, name: string): readonly MapDefinition[] {
  const maps: MapDefinition[] = [];
  if (elf.sections.some((section) => section.name === '.maps' && section.size > 0)) {
    const variables = btf === null ? undefined : variablesOf(btf, '.maps');
    if (btf === null || variables === undefined)
      throw notAnObject(name, 'it has maps, but no BTF that describes them');
    for (const variable of variables) maps.push(definitionOf(btf, variable, name));
  }
  for (const section of elf.sections) {
    if (!isData(section.name) || section.size === 0) continue;
    if (section.size > 0x7fff_0000) throw notAnObject(name, `section ${section.name} is too large`);
    const readOnly = section.name.startsWith('.rodata');
    maps.push({
      name: section.name,
      type: mapType.ARRAY,
      keySize: 4,
      valueSize: section.size,
      maxEntries: 1,
      flags: MMAPABLE | (readOnly ? READ_ONLY_FOR_PROGRAMS : 0),
      value: section.bytes.length > 0 ? section.bytes : null,
    });
  }
  return maps;
}

function variablesOf(btf: Btf, section: string): readonly BtfType[] | undefined {
  const found = btf.types.find((type) => type?.kind === btfKind.DATASEC && type.name === section);
  if (found === undefined) return undefined;
  return Array.from({ length: found.count }, (_, i) => btf.types[found.rest.getUint32(12 * i, true)]).filter(
    (type): type is BtfType => type?.kind === btfKind.VAR,
  );
}

function definitionOf(btf: Btf, variable: BtfType, name: string): MapDefinition {
  const structure = resolve(btf, variable.sizeOrType);
  if (structure?.kind !== btfKind.STRUCT)
    throw notFollowed(name, `map ${variable.name} is defined in another way`);
  const numbers = new Map<string, number>();
  for (let i = 0; i < structure.count; i++) {
    const member = btf.stringAt(structure.rest.getUint32(12 * i, true)) ?? '';
    const pointed = pointedAt(btf, structure.rest.getUint32(12 * i + 4, true));
    if (['type', 'max_entries', 'map_flags', 'key_size', 'value_size'].includes(member)) {
      numbers.set(member, numberOf(btf, pointed) ?? -1);
    } else if (member === 'key' || member === 'value') {
      numbers.set(`${member}_size`, sizeOf(btf, pointed) ?? -1);
    } else {
      throw notFollowed(name, `map ${variable.name} has the member ${member}`);
    }
  }
  if ([...numbers.values()].includes(-1))
    throw notAnObject(name, `the definition of map ${variable.name} is damaged`);
  return {
    name: variable.name,
    type: numbers.get('type') ?? 0,
    keySize: numbers.get('key_size') ?? 0,
    valueSize: numbers.get('value_size') ?? 0,
    maxEntries: numbers.get('max_entries') ?? 0,
    flags: numbers.get('map_flags') ?? 0,
    value: null,
  };
}

/** Follows what only gives a type another name. */
function resolve(btf: Btf, id: number): BtfType | undefined {
  const names: readonly number[] = [
    btfKind.TYPEDEF,
    btfKind.CONST,
    btfKind.VOLATILE,
    btfKind.RESTRICT,
    btfKind.TYPE_TAG,
  ];
  let type = btf.types[id];
  for (let depth = 0; depth < MAX_DEPTH && type !== undefined && names.includes(type.kind); depth++) {
    type = btf.types[type.sizeOrType];
  }
  return type;
}

function pointedAt(btf: Btf, id: number): number {
  const type = resolve(btf, id);
  return type?.kind === btfKind.PTR ? type.sizeOrType : 0;
}

/** A number that is written as the length of an array. */
function numberOf(btf: Btf, id: number): number | undefined {
  const type = resolve(btf, id);
  return type?.kind === btfKind.ARRAY ? type.rest.getUint32(8, true) : undefined;
}

function sizeOf(btf: Btf, id: number, depth: number = 0): number | undefined {
  const type = resolve(btf, id);
  if (type === undefined || depth > MAX_DEPTH) return undefined;
  switch (type.kind) {
    case btfKind.PTR:
      return POINTER;
    case btfKind.ARRAY: {
      const element = sizeOf(btf, type.rest.getUint32(0, true), depth + 1);
      return element === undefined ? undefined : element * type.rest.getUint32(8, true);
    }
    case btfKind.INT:
    case btfKind.STRUCT:
    case btfKind.UNION:
    case btfKind.ENUM:
    case btfKind.ENUM64:
    case btfKind.FLOAT:
      return type.sizeOrType;
    default:
      return undefined;
  }
}
