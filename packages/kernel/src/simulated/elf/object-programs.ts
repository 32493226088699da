import { abiSize } from '../../abi/size.js';
import type { ObjectProgram } from '../../object-loader.js';
import type { ElfFile, ElfSection, ElfSymbol } from './elf-file.js';
import { notAnObject } from './object-error.js';
import { sectionType } from './section-type.js';

const SHT_PROGBITS = 1;
const FUNCTION = 2;

/** A function of an object. */
export interface ObjectFunction {
  readonly name: string;
  readonly section: ElfSection;
  /** Bytes from the start of the section. */
  readonly from: number;
  readonly to: number;
}

/** A program of an object: a function that is not in `.text`. */
export interface ReadProgram extends ObjectProgram {
  readonly function: ObjectFunction;
  /** False for a section with a leading `?`. */
  readonly autoload: boolean;
}

/**
 * The functions of an object's executable sections.
 *
 * @throws MprogError `ENOEXEC` for a function that is not inside of its section
 */
export function readFunctions(elf: ElfFile, name: string): readonly ObjectFunction[] {
  return elf.symbols.flatMap((symbol) => {
    const section = elf.sections[symbol.section];
    if (symbol.type !== FUNCTION || section?.type !== SHT_PROGBITS || !section.executable) return [];
    return [readFunction(symbol, section, name)];
  });
}

/**
 * The programs among the functions, in the order of their sections.
 *
 * @throws MprogError `ENOEXEC` when there are none
 */
export function programsOf(functions: readonly ObjectFunction[], name: string): readonly ReadProgram[] {
  const programs = functions
    .filter(({ section }) => section.name !== '.text')
    .sort((a, b) => a.section.index - b.section.index || a.from - b.from)
    .map((own) => ({
      name: own.name,
      section: own.section.name,
      ...sectionType(own.section.name),
      instructionCount: (own.to - own.from) / abiSize.instruction,
      function: own,
      autoload: !own.section.name.startsWith('?'),
    }));
  if (programs.length === 0) throw notAnObject(name, 'it has no programs');
  return programs;
}

function readFunction(symbol: ElfSymbol, section: ElfSection, name: string): ObjectFunction {
  const from = symbol.value;
  const to = from + symbol.size;
  const whole =
    from % abiSize.instruction === 0 && symbol.size % abiSize.instruction === 0 && symbol.size > 0;
  if (!whole || to > section.bytes.length) {
    throw notAnObject(name, `function ${symbol.name} is not inside of its section ${section.name}`);
  }
  return { name: symbol.name, section, from, to };
}
