import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kernel, tcx } from '@mprog/kernel';
import type { LinuxLaboratory } from '@mprog/kernel/linux';
import { type Inventory, Manager } from '@mprog/manager';
import type { Benchmark, Effort, Table } from '../benchmark.js';
import { CProgram, type Started } from '../c-program.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';
import { runProgram } from '../whole-process.js';
import { inLaboratory } from './in-laboratory.js';

const SIZES = [400, 1_000, 2_000];
/** On the ingress hooks of the first interfaces, of programs that are all different. */
const HOOKS = 400;
const PROGRAMS = 3;
const NEXT = -1;
const TCX_ONLY = { globs: ['tcx/*'] };

const C = 'C';
const OWN = 'Manager.inventory';
const OWN_TCX = 'Manager.inventory, tcx/* alone';
const NODE = 'node -e 0';
const COMMAND = 'mprog ls';

/** G6: listing the tcx hooks of many interfaces, beside C that does the same calls. */
export const listing: Benchmark = {
  goals: ['G6'],
  minutes: 4,
  title: 'listing: every tcx hook of many interfaces',
  run: (effort) =>
    inLaboratory('listing', async (laboratory, kernel) => {
      const folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
      const started = CProgram.start('list');
      try {
        const manager = new Manager({ kernel, stateDirectory: folder });
        const tables: Table[] = [];
        let present = 0;
        for (const size of SIZES) {
          const count = Math.max(2, Math.round(size * effort.scale));
          for (; present < count; present++) addInterface(laboratory, kernel, present, effort);
          const text = textOf(manager.inventory(TCX_ONLY));
          tables.push(await measureInProcess(manager, started, text, size, effort));
          tables.push(await measureProcesses(folder, started.program, text, size, effort));
        }
        return tables;
      } finally {
        started.program?.close();
        rmSync(folder, { recursive: true });
      }
    }),
};

function addInterface(laboratory: LinuxLaboratory, kernel: Kernel, number: number, effort: Effort): void {
  const ifindex = laboratory.addDevice(`if${number}`);
  if (number >= Math.max(2, HOOKS * effort.scale)) return;
  for (let i = 0; i < PROGRAMS; i++) {
    const fd = laboratory.loadVerdict(NEXT, { name: `program_${PROGRAMS * number + i}` });
    kernel.attachments.attach(tcx('ingress', ifindex), fd);
    laboratory.host.world.close(fd);
  }
}

/** What the C program prints, out of an inventory. */
function textOf({ hooks }: Inventory): string {
  let text = '';
  for (const { hook, attachments } of hooks) {
    text += hook;
    for (const { program } of attachments) text += ` ${program.id}:${program.name}`;
    text += '\n';
  }
  return text;
}

/** The lines of the tcx hooks: without patterns there may be hooks of cgroups too, of which C knows nothing. */
function onlyTcx(text: string): string {
  return text.replace(/^(?!tcx\/).*\n/gm, '');
}

/** {@link textOf} of what `mprog ls` printed: a line for each hook, then one for each program with position, id and name. */
function textOfCommand(stdout: string): string {
  let text = '';
  for (const line of stdout.split('\n')) {
    const [, hook] = /^([^\s/]+\/\S+)/.exec(line) ?? [];
    const [, id, name] = /^ +\d+ +(\d+) +(\S+)/.exec(line) ?? [];
    if (hook !== undefined) text += `${text === '' ? '' : '\n'}${hook}`;
    else if (id !== undefined) text += ` ${id}:${name}`;
  }
  return `${text}\n`;
}

async function measureInProcess(
  manager: Manager,
  { program, skipped }: Started,
  expected: string,
  size: number,
  effort: Effort,
): Promise<Table> {
  const times = Math.max(1, Math.round((20_000 / size) * effort.scale));
  const title = `${size} interfaces, in process`;
  const compareTexts = (name: string, text: string): void => {
    if (text !== expected) throw new Error(`${title}: ${name} comes to another list`);
  };
  const own = (name: string, options: { globs?: readonly string[] }): Contender => ({
    name,
    pass: () => {
      let text = '';
      const time = cpuTime(() => {
        for (let i = 0; i < times; i++) {
          text = textOf(manager.inventory(options));
          writeFileSync('/dev/null', text);
        }
      });
      compareTexts(name, onlyTcx(text));
      return time / times / 1e6;
    },
  });
  const contenders = [own(OWN, {}), own(OWN_TCX, TCX_ONLY)];
  for (const { pass } of contenders) await pass();
  if (program === undefined) {
    const samples = await interleave(contenders, effort);
    return {
      title,
      rows: [OWN, OWN_TCX].map((name) => inUnit(compare(samples, name, undefined, { skipped }))),
    };
  }
  const path = join(program.folder, 'list');
  const pass = async (): Promise<number> => {
    const time = Number(await program.ask(`/dev/null ${times}`));
    await program.ask(`${path} 1`);
    compareTexts(C, readFileSync(path, 'utf8'));
    return time / times / 1e6;
  };
  await pass();
  const samples = await interleave([{ name: C, pass }, ...contenders], effort);
  const rows = [
    compare(samples, C),
    compare(samples, OWN, C, { limit: 1.3 }),
    compare(samples, OWN_TCX, C, { limit: 1.3 }),
  ];
  return { title, rows: rows.map(inUnit) };
}

/** From start to end, by the clock. */
async function measureProcesses(
  folder: string,
  program: CProgram | undefined,
  expected: string,
  size: number,
  effort: Effort,
): Promise<Table> {
  const contender = (
    name: string,
    command: string,
    args: readonly string[],
    isRight: (stdout: string) => boolean,
  ): Contender => ({
    name,
    pass: () => {
      const begin = performance.now();
      const { status, stdout, stderr } = runProgram(command, args);
      const time = performance.now() - begin;
      if (status !== 0) throw new Error(`${name}: ended with ${status}: ${stderr}`);
      if (!isRight(stdout)) throw new Error(`${name}: another list: ${stdout.slice(0, 1_000)}`);
      return time;
    },
  });
  const mprog = fileURLToPath(new URL('../../../cli/bin/mprog.js', import.meta.url));
  const contenders = [
    contender(NODE, process.execPath, ['-e', '0'], (stdout) => stdout === ''),
    contender(
      COMMAND,
      process.execPath,
      [mprog, 'ls', '--state', folder],
      (stdout) => onlyTcx(textOfCommand(stdout)) === expected,
    ),
    ...(program === undefined
      ? []
      : [contender(C, join(program.folder, 'program'), ['once'], (stdout) => stdout === expected)]),
  ];
  const samples = await interleave(contenders, { ...effort, rounds: 3 * effort.rounds });
  const rows = [
    ...(program === undefined ? [] : [compare(samples, C)]),
    compare(samples, NODE),
    compare(samples, COMMAND, NODE),
    ...(program === undefined ? [] : [compare(samples, COMMAND, C)]),
  ];
  return { title: `${size} interfaces, whole process`, rows: rows.map(inUnit) };
}

function inUnit<Row>(row: Row): Row & { unit: string } {
  return { ...row, unit: 'ms' };
}
