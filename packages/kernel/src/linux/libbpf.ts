import { MprogError } from '@mprog/core';
import type { ForeignFunctions } from './ffi.js';

/** Longest message of libbpf that is kept whole. */
const MESSAGE_BYTES = 8192;

/** An address inside libbpf; 0 stands for none. */
export type Handle = number;

/** The functions of libbpf that are used, with addresses as numbers. Each returns what its C function returns. */
export interface LibbpfFunctions {
  openMemory(bytes: Uint8Array, size: number, options: { sz: number; object_name: string }): Handle;
  closeObject(object: Handle): void;
  loadObject(object: Handle): number;
  nextProgram(object: Handle, previous: Handle): Handle;
  programName(program: Handle): string;
  sectionName(program: Handle): string;
  programType(program: Handle): number;
  setProgramType(program: Handle, type: number): number;
  expectedAttachType(program: Handle): number;
  setExpectedAttachType(program: Handle, type: number): number;
  instructionCount(program: Handle): number;
  autoload(program: Handle): boolean;
  setAutoload(program: Handle, autoload: boolean): number;
  setLogBuffer(program: Handle, address: number, size: number): number;
  programFd(program: Handle): number;
  nextMap(object: Handle, previous: Handle): Handle;
  mapName(map: Handle): string;
  mapFd(map: Handle): number;
  mapType(map: Handle): number;
  mapKeySize(map: Handle): number;
  mapValueSize(map: Handle): number;
  mapMaxEntries(map: Handle): number;
  reuseFd(map: Handle, fd: number): number;
}

/** The system's libbpf. Its messages are collected for whoever makes the calls and are never printed. */
export class Libbpf {
  readonly functions: LibbpfFunctions;
  readonly #foreign: ForeignFunctions;
  readonly #setPrint: (callback: number) => number;
  readonly #format: (buffer: number, size: number, format: number, values: number) => number;
  readonly #printType: unknown;

  /** @throws MprogError `ELIBBPF` when the library is missing, too old or broken */
  constructor(foreign: ForeignFunctions, library: string = 'libbpf.so.1') {
    this.#foreign = foreign;
    const { koffi } = foreign;
    let libbpf: ReturnType<ForeignFunctions['library']>;
    try {
      libbpf = foreign.library(library);
    } catch (error) {
      // The loader says so of a file that is missing; of one that is there it says what is wrong with it.
      const isMissing = /cannot open shared object file: No such file/.test(String(error));
      throw unusable(library, isMissing ? 'is not installed' : 'is too old or broken', error);
    }
    const options = koffi.struct({ sz: 'size_t', object_name: 'const char *' });
    const bind = (name: string, result: string, parameters: readonly unknown[]) => {
      try {
        return libbpf.func(name, result, parameters as never) as never;
      } catch (error) {
        throw unusable(library, `is too old or broken, it lacks ${name}`, error);
      }
    };
    const handle = 'int64_t';
    this.functions = {
      openMemory: bind('bpf_object__open_mem', handle, ['const uint8_t *', 'size_t', koffi.pointer(options)]),
      closeObject: bind('bpf_object__close', 'void', [handle]),
      loadObject: bind('bpf_object__load', 'int', [handle]),
      nextProgram: bind('bpf_object__next_program', handle, [handle, handle]),
      programName: bind('bpf_program__name', 'const char *', [handle]),
      sectionName: bind('bpf_program__section_name', 'const char *', [handle]),
      programType: bind('bpf_program__type', 'int', [handle]),
      setProgramType: bind('bpf_program__set_type', 'int', [handle, 'int']),
      expectedAttachType: bind('bpf_program__expected_attach_type', 'int', [handle]),
      setExpectedAttachType: bind('bpf_program__set_expected_attach_type', 'int', [handle, 'int']),
      instructionCount: bind('bpf_program__insn_cnt', 'size_t', [handle]),
      autoload: bind('bpf_program__autoload', 'bool', [handle]),
      setAutoload: bind('bpf_program__set_autoload', 'int', [handle, 'bool']),
      setLogBuffer: bind('bpf_program__set_log_buf', 'int', [handle, 'int64_t', 'size_t']),
      programFd: bind('bpf_program__fd', 'int', [handle]),
      nextMap: bind('bpf_object__next_map', handle, [handle, handle]),
      mapName: bind('bpf_map__name', 'const char *', [handle]),
      mapFd: bind('bpf_map__fd', 'int', [handle]),
      mapType: bind('bpf_map__type', 'int', [handle]),
      mapKeySize: bind('bpf_map__key_size', 'uint32_t', [handle]),
      mapValueSize: bind('bpf_map__value_size', 'uint32_t', [handle]),
      mapMaxEntries: bind('bpf_map__max_entries', 'uint32_t', [handle]),
      reuseFd: bind('bpf_map__reuse_fd', 'int', [handle, 'int']),
    };
    this.#setPrint = bind('libbpf_set_print', handle, [handle]);
    this.#format = koffi
      .load(null)
      .func('int vsnprintf(int64_t buffer, size_t size, int64_t format, int64_t values)') as never;
    this.#printType = koffi.pointer(koffi.proto('int', ['int', 'int64_t', 'int64_t']));
  }

  /**
   * Runs calls of libbpf and collects what it says meanwhile into `messages`.
   *
   * The print callback belongs to the whole process: the one that was there is put back.
   */
  collecting<Result>(messages: string[], action: () => Result): Result {
    const { koffi, scratch } = this.#foreign;
    // A va_list is handed over as an address, on x86-64 and arm64 alike.
    const print = (level: number, format: number, values: number) => {
      if (level > 1) return 0;
      try {
        const length = this.#format(scratch.address(0), MESSAGE_BYTES, format, values);
        const kept = scratch.bytes.subarray(0, Math.max(0, Math.min(length, MESSAGE_BYTES - 1)));
        messages.push(Buffer.from(kept).toString('utf8').trimEnd());
      } catch {
        // An exception would surface from the middle of libbpf.
      }
      return 0;
    };
    const callback = koffi.register(print, this.#printType as never);
    const before = this.#setPrint(Number(callback));
    try {
      return action();
    } finally {
      this.#setPrint(before);
      koffi.unregister(callback);
    }
  }
}

function unusable(library: string, reason: string, cause: unknown): MprogError {
  return new MprogError(
    'ELIBBPF',
    `read BPF objects: ${library} ${reason} (ELIBBPF); apt-get install libbpf1, or its like elsewhere`,
    { cause },
  );
}
