import { clip, MprogError } from '@mprog/core';
import { checkElf } from '../abi/elf-check.js';
import { errno, errnoName } from '../abi/errno.js';
import type { Arena } from '../arena.js';
import type {
  LoadedMap,
  LoadedObject,
  LoadedProgram,
  LoadOptions,
  ObjectLoader,
  ObjectProgram,
} from '../object-loader.js';
import { describeObjectMap, mapMisfit, type ObjectMap } from '../object-map.js';
import { noSuchMap, unfitMap } from '../reuse-refusal.js';
import type { DescriptorOwners } from './descriptor-owners.js';
import type { ForeignFunctions } from './ffi.js';
import { type Handle, Libbpf } from './libbpf.js';
import { linuxError, orThrow } from './linux-error.js';
import { mapForm } from './map-form.js';
import { sectionType } from './section-type.js';

const F_DUPFD_CLOEXEC = 1030;
/** Standard input, output and error stay what they are. */
const LOWEST_FD = 3;
/** Room for the verifier's log; memory is used only as far as it is written. */
const LOG_BYTES = 16 * 1024 * 1024;
/** `object_name` is the last field that is given of libbpf's options. */
const OPTIONS_BYTES = 16;

interface OpenProgram {
  readonly handle: Handle;
  readonly program: ObjectProgram;
}

interface OpenMap {
  readonly handle: Handle;
  readonly map: ObjectMap;
}

/** Reads and loads BPF objects through the system's libbpf, which is looked for on first use. */
export class LibbpfObjects implements ObjectLoader {
  readonly #foreign: ForeignFunctions;
  readonly #owners: DescriptorOwners;
  #libbpf: Libbpf | undefined;
  #log: Arena | undefined;

  constructor(foreign: ForeignFunctions, owners: DescriptorOwners) {
    this.#foreign = foreign;
    this.#owners = owners;
  }

  inspect(bytes: Uint8Array, name: string): readonly ObjectProgram[] {
    return this.#opened(bytes, name, (object) => this.#programs(object).map(({ program }) => program));
  }

  inspectMaps(bytes: Uint8Array, name: string): readonly ObjectMap[] {
    return this.#opened(bytes, name, (object) => this.#maps(object).map(({ map }) => map));
  }

