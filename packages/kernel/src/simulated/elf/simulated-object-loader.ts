import { clip, MprogError } from '@mprog/core';
import { errno, errnoName } from '../../abi/errno.js';
import { abiSize } from '../../abi/size.js';
import type {
  LoadedMap,
  LoadedObject,
  LoadedProgram,
  LoadOptions,
  ObjectLoader,
  ObjectProgram,
} from '../../object-loader.js';
import { describeObjectMap, mapMisfit, type ObjectMap } from '../../object-map.js';
import { noSuchMap, unfitMap } from '../../reuse-refusal.js';
import { type Btf, readBtf } from '../btf-reader.js';
import { instruction } from '../instruction.js';
import type { SimulatedProcess } from '../simulated-process.js';
import { type ElfFile, readElf } from './elf-file.js';
import { functionInfoOf } from './function-info.js';
import { type LinkedProgram, linkProgram } from './link-program.js';
import { LoaderCalls } from './loader-calls.js';
import { type MapDefinition, mapDefinitions } from './map-definitions.js';
import { notAnObject } from './object-error.js';
import { type ObjectFunction, programsOf, type ReadProgram, readFunctions } from './object-programs.js';

/** A map with the name that its definition has. */
interface OpenMap extends LoadedMap {
  readonly definition: string;
}

/** An object that was read. */
interface ReadObject {
  readonly elf: ElfFile;
  readonly functions: readonly ObjectFunction[];
  readonly programs: readonly ReadProgram[];
}

/**
 * Reads BPF objects with a small reader of its own: programs, the functions that they call, maps that BTF defines,
 * variables, BTF and func_info. There is no verifier: a program that Linux rejects loads here. Relocations for the types of
 * another kernel (CO-RE) are left as they were compiled.
 */
export class SimulatedObjectLoader implements ObjectLoader {
  readonly #process: SimulatedProcess;
  readonly #calls: LoaderCalls;

  constructor(process: SimulatedProcess) {
    this.#process = process;
    this.#calls = new LoaderCalls(process);
  }

  inspect(bytes: Uint8Array, name: string): readonly ObjectProgram[] {
    return readObject(bytes, name).programs.map(publicPart);
  }

  inspectMaps(bytes: Uint8Array, name: string): readonly ObjectMap[] {
    const { elf } = readObject(bytes, name);
    return mapDefinitions(elf, btfOf(elf, name), name).map((map) => objectMap(map, name));
  }

  load(bytes: Uint8Array, options: LoadOptions): LoadedObject {
    const { name } = options;
    const object = readObject(bytes, name);
    const wanted = select(object.programs, options);
    const linked = wanted.map((program) => linkProgram(object.elf, object.functions, program.function, name));
    const section = sectionOf(object.elf, '.BTF');
    const btf = btfOf(object.elf, name);
    const definitions = mapDefinitions(object.elf, btf, name);
    this.#checkReused(definitions, options);
    const extension = sectionOf(object.elf, '.BTF.ext');
    const records = linked.map((program) =>
      btf === null || extension === undefined ? null : functionInfoOf(extension, btf, program),
    );

    const opened = new Set<number>();
    const close = (): void => {
      for (const fd of opened) this.#process.world.close(fd);
      opened.clear();
    };
    const open = (fd: number, what: string): number => {
      if (fd < 0) throw refused(name, what, fd);
      opened.add(fd);
      return fd;
    };
    try {
      const btfFd = section === undefined ? 0 : open(this.#calls.loadBtf(section), 'its BTF');
      const maps = definitions.map((map) => this.#openMap(map, options, open));
      const license = licenseOf(object.elf);
      const programs = wanted.map((program, i): LoadedProgram => {
        const instructions = withMaps(linked[i]!, maps, program.name, name);
        const { type, expectedAttachType } = program;
        const load = { type, expectedAttachType, name: program.name, instructions, license, btf: btfFd };
        const fd = this.#calls.loadProgram({ ...load, functionInfo: records[i] ?? null });
        return { ...publicPart(program), fd: open(fd, `program ${program.name}`) };
      });
      if (btfFd !== 0) {
        opened.delete(btfFd);
        this.#process.world.close(btfFd);
      }
      return {
        programs,
        maps: maps.map(({ name, fd, reused }) => ({ name, fd, reused })),
        close,
        [Symbol.dispose]: close,
      };
    } catch (error) {
      close();
      throw error;
    }
  }

  /** Looks at the maps that are to be reused, before anything is made. */
  #checkReused(definitions: readonly MapDefinition[], { name: object, maps = [] }: LoadOptions): void {
    const known = definitions.map((definition) => objectMap(definition, object));
    for (const { name, fd } of maps) {
      const wanted = known.find((map) => map.name === name);
      if (wanted === undefined) throw noSuchMap(object, name, known);
      if (wanted.readOnly)
        throw unfitMap(object, name, 'it holds constants, which every load has of its own');
      const found = this.#process.transact((_, { fds }) => fds.get(fd));
      if (found === undefined) throw refused(object, `reuse map ${name}`, -errno.EBADF);
      if (found.kind !== 'map') throw unfitMap(object, name, `fd ${fd} is no map`);
      const misfit = mapMisfit(wanted, found);
      if (misfit !== null) throw unfitMap(object, name, misfit);
    }
  }

  #openMap(
    map: MapDefinition,
    { name: object, maps = [] }: LoadOptions,
    open: (fd: number, what: string) => number,
  ): OpenMap {
    const { name } = objectMap(map, object);
    const given = maps.find((other) => other.name === name);
    if (given !== undefined) {
      const fd = this.#process.transact((kernel, caller) => {
        const object = caller.fds.get(given.fd);
        return object === undefined ? -errno.EBADF : kernel.openFd(caller, object);
      });
      return { name, fd: open(fd, `map ${name}`), reused: true, definition: map.name };
    }
    const fd = open(this.#calls.createMap(map, name), `map ${map.name}`);
    if (map.value !== null) {
      const result = this.#calls.setValue(fd, map.value);
      if (result < 0) throw refused(object, `the values of ${map.name}`, result);
    }
    return { name, fd, reused: false, definition: map.name };
  }
}

