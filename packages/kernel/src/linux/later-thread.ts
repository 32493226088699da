import { closeSync, openSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { MprogError } from '@mprog/core';
import type { Arena } from '../arena.js';
import { capabilityWords } from './capabilities.js';
import type { ForeignFunctions } from './ffi.js';
import { laterThreadSource } from './later-thread-source.js';
import { linuxError } from './linux-error.js';
import { currentNamespace, NAMESPACE_OF_THREAD } from './namespaces.js';
import { systemCallNumber } from './system-call-number.js';

/** The kernel refuses a larger attr without reading it (spec 1.5). */
const ATTR_BYTES = 4096;

interface Waiting {
  readonly resolve: (result: number) => void;
  readonly reject: (error: unknown) => void;
  /** Kept open until the call has returned; -1 where the thread need not move. */
  readonly namespaceFd: number;
}

/** What the thread answers. */
interface Answer {
  readonly id: number;
  readonly result: number;
  /** Where the call was not made: what failed, with the negated error number in `result`. */
  readonly failed?: string;
}

/**
 * One thread that makes the calls that wait, in the namespace and with the capabilities of whoever asked for them.
 *
 * A thread of a pool lives in the network namespace that it was born in, so an ifindex would mean a device of that one.
 * This thread enters the namespace of the request before anything else, makes sure by inode that it is there, and
 * goes home afterwards, so that it keeps no namespace alive. It starts on first use, keeps the process alive only while
 * an answer is owed, and handles one call after the other: calls that wait for RCU hold the same lock anyway.
 */
export class LaterThread {
  readonly #foreign: ForeignFunctions;
  readonly #home: { readonly fd: number; readonly inode: string };
  /** Attr of the call under way; belongs to the thread. */
  readonly #memory: Arena;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;
  #closed = false;

  /** Home is the network namespace that the caller is in. */
  constructor(foreign: ForeignFunctions) {
    this.#foreign = foreign;
    this.#home = { inode: currentNamespace(), fd: openSync(NAMESPACE_OF_THREAD, 'r') };
    this.#memory = foreign.map(ATTR_BYTES);
  }

  /** Runs one command; an ifindex in its attr means the namespace that the caller is in at this moment. */
  bpf(command: number, attr: Uint8Array): Promise<number> {
    const inode = currentNamespace();
    const namespaceFd = inode === this.#home.inode ? -1 : openSync(NAMESPACE_OF_THREAD, 'r');
    return this.#ask(namespaceFd, {
      command,
      size: attr.length,
      attr: attr.subarray(0, ATTR_BYTES),
      namespaceFd,
      inode,
      capabilities: capabilityWords(this.#foreign),
    });
  }

  /** Closes an fd. */
  closeDescriptor(fd: number): Promise<number> {
    return this.#ask(-1, { close: fd });
  }

  /** Ends the thread once it has given every answer that it owes. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#worker === undefined) closeSync(this.#home.fd);
    else this.#worker.postMessage({ end: true });
  }

  #ask(namespaceFd: number, request: Record<string, unknown>): Promise<number> {
    return new Promise((resolve, reject) => {
      try {
        if (this.#closed)
          throw new MprogError('EBADF', 'call the Linux kernel: it was closed (EBADF); open it again');
        this.#worker ??= this.#start();
        const id = this.#next++;
        this.#worker.postMessage({ id, ...request });
        this.#waiting.set(id, { resolve, reject, namespaceFd });
        this.#worker.ref();
      } catch (error) {
        if (namespaceFd >= 0) closeSync(namespaceFd);
        reject(error);
      }
    });
  }

  #start(): Worker {
    const { machine } = this.#foreign;
    const worker = new Worker(laterThreadSource, {
      eval: true,
      execArgv: [],
      env: {},
      trackUnmanagedFds: false,
      workerData: {
        koffi: this.#foreign.path,
        bpf: systemCallNumber.bpf[machine],
        memory: this.#memory.base,
        memoryBytes: ATTR_BYTES,
        home: this.#home,
      },
    });
    worker.unref();
    worker.on('message', (answer: Answer) => this.#settle(worker, answer));
    worker.on('error', (error) => this.#abandon(error));
    worker.on('exit', () => {
      this.#abandon(undefined);
      this.#worker = undefined;
      if (this.#closed) closeSync(this.#home.fd);
    });
    return worker;
  }

  #settle(worker: Worker, { id, result, failed }: Answer): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) worker.unref();
    if (waiting.namespaceFd >= 0) closeSync(waiting.namespaceFd);
    if (failed === undefined) waiting.resolve(result);
    else waiting.reject(linuxError(`run a command later: ${failed}`, -result));
  }

  #abandon(cause: unknown): void {
    for (const waiting of this.#waiting.values()) {
      if (waiting.namespaceFd >= 0) closeSync(waiting.namespaceFd);
      waiting.reject(
        new MprogError('EIO', 'run a command later: the thread ended before it answered (EIO)', { cause }),
      );
    }
    this.#waiting.clear();
  }
}
