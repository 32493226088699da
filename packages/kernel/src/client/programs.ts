import { clip, MprogError } from '@mprog/core';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno, errnoName } from '../abi/errno.js';
import { info } from '../abi/info.js';
import { functionName } from './btf.js';
import { Descriptor } from './descriptor.js';
import { check, KernelError } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';

/** What the kernel says of a program (spec 15.5). */
export interface ProgramInfo {
  readonly id: number;
  /** Number of the program type. */
  readonly type: number;
  /** At most 15 characters; `Programs.fullName` finds the whole one. */
  readonly name: string;
  /** Sixteen hexadecimal digits; the same instructions give the same tag within one kernel. */
  readonly tag: string;
  readonly createdByUid: number;
  /** Nanoseconds since boot. */
  readonly loadTime: number;
  readonly gplCompatible: boolean;
  readonly btfId: number;
  readonly mapIds: readonly number[];
  /** Runs while statistics were on. */
  readonly runCount: number;
  /** Nanoseconds of those runs. */
  readonly runTime: number;
  readonly verifiedInstructions: number;
}

/** A program in raw instructions. */
export interface ProgramSource {
  /** Number of the program type. */
  readonly type: number;
  /** Instructions of eight bytes each, as the kernel encodes them. */
  readonly instructions: Uint8Array;
  /** At most 15 of `[A-Za-z0-9_.]`. */
  readonly name?: string;
  /** Default `GPL`. */
  readonly license?: string;
  readonly expectedAttachType?: number;
}

/** One run of a program on a packet. */
export interface TestRun {
  /** What the program returned, as a signed number. */
  readonly result: number;
  /** The packet as the program left it. */
  readonly output: Uint8Array;
  /** Nanoseconds of one run. */
  readonly duration: number;
}

const LOG_BYTES = 256 * 1024;

/** Programs: loading, opening by id, reading, running (spec 7.8, 7.9, 15.1, 15.3, 15.5). */
export class Programs {
  readonly #calls: ObjectCalls;

  constructor(calls: ObjectCalls) {
    this.#calls = calls;
  }

