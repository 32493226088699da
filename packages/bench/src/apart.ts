import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Effort, Table } from './benchmark.js';

const worker = fileURLToPath(new URL('worker.js', import.meta.url));

/** What a process says at the beginning of each round: which measurement of it, the round and of how many. */
export type Watch = (measurement: number, round: number, rounds: number) => void;

/**
 * Runs benchmarks, each in a process of its own, one at a time. What these and their children write for the time being lies
 * in one folder, so that it can be removed also when they are ended.
 */
export class Apart {
  readonly #folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
  #child: ChildProcess | undefined;
  #isClosed = false;

  /**
   * The tables of one benchmark. When this is closed meanwhile, the promise stays as it is.
   *
   * @throws Error with what the process said when it failed
   */
  async run(
    name: string,
    options: readonly string[],
    { rounds, scale }: Effort,
    watch?: Watch,
  ): Promise<readonly Table[]> {
    const args = [...options, worker, name, String(rounds), String(scale)];
    const child = spawn(process.execPath, watch === undefined ? args : [...args, 'watched'], {
      // A group of its own, so that its children can be ended with it.
      detached: true,
      env: { ...process.env, TMPDIR: this.#folder },
      stdio: ['ignore', 'pipe', 'pipe', ...(watch === undefined ? [] : (['pipe'] as const))],
    } satisfies SpawnOptions);
    this.#child = child;
    const progress = child.stdio[3] as Readable | undefined;
    if (progress && watch) {
      createInterface({ input: progress }).on('line', (line) => {
        const [measurement = 0, round = 0, rounds = 0] = line.split(' ').map(Number);
        watch(measurement, round, rounds);
      });
    }
    const [stdout, stderr, [status, signal]] = await Promise.all([
      text(child.stdout as Readable),
      text(child.stderr as Readable),
      once(child, 'close'),
    ]);
    this.#child = undefined;
    if (this.#isClosed) return new Promise(() => {});
    if (status !== 0) throw new Error(`run ${name}: it ended with ${status ?? signal}\n${stderr}`);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as readonly Table[];
  }

  /** Ends what still runs, with its children, and removes what they wrote. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const child = this.#child;
    if (child?.pid !== undefined) {
      const closed = once(child, 'close');
      process.kill(-child.pid, 'SIGKILL');
      await closed;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
