import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { MprogError } from '@mprog/core';
import { Arena } from '@mprog/kernel';
import type { SimulatedProcess } from '@mprog/kernel/simulated';
import type { HookOutcome } from '../../src/policy-index.js';

const script = new URL('applying-thread.mjs', import.meta.url);
const ARENA_BASE = 0x5000_0000_0000;
const ARENA_SIZE = 1 << 20;

/** What came of one apply of a thread. */
export type ThreadOutcome = Pick<HookOutcome, 'outcome' | 'attempts' | 'error'>;

/** What a thread is to apply. */
export interface ThreadTask {
  readonly stateDirectory: string;
  readonly directory: string;
  readonly bytes: Uint8Array;
  /** How often at the most it applies; it stops when nothing was to be done twice. */
  readonly rounds: number;
}

interface Request {
  readonly target: 'kernel' | 'world' | 'pins' | 'none';
  readonly name: string;
  readonly args: readonly unknown[];
}

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** A manager in a thread of its own, which stands still at each of its calls until it is answered. */
export class ApplyingThread {
  readonly #process: SimulatedProcess;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  readonly #arena: Arena;
  #request: Request | null = null;
  #wake: () => void = () => {};
  #outcomes: readonly ThreadOutcome[] | null = null;
  #failure: Error | null = null;

  constructor(process: SimulatedProcess, task: ThreadTask) {
    const { port1, port2 } = new MessageChannel();
    const memory = new SharedArrayBuffer(ARENA_SIZE);
    const signal = new SharedArrayBuffer(4);
    const { kernel, bootId, user } = process.world;
    this.#process = process;
    this.#port = port1;
    this.#signal = new Int32Array(signal);
    this.#arena = new Arena(memory, ARENA_BASE);
    this.#worker = new Worker(script, {
      workerData: {
        ...task,
        port: port2,
        signal: new Int32Array(signal),
        memory,
        base: ARENA_BASE,
        facts: { kernel, bootId, user },
        file: 'policy.yaml',
      },
      transferList: [port2],
    });
    port1.on('message', (request: Request) => {
      if (request.name === 'done') this.#outcomes = request.args as readonly ThreadOutcome[];
      else this.#request = request;
      this.#wake();
    });
    this.#worker.on('error', (error) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#wake();
    });
  }

  /** What came of it; null as long as it runs. */
  get outcomes(): readonly ThreadOutcome[] | null {
    return this.#outcomes;
  }

  /** Waits until it stands still at a call, or is done; returns what it wants to call. */
  async standsStill(): Promise<string> {
    while (this.#request === null && this.#outcomes === null && this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure;
    return this.#request === null ? 'done' : `${this.#request.target}.${this.#request.name}`;
  }

  /** Does what it wants to call, and lets it go on. */
  goOn(): void {
    const request = this.#request;
    if (request === null) return;
    this.#request = null;
    this.#port.postMessage(this.#answer(request));
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
    this.#port.close();
    this.#process.close();
  }

  #answer({ target, name, args }: Request): object {
    try {
      return { result: this.#call(target, name, args) };
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      return { error: { code: error.code, message: error.message } };
    }
  }

  #call(target: Request['target'], name: string, args: Request['args']): unknown {
    if (target === 'none') return undefined;
    if (target === 'kernel') {
      const [command, attr, size] = args as readonly [number, number, number];
      return this.#process.call(this.#arena, command, attr, size);
    }
    const { world } = this.#process;
    const object = (target === 'pins' ? world.pins : world) as unknown as Methods;
    return object[name]!(...args);
  }
}
