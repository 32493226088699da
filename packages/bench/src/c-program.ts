import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMPILER = 'cc';

/** The compiler of the machine in its own words, `undefined` when there is none. */
export function compilerVersion(): string | undefined {
  const { status, stdout } = spawnSync(COMPILER, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** A program in C, built from `native/` and running beside this process: it answers a line by a line. */
export class CProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  /** A directory of its own, for what the program is to read. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#child = spawn(join(folder, 'program'));
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Builds and starts a program.
   *
   * @param name of the source, without `.c`
   * @returns `undefined` when the machine has no compiler
   */
  static start(name: string): CProgram | undefined {
    if (compilerVersion() === undefined) return undefined;
    const source = fileURLToPath(new URL(`../native/${name}.c`, import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
    const options = ['-O2', '-Wall', '-Wextra', '-o', join(folder, 'program'), source];
    const { status, stderr } = spawnSync(COMPILER, options, { encoding: 'utf8' });
    if (status !== 0) {
      rmSync(folder, { recursive: true });
      throw new Error(`build ${name}.c: ${stderr}`);
    }
    return new CProgram(folder);
  }

  /** The answer to one line. */
  async ask(line: string): Promise<string> {
    this.#child.stdin.write(`${line}\n`);
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`the C program ended without an answer to "${line}"`);
    return value;
  }

  close(): void {
    this.#child.stdin.end();
    rmSync(this.folder, { recursive: true });
  }
}
