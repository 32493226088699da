import { MprogError } from '@mprog/core';
import type { Arena } from '../arena.js';
import type { SystemCall } from '../system-call.js';
import type { ForeignFunctions } from './ffi.js';
import type { LaterThread } from './later-thread.js';

/** The waist on Linux: real memory and the real bpf(2), on the calling thread unless it says `Later`. */
export class LinuxKernel implements SystemCall {
  readonly arena: Arena;
  readonly #foreign: ForeignFunctions;
  readonly #later: LaterThread;
  #closed = false;

  /** @param arenaBytes size of the arena */
  constructor(foreign: ForeignFunctions, later: LaterThread, arenaBytes: number) {
    this.#foreign = foreign;
    this.#later = later;
    this.arena = foreign.map(arenaBytes);
  }

  bpf(command: number, attr: number, size: number): number {
    if (this.#closed) throw closed();
    return this.#foreign.bpf(command, attr, size);
  }

  bpfLater(command: number, attr: number, size: number): Promise<number> {
    if (this.#closed) return Promise.reject(closed());
    const start = attr - this.arena.base;
    if (start < 0 || start + size > this.arena.bytes.length) {
      return Promise.reject(
        new MprogError('EFAULT', `run command ${command} later: the attr lies outside of the arena (EFAULT)`),
      );
    }
    return this.#later.bpf(command, this.arena.bytes.slice(start, start + size));
  }

  /** Refuses every later call; memory stays as long as something refers to it. */
  close(): void {
    this.#closed = true;
  }
}

function closed(): MprogError {
  return new MprogError('EBADF', 'call the Linux kernel: it was closed (EBADF); open it again');
}
