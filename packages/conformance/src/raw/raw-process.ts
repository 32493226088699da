import { type ChildProcess, fork } from 'node:child_process';
import { MprogError } from '@mprog/core';
import type { RawNumbers } from './raw-numbers.js';
import type { RawOutcome } from './run-raw.js';

/** A raw sequence that is to be run. */
export interface RawRequest {
  readonly seed: number;
  readonly ops: number;
  /** Indexes of the steps that are to be done; all when absent. */
  readonly keep?: readonly number[];
}

/** What came of it, or why nothing did. */
export type RawAnswer =
  | {
      /** Address of the first byte of memory. */
      readonly base: number;
      /** Attach types that were left alone. */
      readonly without: readonly number[];
      readonly outcomes: readonly RawOutcome[];
      /** Those of every object that there was. */
      readonly numbers: RawNumbers;
    }
  | {
      readonly error: string;
      readonly code: string;
    };

/** The process in which raw calls go to the running kernel. */
export class RawProcess implements Disposable {
  readonly #child: ChildProcess;
  #waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | null = null;

  constructor() {
    this.#child = fork(new URL('./raw-worker.js', import.meta.url), [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (answer: RawAnswer) => this.#settle()?.resolve(answer));
    this.#child.on('error', (error) => this.#settle()?.reject(error));
    this.#child.on('exit', (status, signal) => {
      const how = signal ?? `status ${status}`;
      this.#settle()?.reject(
        new MprogError('EIO', `run raw calls: the process that makes them ended with ${how} (EIO)`),
      );
    });
  }

  /** Runs one sequence; only one at a time. */
  async run(request: RawRequest): Promise<Exclude<RawAnswer, { error: string }>> {
    const answer = await new Promise<RawAnswer>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.send(request, (error) => {
        if (error !== null) this.#settle()?.reject(error);
      });
    });
    if ('error' in answer) throw new MprogError(answer.code, `run raw calls: ${answer.error}`);
    return answer;
  }

  /** Lets the process end once it is done with what it is doing. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #settle(): { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }
}
