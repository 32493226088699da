import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingOnLinux, openLinuxLaboratory } from '@mprog/kernel/linux';
import { type Benchmark, type Effort, LIVE, type Row, type Table } from './benchmark.js';
import { type Contender, compare, interleave } from './measure.js';
import { missingTerminal, runOnTerminal } from './on-terminal.js';
import { type Command, command, commands, EMPTY, HELP, REFUSED, VERSION } from './start-up-commands.js';
import { runProgram } from './whole-process.js';

/** Starts of each in a round, in turn; the fastest counts, as whatever else the machine does can only add to it. */
const STARTS = 10;
const SHOW = 'mprog show HOOK';
const DEVICE = 'bench0';
const HOOK = `tcx/ingress@${DEVICE}`;

const object = fileURLToPath(new URL('../../kernel/objects/stop.bpf.o', import.meta.url));

/** G7: from the start of a process to its end. */
export const startUp: Benchmark = {
  goals: ['G7'],
  title: 'start-up: whole processes, beside an empty script',
  minutes: 2,
  async run(effort) {
    const folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
    try {
      return [await measureToPipe(folder, effort), await measureOnTerminal(folder, effort)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function measureToPipe(folder: string, effort: Effort): Promise<Table> {
  const live = showOnLiveKernel(folder);
  try {
    const all = [...commands(folder), ...(live.show === undefined ? [] : [live.show])];
    const samples = await measure(all, run, effort);
    const row = (name: string, limit?: number): Row => rowOf(samples, name, limit);
    return {
      title: 'output to a pipe, by the clock',
      rows: [
        row(EMPTY),
        row('empty script (.mjs)'),
        row('node -e 0'),
        row(VERSION, 1.1),
        row(HELP, 1.1),
        row(REFUSED, 1.1),
        live.show === undefined
          ? { name: SHOW, values: [], limit: 1.2, skipped: live.skipped }
          : row(SHOW, 1.2),
        row('mprog version, not bundled'),
      ],
    };
  } finally {
    live.close();
  }
}

/** No goal is about it: the terminal and the program that opens it take their part. */
async function measureOnTerminal(folder: string, effort: Effort): Promise<Table> {
  const title = 'output to a terminal, by the clock';
  const names = [EMPTY, VERSION, HELP, REFUSED];
  const skipped = missingTerminal();
  if (skipped !== undefined) return { title, rows: names.map((name) => ({ name, values: [], skipped })) };
  const all = commands(folder).filter(({ name }) => names.includes(name));
  const samples = await measure(all, (args) => runOnTerminal(process.execPath, args), effort);
  return { title, rows: names.map((name) => rowOf(samples, name)) };
}

/** `show` of a hook with one program, in a network namespace of its own; or why not. */
function showOnLiveKernel(folder: string): (
  | { readonly show: Command }
  | { readonly show?: undefined; readonly skipped: string }
) & {
  close(): void;
} {
  const missing = missingOnLinux('laboratory');
  if (missing !== null) return { skipped: `${LIVE}${missing}`, close() {} };
  const laboratory = openLinuxLaboratory();
  const close = (): void => laboratory.close();
  laboratory.addDevice(DEVICE);
  const state = ['--state', folder];
  const { status, stderr } = run([command, 'attach', HOOK, object, ...state]);
  if (status !== 0) return { skipped: `${LIVE}${stderr.trim()}`, close };
  const args = [command, 'show', HOOK, ...state];
  const shown = run(args);
  if (!/\bstop\b/.test(shown.stdout)) throw new Error(`mprog show: ${shown.stdout}${shown.stderr}`);
  return { show: { name: SHOW, args, status: 0, output: shown.stdout }, close };
}

/** For each command and round the time of the fastest start, in milliseconds. */
async function measure(
  commands: readonly Command[],
  start: typeof run,
  effort: Effort,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const starts = Math.max(1, Math.round(STARTS * effort.scale));
  const contenders = commands.map((command) => contender(command, start));
  const single = await interleave(contenders, { ...effort, rounds: effort.rounds * starts });
  return new Map([...single].map(([name, times]) => [name, fastestOf(times, starts)]));
}

/** The least of each `count` numbers. */
function fastestOf(numbers: readonly number[], count: number): readonly number[] {
  return Array.from({ length: numbers.length / count }, (_, i) =>
    Math.min(...numbers.slice(i * count, (i + 1) * count)),
  );
}

function rowOf(samples: ReadonlyMap<string, readonly number[]>, name: string, limit?: number): Row {
  return {
    ...compare(samples, name, name === EMPTY ? undefined : EMPTY, limit === undefined ? {} : { limit }),
    unit: 'ms',
  };
}

function contender({ name, args, status, output }: Command, start: typeof run): Contender {
  const pass = (): number => {
    const begin = performance.now();
    const ended = start(args);
    const time = performance.now() - begin;
    const said = ended.stdout + ended.stderr;
    const isRight = typeof output === 'string' ? said === output : output.test(said);
    if (ended.status !== status || !isRight) {
      throw new Error(`${name}: it ended with ${ended.status} and said ${JSON.stringify(said)}`);
    }
    return time;
  };
  pass();
  return { name, pass };
}

function run(args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return runProgram(process.execPath, args);
}
