import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingOnLinux, openLinuxLaboratory } from '@mprog/kernel/linux';
import type { Benchmark, Effort, Row } from './benchmark.js';
import { type Contender, compare, interleave } from './measure.js';

/** Starts of each in a round, in turn; the fastest counts, as whatever else the machine does can only add to it. */
const STARTS = 10;
const EMPTY = 'empty script (.cjs)';
const DEVICE = 'bench0';
const HOOK = `tcx/ingress@${DEVICE}`;

const command = fileURLToPath(new URL('../../cli/bin/mprog.js', import.meta.url));
const unbundled = new URL('../../cli/dist/main.js', import.meta.url).href;
const object = fileURLToPath(new URL('../../kernel/objects/stop.bpf.o', import.meta.url));

/** What one of the processes is to answer; it is looked at in every round. */
interface Expected {
  readonly status: number | null;
  readonly stdout: string | RegExp;
  readonly stderr: string;
}

/** G7: from the start of a process to its end. */
export const startUp: Benchmark = {
  goals: ['G7'],
  title: 'start-up: whole processes, beside an empty script',
  async run(effort) {
    const folder = mkdtempSync(join(tmpdir(), 'mprog-start-'));
    try {
      const contenders = makeContenders(folder);
      const live = showOnLiveKernel(folder);
      try {
        return [{ title: 'by the clock', rows: await measure(contenders, live, effort) }];
      } finally {
        live.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function makeContenders(folder: string): Contender[] {
  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const plain = script(
    'unbundled.mjs',
    `import { main } from '${unbundled}'; process.exitCode = await main(process.argv.slice(2));`,
  );
  const { version } = JSON.parse(
    readFileSync(new URL('../../cli/package.json', import.meta.url), 'utf8'),
  ) as { version: string };
  const nothing: Expected = { status: 0, stdout: '', stderr: '' };
  const versions: Expected = { ...nothing, stdout: new RegExp(`^mprog ${version}\nnode .*\n.*\n$`) };
  const help = run([plain, 'help']);
  if (!help.stdout.startsWith('mprog orders BPF programs')) throw new Error(`mprog help: ${help.stderr}`);
  return [
    contender(EMPTY, [script('empty.cjs', '')], nothing),
    contender('empty script (.mjs)', [script('empty.mjs', '')], nothing),
    contender('node -e 0', ['-e', '0'], nothing),
    contender('mprog version', [command, 'version'], versions),
    contender('mprog help', [command, 'help'], help),
    contender('mprog lss, which is refused', [command, 'lss'], {
      status: 2,
      stdout: '',
      stderr: 'mprog: unknown command lss; did you mean ls?\n',
    }),
    contender('mprog version, not bundled', [plain, 'version'], versions),
  ];
}

/** `show` of a hook with one program, in a network namespace of its own; or why not. */
function showOnLiveKernel(folder: string): {
  readonly contender?: Contender;
  readonly note?: string;
  close(): void;
} {
  const missing = missingOnLinux('laboratory');
  if (missing !== null) return { note: `no live kernel: ${missing}`, close() {} };
  const laboratory = openLinuxLaboratory();
  const close = (): void => laboratory.close();
  laboratory.addDevice(DEVICE);
  const state = ['--state', folder];
  const { status, stderr } = run([command, 'attach', HOOK, object, ...state]);
  if (status !== 0) return { note: stderr.trim(), close };
  const show = [command, 'show', HOOK, ...state];
  const shown = run(show);
  if (!/\bstop\b/.test(shown.stdout)) throw new Error(`mprog show: ${shown.stdout}${shown.stderr}`);
  return { contender: contender('mprog show HOOK', show, shown), close };
}

async function measure(
  contenders: readonly Contender[],
  live: { readonly contender?: Contender; readonly note?: string },
  effort: Effort,
): Promise<Row[]> {
  const { contender: show, note = '' } = live;
  const all = show === undefined ? contenders : [...contenders, show];
  const starts = Math.max(1, Math.round(STARTS * effort.scale));
  const single = await interleave(all, { ...effort, rounds: effort.rounds * starts });
  const samples = new Map([...single].map(([name, times]) => [name, fastestOf(times, starts)]));
  const row = (name: string, limit?: number): Row => ({
    ...compare(samples, name, name === EMPTY ? undefined : EMPTY, limit === undefined ? {} : { limit }),
    unit: 'ms',
  });
  return [
    row(EMPTY),
    row('empty script (.mjs)'),
    row('node -e 0'),
    row('mprog version', 1.1),
    row('mprog help', 1.1),
    row('mprog lss, which is refused', 1.1),
    show === undefined
      ? { name: 'mprog show HOOK', values: [], limit: 1.2, note }
      : row('mprog show HOOK', 1.2),
    row('mprog version, not bundled'),
  ];
}

/** The least of each `count` numbers. */
function fastestOf(numbers: readonly number[], count: number): readonly number[] {
  return Array.from({ length: numbers.length / count }, (_, i) =>
    Math.min(...numbers.slice(i * count, (i + 1) * count)),
  );
}

function contender(name: string, args: readonly string[], expected: Expected): Contender {
  const pass = (): number => {
    const begin = performance.now();
    const { status, stdout, stderr } = run(args);
    const time = performance.now() - begin;
    const isRight =
      typeof expected.stdout === 'string' ? stdout === expected.stdout : expected.stdout.test(stdout);
    if (status !== expected.status || !isRight || stderr !== expected.stderr) {
      throw new Error(`${name}: it ended with ${status} and said ${JSON.stringify(stdout + stderr)}`);
    }
    return time;
  };
  pass();
  return { name, pass };
}

function run(args: readonly string[]): Expected & { readonly stdout: string } {
  // Certificates are read at the start of Node, and the others have it do more than usual.
  const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: _options, NODE_COMPILE_CACHE: _cache, ...env } = process.env;
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}