  /**
   * Loads raw instructions.
   *
   * @returns the fd that holds the program; it vanishes with the last reference
   * @throws KernelError `EPERM`, `EINVAL`, `EACCES`, … ; a program that the verifier rejects has its log in `data.log`
   */
  load(source: ProgramSource): Descriptor {
    const fd = this.#tryLoad(source, false);
    if (fd >= 0) return new Descriptor(fd, this.#calls.world);
    const operation = `load program ${clip(source.name ?? '')}`.trimEnd();
    const again = this.#tryLoad(source, true);
    if (again >= 0) return new Descriptor(again, this.#calls.world);
    const log = this.#calls.memory.readText(this.#logAt(), LOG_BYTES);
    throw new KernelError(operation, -again, {
      ...(log === '' ? {} : { reason: `the verifier rejects it: ${lastLine(log)}` }),
      data: { log },
    });
  }

  #logAt(): number {
    const { memory } = this.#calls;
    return memory.scratch + memory.scratchSize - LOG_BYTES;
  }

  #tryLoad(source: ProgramSource, withLog: boolean): number {
    const calls = this.#calls;
    const { memory } = calls;
    const { view, bytes } = memory.arena;
    const layout = attr.progLoad;
    const operation = () => `load program ${clip(source.name ?? '')}`.trimEnd();
    const name = new TextEncoder().encode(source.name ?? '');
    if (name.length > 15) {
      throw new MprogError(
        'ERR_INVALID_ARGUMENT',
        `${operation()}: a program name has 15 characters at the most`,
      );
    }
    if (source.instructions.length % 8 !== 0) {
      throw new MprogError(
        'ERR_INVALID_ARGUMENT',
        `${operation()}: instructions have 8 bytes each, ${source.instructions.length} is no multiple`,
      );
    }
    memory.clearAttr();
    const license = memory.scratch;
    const from = Math.ceil(memory.writeText(license, (source.license ?? 'GPL').slice(0, 127)) / 8) * 8;
    const instructions = calls.writeScratch(source.instructions, from, operation);
    if (instructions + source.instructions.length > this.#logAt()) {
      throw new KernelError(operation(), errno.E2BIG, { reason: 'the program is too long for this client' });
    }
    memory.setField(layout.type, source.type);
    memory.setField(layout.instructionCount, source.instructions.length / 8);
    memory.setFieldPointer(layout.instructions, instructions);
    memory.setFieldPointer(layout.license, license);
    memory.setField(layout.expectedAttachType, source.expectedAttachType ?? 0);
    bytes.set(name, memory.attr + layout.name);
    if (withLog) {
      view.setUint8(this.#logAt(), 0);
      memory.setField(layout.logLevel, 1);
      memory.setField(layout.logSize, LOG_BYTES);
      memory.setFieldPointer(layout.log, this.#logAt());
    }
    return calls.call(command.PROG_LOAD, layout.tokenFd + 4);
  }

  /** Opens a program by its id; needs CAP_SYS_ADMIN. */
  open(id: number): Descriptor {
    return this.#calls.open('program', id);
  }

  /** Ids of all programs, ascending; needs CAP_SYS_ADMIN. */
  ids(): Generator<number, void, undefined> {
    return this.#calls.ids('program');
  }

  /** Reads what the kernel says of a program; needs no capability beyond holding the fd. */
  info(fd: number): ProgramInfo {
    const calls = this.#calls;
    const { memory } = calls;
    const layout = info.program;
    const mapRoom = Math.floor(memory.scratchSize / 4);
    calls.readInfo(
      fd,
      () => `read program fd ${fd}`,
      () => {
        memory.arena.view.setUint32(memory.info + layout.mapCount, mapRoom, true);
        memory.arena.setPointer(memory.info + layout.mapIds, memory.scratch);
      },
    );
    const mapIds: number[] = [];
    const maps = Math.min(calls.infoField(layout.mapCount), mapRoom);
    for (let i = 0; i < maps; i++) mapIds.push(memory.arena.view.getUint32(memory.scratch + i * 4, true));
    return {
      id: calls.infoField(layout.id),
      type: calls.infoField(layout.type),
      name: memory.readText(memory.info + layout.name, 16),
      tag: memory.readHexadecimal(memory.info + layout.tag, 8),
      createdByUid: calls.infoField(layout.createdByUid),
      loadTime: calls.infoField64(layout.loadTime),
      gplCompatible: (calls.infoField(layout.gpl) & 1) === 1,
      btfId: calls.infoField(layout.btfId),
      mapIds,
      runCount: calls.infoField64(layout.runCount),
      runTime: calls.infoField64(layout.runTime),
      verifiedInstructions: calls.infoField(layout.verifiedInstructions),
    };
  }

  /**
   * The whole name of a program's function, which the kernel keeps in its type information only (its own name is cut
   * after 15 characters); null when the program has none or the caller may not open it (CAP_SYS_ADMIN).
   */
  fullName(fd: number): string | null {
    const calls = this.#calls;
    const { memory } = calls;
    const layout = info.program;
    const operation = () => `read program fd ${fd}`;
    calls.readInfo(fd, operation);
    const btfId = calls.infoField(layout.btfId);
    const recordSize = calls.infoField(layout.functionInfoSize);
    if (btfId === 0 || recordSize < 8 || calls.infoField(layout.functionInfoCount) === 0) return null;
    calls.readInfo(fd, operation, () => {
      memory.arena.view.setUint32(memory.info + layout.functionInfoCount, 1, true);
      memory.arena.view.setUint32(memory.info + layout.functionInfoSize, recordSize, true);
      memory.arena.setPointer(memory.info + layout.functionInfo, memory.scratch);
    });
    const typeId = memory.arena.view.getUint32(memory.scratch + 4, true);
    const btf = this.#typeInformation(btfId);
    return btf === null ? null : functionName(btf, typeId);
  }

  #typeInformation(btfId: number): Uint8Array | null {
    const calls = this.#calls;
    const { memory } = calls;
    const fd = calls.tryOpen('btf', btfId);
    if (fd < 0) return null;
    using descriptor = new Descriptor(fd, calls.world);
    calls.readInfo(
      descriptor.fd,
      () => `read type information ${btfId}`,
      () => {
        memory.arena.view.setUint32(memory.info + info.btf.btfSize, memory.scratchSize, true);
        memory.arena.setPointer(memory.info + info.btf.btf, memory.scratch);
      },
    );
    const size = calls.infoField(info.btf.btfSize);
    if (size > memory.scratchSize) return null;
    return memory.arena.bytes.slice(memory.scratch, memory.scratch + size);
  }

  /**
   * Runs a program on a packet, away from any hook.
   *
   * @param packet frame from its Ethernet header on, 14 bytes at least
   * @param options how often it runs (1 by default)
   * @throws KernelError `EINVAL` for a packet that is too short, `ENOTSUPP` for a type that can't be run, `EPERM`
   */
  testRun(fd: number, packet: Uint8Array, options: { readonly repeat?: number } = {}): TestRun {
    const calls = this.#calls;
    const { memory } = calls;
    const layout = attr.testRun;
    const operation = () => `run program fd ${fd}`;
    memory.clearAttr();
    const input = calls.writeScratch(packet, 0, operation);
    const output = memory.scratch + Math.ceil(packet.length / 8) * 8;
    const room = memory.scratch + memory.scratchSize - output;
    memory.setField(layout.programFd, fd);
    memory.setField(layout.inputSize, packet.length);
    memory.setFieldPointer(layout.input, input);
    memory.setField(layout.outputSize, room);
    memory.setFieldPointer(layout.output, output);
    memory.setField(layout.repeat, options.repeat ?? 1);
    check(calls.call(command.PROG_TEST_RUN, layout.end), operation, (name) => {
      if (name === 'EINVAL')
        return `the kernel refuses this packet of ${packet.length} bytes (a frame has 14 at least)`;
      if (name === errnoName(errno.ENOTSUPP)) return 'programs of this type cannot be run by hand';
      return undefined;
    });
    const size = memory.field(layout.outputSize);
    return {
      result: memory.field(layout.result) | 0,
      output: memory.arena.bytes.slice(output, output + size),
      duration: memory.field(layout.duration),
    };
  }
}

function lastLine(log: string): string {
  const lines = log.trimEnd().split('\n');
  const said = lines.filter((line) => !line.startsWith('processed '));
  return said.at(-1) ?? '';
}