  load(bytes: Uint8Array, options: LoadOptions): LoadedObject {
    return this.#opened(bytes, options.name, (object, messages) => {
      const wanted = this.#select(this.#programs(object), options);
      // A map that is reused takes over the name that the kernel has for it.
      const maps = this.#maps(object);
      this.#reuse(maps, options);
      this.#loadObject(object, wanted, options, messages);
      return this.#take(maps, wanted, options);
    });
  }

  #opened<Result>(
    bytes: Uint8Array,
    name: string,
    action: (object: Handle, messages: string[]) => Result,
  ): Result {
    checkElf(bytes, name);
    this.#libbpf ??= new Libbpf(this.#foreign);
    const libbpf = this.#libbpf;
    const messages: string[] = [];
    return libbpf.collecting(messages, () => {
      const options = { sz: OPTIONS_BYTES, object_name: objectName(name) };
      const object = libbpf.functions.openMemory(bytes, bytes.length, options);
      if (object === 0) {
        const number = this.#foreign.koffi.errno();
        const said = messages.at(-1)?.replace(/^libbpf: /, '') ?? `libbpf refused it with error ${number}`;
        throw new MprogError('ENOEXEC', `read object ${clip(name)}: ${said} (ENOEXEC)`, {
          data: { messages },
        });
      }
      try {
        return action(object, messages);
      } finally {
        libbpf.functions.closeObject(object);
      }
    });
  }

  #programs(object: Handle): readonly OpenProgram[] {
    const { functions } = this.#libbpf!;
    const found: OpenProgram[] = [];
    for (let handle = functions.nextProgram(object, 0); handle !== 0; ) {
      const section = functions.sectionName(handle);
      const known = sectionType(section);
      found.push({
        handle,
        program: {
          name: functions.programName(handle),
          section,
          type: known?.type ?? functions.programType(handle),
          expectedAttachType: known?.expectedAttachType ?? functions.expectedAttachType(handle),
          instructionCount: functions.instructionCount(handle),
        },
      });
      handle = functions.nextProgram(object, handle);
    }
    return found;
  }

  #maps(object: Handle): readonly OpenMap[] {
    const { functions } = this.#libbpf!;
    const found: OpenMap[] = [];
    for (let handle = functions.nextMap(object, 0); handle !== 0; ) {
      const map = describeObjectMap({
        name: functions.mapName(handle),
        type: functions.mapType(handle),
        keySize: functions.mapKeySize(handle),
        valueSize: functions.mapValueSize(handle),
        maxEntries: functions.mapMaxEntries(handle),
      });
      found.push({ handle, map });
      handle = functions.nextMap(object, handle);
    }
    return found;
  }

  /** Gives maps that are there to the object; libbpf takes a duplicate of the fd. */
  #reuse(maps: readonly OpenMap[], { name: object, maps: given = [] }: LoadOptions): void {
    for (const { name, fd } of given) {
      const own = maps.find(({ map }) => map.name === name);
      if (own === undefined)
        throw noSuchMap(
          object,
          name,
          maps.map(({ map }) => map),
        );
      if (own.map.readOnly)
        throw unfitMap(object, name, 'it holds constants, which every load has of its own');
      const found = mapForm(fd);
      if (found === undefined) throw linuxError(`load ${object}: reuse map ${name}`, errno.EBADF);
      if (found === null) throw unfitMap(object, name, `fd ${fd} is no map`);
      const misfit = mapMisfit(own.map, found);
      if (misfit !== null) throw unfitMap(object, name, misfit);
      orThrow(this.#libbpf!.functions.reuseFd(own.handle, fd), `load ${object}: reuse map ${name}`);
    }
  }

  /** Those of the programs that are to be loaded, with the type that they are loaded as. */
  #select(programs: readonly OpenProgram[], options: LoadOptions): readonly OpenProgram[] {
    const { name, program, type, expectedAttachType = 0 } = options;
    const operation = `load ${clip(program === undefined ? name : `${name}:${program}`)}`;
    const names = programs.map(({ program: { name } }) => name);
    const wanted = programs.filter(({ handle, program: { name } }) =>
      program === undefined ? this.#libbpf!.functions.autoload(handle) : name === program,
    );
    if (wanted.length === 0) {
      const reason = names.length === 0 ? 'the object has no programs' : `it has ${names.join(', ')}`;
      throw new MprogError('ENOENT', `${operation}: no such program (ENOENT); ${reason}`, {
        data: { programs: names },
      });
    }
    return wanted.map(({ handle, program }) => {
      if (type === undefined && program.type === 0) {
        throw new MprogError(
          'EINVAL',
          `${operation}: section ${program.section} of ${program.name} stands for no program type (EINVAL); ` +
            'use a section such as tcx/ingress, or give the type',
          { data: { programs: names } },
        );
      }
      const changed = type !== undefined && type !== program.type;
      return { handle, program: changed ? { ...program, type, expectedAttachType } : program };
    });
  }

  #loadObject(
    object: Handle,
    wanted: readonly OpenProgram[],
    { name }: LoadOptions,
    messages: readonly string[],
  ): void {
    const { functions } = this.#libbpf!;
    this.#log ??= this.#foreign.map(LOG_BYTES);
    const log = this.#log;
    log.bytes[0] = 0;
    for (const { handle } of this.#programs(object)) functions.setAutoload(handle, false);
    for (const { handle, program } of wanted) {
      functions.setAutoload(handle, true);
      functions.setProgramType(handle, program.type);
      functions.setExpectedAttachType(handle, program.expectedAttachType);
      // One buffer for all: libbpf asks for a log only after a refusal, and stops there.
      functions.setLogBuffer(handle, log.base, LOG_BYTES);
    }
    const result = functions.loadObject(object);
    if (result < 0)
      throw refusal(name, -result, messages, Buffer.from(log.bytes.subarray(0, log.bytes.indexOf(0))));
  }

  /** Takes what was loaded over into fds of its own, since closing the object closes libbpf's. */
  #take(
    opened: readonly OpenMap[],
    wanted: readonly OpenProgram[],
    { name, maps: given = [] }: LoadOptions,
  ): LoadedObject {
    const { functions } = this.#libbpf!;
    const owner = {};
    const duplicate = (fd: number) => {
      const own = orThrow(this.#foreign.call('fcntl', fd, F_DUPFD_CLOEXEC, LOWEST_FD), `load ${clip(name)}`);
      this.#owners.add(own, owner);
      return own;
    };
    const close = () => {
      for (const fd of this.#owners.of(owner)) {
        this.#owners.forget(fd);
        this.#foreign.call('close', fd);
      }
    };
    try {
      const programs: LoadedProgram[] = wanted.map(({ handle, program }) => ({
        ...program,
        fd: duplicate(functions.programFd(handle)),
      }));
      const maps: LoadedMap[] = [];
      for (const { handle, map } of opened) {
        const fd = functions.mapFd(handle);
        if (fd < 0) continue;
        const reused = given.some((other) => other.name === map.name);
        maps.push({ name: map.name, fd: duplicate(fd), reused });
      }
      return { programs, maps, close, [Symbol.dispose]: close };
    } catch (error) {
      close();
      throw error;
    }
  }
}

/** What libbpf prefixes the names of global variables' maps with: the last part of the path, without its ending. */
function objectName(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
  return base.replace(/[^A-Za-z0-9_]/g, '_') || 'object';
}

function refusal(name: string, number: number, messages: readonly string[], bytes: Buffer): MprogError {
  const log = bytes.toString('utf8');
  const code = errnoName(number);
  const program = messages
    .map((line) => /prog '([^']+)'/.exec(line)?.[1])
    .find((found) => found !== undefined);
  const data = { errno: number, log, messages: [...messages], ...(program === undefined ? {} : { program }) };
  if (log !== '') {
    const reason = log
      .trimEnd()
      .split('\n')
      .filter((line) => !/^(processed |verification time|stack depth|$)/.test(line))
      .at(-1);
    return new MprogError(
      code,
      `load ${clip(name)}: the verifier rejects ${program ?? 'a program'}: ${reason ?? 'it does not say why'} (${code})`,
      { data },
    );
  }
  const words =
    code === 'EPERM'
      ? 'not permitted; CAP_BPF and CAP_NET_ADMIN suffice for tcx programs'
      : (messages[0]?.replace(/^libbpf: /, '') ?? 'the kernel refused');
  return new MprogError(code, `load ${clip(name)}: ${words} (${code})`, { data });
}
