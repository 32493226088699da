import { createRequire } from 'node:module';
import { clip, MprogError } from '@mprog/core';
import type { LibraryHandle } from 'koffi';
import { errno } from '../abi/errno.js';
import { Arena } from '../arena.js';
import { loadKoffi } from './koffi-addon.js';
import { linuxError } from './linux-error.js';
import { bytesOfPath } from './path-bytes.js';
import { type Machine, type SystemCallName, systemCallNumber } from './system-call-number.js';

export type { LibraryHandle } from 'koffi';

type Koffi = typeof import('koffi');
type BpfFunction = (number: number, command: number, attr: number, size: number) => number;
type CallFunction = (
  number: number,
  ...words: readonly [number, number, number, number, number, number]
) => number;

/** Bytes of the memory that helpers of this folder share; no two of them use it at the same time. */
const SCRATCH_BYTES = 256 * 1024;
/** Longest path of Linux, its final zero byte included. */
const PATH_BYTES = 4096;
/** The largest page size of arm64; a multiple of every other. */
const PAGE = 64 * 1024;

const PROT_NONE = 0;
const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

/**
 * System calls and shared libraries for the calling thread, by way of koffi.
 *
 * Arguments are plain numbers: integers, fds, and addresses inside memory that {@link ForeignFunctions.map} gave.
 */
export class ForeignFunctions {
  readonly koffi: Koffi;
  /** Where koffi was found, for threads that load it too. */
  readonly path: string;
  readonly machine: Machine;
  /** Memory for the arguments of one call; whoever makes a call may overwrite all of it. */
  readonly scratch: Arena;
  readonly #bpf: BpfFunction;
  readonly #bpfNumber: number;
  readonly #call: CallFunction;
  readonly #close: (fd: number) => number;
  readonly #mapped: FinalizationRegistry<{ readonly address: number; readonly size: number }>;

  constructor(koffi: Koffi, path: string, machine: Machine) {
    this.koffi = koffi;
    this.path = path;
    this.machine = machine;
    this.#bpfNumber = systemCallNumber.bpf[machine];
    const libc = koffi.load(null);
    // The arity is fixed and addresses are numbers: the fastest form that koffi has.
    this.#bpf = libc.func('long syscall(long number, long command, int64_t attr, long size)') as BpfFunction;
    this.#call = libc.func(
      'long syscall(long number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f)',
    ) as CallFunction;
    this.#close = libc.func('int close(int fd)') as (fd: number) => number;
    this.#mapped = new FinalizationRegistry(({ address, size }) => {
      this.call('munmap', address, size);
    });
    this.scratch = this.map(SCRATCH_BYTES);
  }

  /** bpf(2); the result or the negated error number. */
  bpf(command: number, attr: number, size: number): number {
    const result = this.#bpf(this.#bpfNumber, command, attr, size);
    return result < 0 ? -this.koffi.errno() : result;
  }

  /** close(2), which is made as often as bpf(2); each argument of a call takes its time. */
  close(fd: number): number {
    return this.#close(fd) < 0 ? -this.koffi.errno() : 0;
  }

  /** Any system call of the table; the result or the negated error number. */
  call(name: SystemCallName, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0): number {
    const result = this.#call(systemCallNumber[name][this.machine], a, b, c, d, e, f);
    return result < 0 ? -this.koffi.errno() : result;
  }

  /**
   * Maps memory between two pages that may not be touched, so that a write past either end stops the process at once.
   * It is given back when nothing refers to its bytes any more.
   *
   * @param size bytes, rounded up to 64 KiB
   * @throws MprogError `ENOMEM`
   */
  map(size: number): Arena {
    const length = Math.ceil(size / PAGE) * PAGE;
    const whole = length + 2 * PAGE;
    const start = this.call('mmap', 0, whole, PROT_NONE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
    if (start < 0) throw linuxError(`map ${length} bytes of memory`, -start);
    const address = start + PAGE;
    const result = this.call('mprotect', address, length, PROT_READ_WRITE);
    if (result < 0) {
      this.call('munmap', start, whole);
      throw linuxError(`map ${length} bytes of memory`, -result);
    }
    const buffer = this.koffi.view(BigInt(address), length);
    this.#mapped.register(buffer, { address: start, size: whole });
    return new Arena(buffer, address);
  }

  /**
   * Writes a C string into the scratch memory and returns its address.
   *
   * @throws MprogError `ENAMETOOLONG` for a text of 4096 bytes or more, `EINVAL` for one that contains a zero byte
   */
  text(offset: number, text: string): number {
    const bytes = bytesOfPath(text);
    if (bytes.length >= PATH_BYTES) throw linuxError(`pass ${clip(text)} to Linux`, errno.ENAMETOOLONG);
    if (bytes.includes(0)) throw linuxError('pass a text to Linux', errno.EINVAL, 'it contains a zero byte');
    this.scratch.bytes.set(bytes, offset);
    this.scratch.bytes[offset + bytes.length] = 0;
    return this.scratch.address(offset);
  }

  /** Waits on the calling thread, for a state that the kernel reaches by itself. */
  pause(milliseconds: number): void {
    const { scratch } = this;
    scratch.setUint64(0, Math.floor(milliseconds / 1000));
    scratch.setUint64(8, (milliseconds % 1000) * 1_000_000);
    this.call('ppoll', 0, 0, scratch.address(0));
  }

  /**
   * Opens a shared library.
   *
   * @throws Error of koffi when the dynamic linker does not find it
   */
  library(name: string): LibraryHandle {
    return this.koffi.load(name);
  }
}

let opened: ForeignFunctions | undefined;

/**
 * The foreign functions of this thread; koffi is loaded on the first call.
 *
 * @throws MprogError `ENOSYS` on another system or machine than Linux on x86-64 or arm64, `EKOFFI` when koffi or its
 * binary is not installed
 */
export function foreignFunctions(): ForeignFunctions {
  opened ??= open(process.platform, process.arch, createRequire(import.meta.url));
  return opened;
}

/** What {@link foreignFunctions} does, for a given system, machine and way to find koffi. */
export function open(platform: string, machine: string, require: NodeJS.Require): ForeignFunctions {
  if (platform !== 'linux' || (machine !== 'x64' && machine !== 'arm64')) {
    throw unusable('ENOSYS', `needs Linux on x64 or arm64, and this is ${platform} on ${machine}`);
  }
  try {
    const { koffi, path } = loadKoffi(require, machine, process.execPath);
    return new ForeignFunctions(koffi, path, machine);
  } catch (error) {
    if (MprogError.is(error)) throw error;
    const reason = `needs koffi 3.3.4 with its binary for linux-${machine}; run npm install --include=optional`;
    throw unusable('EKOFFI', reason, error);
  }
}

/** `data.reason` is what is needed, for a message that begins in another way. */
function unusable(code: string, reason: string, cause?: unknown): MprogError {
  return new MprogError(code, `open the Linux kernel: ${reason} (${code}); or use --kernel simulated:FILE`, {
    cause,
    data: { reason },
  });
}