function objectMap({ name, type, keySize, valueSize, maxEntries }: MapDefinition, object: string): ObjectMap {
  // Sections with a name of their own (`.data.config`) keep it.
  const full = /^\.[^.]*$/.test(name) ? `${objectName(object).slice(0, 8)}${name}` : name;
  return describeObjectMap({ name: full, type, keySize, valueSize, maxEntries });
}

function sectionOf(elf: ElfFile, name: string): Uint8Array | undefined {
  return elf.sections.find((other) => other.name === name)?.bytes;
}

function btfOf(elf: ElfFile, name: string): Btf | null {
  const section = sectionOf(elf, '.BTF');
  const btf = section === undefined ? null : readBtf(section);
  if (section !== undefined && btf === null) throw notAnObject(name, 'its BTF is damaged');
  return btf;
}

function readObject(bytes: Uint8Array, name: string): ReadObject {
  const elf = readElf(bytes, name);
  const functions = readFunctions(elf, name);
  return { elf, functions, programs: programsOf(functions, name) };
}

function publicPart({
  name,
  section,
  type,
  expectedAttachType,
  instructionCount,
}: ObjectProgram): ObjectProgram {
  return { name, section, type, expectedAttachType, instructionCount };
}

/** Those of the programs that are to be loaded, with the type that they are loaded as. */
function select(
  programs: readonly ReadProgram[],
  { name, program, type, expectedAttachType = 0 }: LoadOptions,
): readonly ReadProgram[] {
  const operation = `load ${clip(program === undefined ? name : `${name}:${program}`)}`;
  const names = programs.map((other) => other.name);
  const wanted = programs.filter((other) =>
    program === undefined ? other.autoload : other.name === program,
  );
  if (wanted.length === 0) {
    throw new MprogError('ENOENT', `${operation}: no such program (ENOENT); it has ${names.join(', ')}`, {
      data: { programs: names },
    });
  }
  return wanted.map((own) => {
    if (type === undefined && own.type === 0) {
      throw new MprogError(
        'EINVAL',
        `${operation}: section ${own.section} of ${own.name} stands for no program type (EINVAL); ` +
          'use a section such as tcx/ingress, or give the type',
        { data: { programs: names } },
      );
    }
    return type === undefined || type === own.type ? own : { ...own, type, expectedAttachType };
  });
}

/** The instructions of a program with the fds of its maps in them. */
function withMaps(program: LinkedProgram, maps: readonly OpenMap[], own: string, name: string): Uint8Array {
  const instructions = program.instructions.slice();
  const view = new DataView(instructions.buffer);
  for (const { at, map, direct } of program.maps) {
    const fd = maps.find((other) => other.definition === map)?.fd;
    if (fd === undefined) throw notAnObject(name, `${own} uses the map ${map}, which is not defined`);
    const offset = at * abiSize.instruction;
    const source = direct ? instruction.MAP_VALUE : instruction.MAP_FD;
    view.setUint8(offset + 1, (view.getUint8(offset + 1) & 0xf) | (source << 4));
    view.setUint32(offset + 4, fd, true);
  }
  return instructions;
}

function licenseOf(elf: ElfFile): Uint8Array {
  const bytes = elf.sections.find(({ name }) => name === 'license')?.bytes ?? new Uint8Array(0);
  const end = bytes.indexOf(0);
  return Uint8Array.from([...bytes.subarray(0, end < 0 ? undefined : end), 0]);
}

/** What the names of maps of variables start with: the last part of the path, without its ending. */
function objectName(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return base.replace(/[^A-Za-z0-9_]/g, '_') || 'object';
}

function refused(name: string, what: string, result: number): MprogError {
  const code = errnoName(-result);
  const words =
    code === 'EPERM'
      ? 'not permitted; CAP_BPF and CAP_NET_ADMIN suffice for tcx programs'
      : 'the simulated kernel refused';
  return new MprogError(code, `load ${name}: ${what}: ${words} (${code})`, {
    data: { errno: -result, log: '', messages: [] },
  });
}
