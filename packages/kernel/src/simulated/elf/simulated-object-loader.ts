import { clip, MprogError } from '@mprog/core';
import { errnoName } from '../../abi/errno.js';
import { abiSize } from '../../abi/size.js';
import type {
  LoadedMap,
  LoadedObject,
  LoadedProgram,
  LoadOptions,
  ObjectLoader,
  ObjectProgram,
} from '../../object-loader.js';
import { readBtf } from '../btf-reader.js';
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
interface CreatedMap extends LoadedMap {
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

  load(bytes: Uint8Array, options: LoadOptions): LoadedObject {
    const { name } = options;
    const object = readObject(bytes, name);
    const wanted = select(object.programs, options);
    const linked = wanted.map((program) => linkProgram(object.elf, object.functions, program.function, name));
    const section = object.elf.sections.find((other) => other.name === '.BTF')?.bytes;
    const btf = section === undefined ? null : readBtf(section);
    if (section !== undefined && btf === null) throw notAnObject(name, 'its BTF is damaged');
    const definitions = mapDefinitions(object.elf, btf, name);
    const extension = object.elf.sections.find((other) => other.name === '.BTF.ext')?.bytes;
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
      const maps = definitions.map((map) => this.#createMap(map, options, open));
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
      return { programs, maps: maps.map(({ name, fd }) => ({ name, fd })), close, [Symbol.dispose]: close };
    } catch (error) {
      close();
      throw error;
    }
  }

  #createMap(
    map: MapDefinition,
    { name }: LoadOptions,
    open: (fd: number, what: string) => number,
  ): CreatedMap {
    const full = map.name.startsWith('.') ? `${objectName(name).slice(0, 8)}${map.name}` : map.name;
    const fd = open(this.#calls.createMap(map, full), `map ${map.name}`);
    if (map.value !== null) {
      const result = this.#calls.setValue(fd, map.value);
      if (result < 0) throw refused(name, `the values of ${map.name}`, result);
    }
    return { name: full, fd, definition: map.name };
  }
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
function withMaps(
  program: LinkedProgram,
  maps: readonly CreatedMap[],
  own: string,
  name: string,
): Uint8Array {
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
