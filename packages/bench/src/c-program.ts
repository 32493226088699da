import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

/** A program that runs, or why the machine cannot build it. */
export type Started =
  | { readonly program: CProgram; readonly skipped?: undefined }
  | { readonly program?: undefined; readonly skipped: string };

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
   * @throws Error when the machine has all that it takes, and the source cannot be built
   */
  static start(name: string): Started {
    const source = fileURLToPath(new URL(`../native/${name}.c`, import.meta.url));
    const folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
    const path = join(folder, 'program');
    const failure = build(['-O2', '-Wall', '-Wextra', '-o', path, source]);
    if (failure === undefined) return { program: new CProgram(folder) };
    // Headers that are there, and the library, are the machine's part; the rest of the source is ours.
    const headers = readFileSync(source, 'utf8').match(/^#include .*$/gm) ?? [];
    const lack = build(['-o', path, '-x', 'c', '-'], `${headers.join('\n')}\nint main(void) { return 0; }\n`);
    rmSync(folder, { recursive: true });
    if (lack === undefined) throw new Error(`build ${name}.c: ${failure}`);
    return { skipped: `no C compiler to compare with: ${firstError(lack)}` };
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

/** What the compiler says when it fails. */
function build(options: readonly string[], input = ''): string | undefined {
  const { status, stderr, error } = spawnSync(COMPILER, options, { encoding: 'utf8', input });
  if (status === 0) return undefined;
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return `there is no ${COMPILER}`;
  // Whoever fails early does not read its input, which is an error too, but not the reason.
  return stderr?.trim() || error?.message || `${COMPILER} ended with ${status}`;
}

function firstError(text: string): string {
  const lines = text.split('\n');
  return lines.find((line) => /\berror\b/i.test(line)) ?? lines[0] ?? '';
}
