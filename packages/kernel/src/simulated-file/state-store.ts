import { MprogError } from '@mprog/core';
import { SimulatedKernel } from '../simulated/simulated-kernel.js';
import { withFileErrors } from './file-error.js';
import { sweepLocks, takeLock } from './file-lock.js';
import { isGone } from './process-identity.js';
import { StateFile } from './state-file.js';

/** How long a call waits for the lock, in milliseconds. */
export const LOCK_TIMEOUT = 10_000;

/**
 * The kernel in a state file, seen by one thread. Each step takes the lock, reads what others have written, ends the
 * processes that are gone, acts, and writes what has changed; a step that throws changes nothing.
 */
export class StateStore {
  static readonly #open: Map<string, StateStore> = new Map();

  readonly file: StateFile;
  #kernel: SimulatedKernel | null = null;
  #version = '';
  #body = '';
  /** The kernel of the step under way; calls from inside of it are part of it. */
  #active: SimulatedKernel | null = null;

  private constructor(file: StateFile) {
    this.file = file;
  }

  /** The store of a file; all hosts of this thread that have the file open share it. */
  static of(path: string): StateStore {
    const file = new StateFile(path);
    let store = StateStore.#open.get(file.path);
    if (store === undefined) {
      store = new StateStore(file);
      StateStore.#open.set(file.path, store);
    }
    return store;
  }

  /**
   * Makes the file when there is none.
   *
   * @throws MprogError `ENOENT` when there is none and none may be made
   */
  prepare(create: boolean, timeout: number): void {
    // A lock beside a device or a directory would be left in a place that is none of ours.
    this.file.exists();
    this.#locked(timeout, () => {
      withFileErrors(`open state file ${this.file.path}`, () => {
        sweepLocks(this.file.lockPath);
        this.file.sweep();
      });
      if (this.file.exists()) {
        this.#load();
        return;
      }
      if (!create) {
        throw new MprogError(
          'ENOENT',
          `open state file ${this.file.path}: there is no such file (ENOENT); make one first`,
          { data: { path: this.file.path } },
        );
      }
      this.#kernel = new SimulatedKernel();
      this.#body = '';
      this.#write(this.#kernel);
    });
  }

  /** Runs an action on the kernel as one step; one inside of another is part of it. */
  transact<Result>(timeout: number, action: (kernel: SimulatedKernel) => Result): Result {
    if (this.#active !== null) return action(this.#active);
    return this.#locked(timeout, () => {
      const before = this.#kernel;
      const kernel = this.#load();
      this.#active = kernel;
      try {
        for (const { key, owner } of [...kernel.processes.values()]) {
          if (owner !== null && isGone(owner)) kernel.exitProcess(key);
        }
        const result = action(kernel);
        this.#write(kernel);
        return result;
      } catch (error) {
        this.#forget(before ?? kernel);
        throw error;
      } finally {
        this.#active = null;
      }
    });
  }

  #locked<Result>(timeout: number, action: () => Result): Result {
    const operation = `lock state file ${this.file.path}`;
    const lock = withFileErrors(operation, () => takeLock(this.file.lockPath, timeout));
    try {
      return action();
    } finally {
      withFileErrors(operation, () => lock.release());
    }
  }

  /** The kernel as the file has it; what programs do in this process stays. */
  #load(): SimulatedKernel {
    if (this.#kernel !== null && this.#version !== '' && this.file.peek() === this.#version)
      return this.#kernel;
    const { version, body } = this.file.read();
    const kernel = this.#restore(body);
    if (this.#kernel !== null) kernel.runtime.adopt(this.#kernel.runtime);
    this.#kernel = kernel;
    this.#version = version;
    this.#body = JSON.stringify(kernel.save());
    return kernel;
  }

  #restore(body: string): SimulatedKernel {
    try {
      return SimulatedKernel.restore(JSON.parse(body));
    } catch (error) {
      if (error instanceof SyntaxError) throw this.file.damaged('it is cut short or no JSON', error);
      if (MprogError.is(error) && error.code === 'EBADMSG') {
        throw this.file.damaged(
          error.message.replace(/^restore simulated kernel: | \(EBADMSG\)$/g, ''),
          error,
        );
      }
      throw error;
    }
  }

  #write(kernel: SimulatedKernel): void {
    const body = JSON.stringify(kernel.save());
    if (body === this.#body) return;
    this.#version = this.file.write(body);
    this.#body = body;
  }

  /** Drops what a step that failed may have changed in memory; the next one reads the file again. */
  #forget(kernel: SimulatedKernel): void {
    this.#kernel = kernel;
    this.#version = '';
  }
}
