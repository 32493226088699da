import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Kernel, tcx } from '@mprog/kernel';
import type { LinuxLaboratory } from '@mprog/kernel/linux';
import { type Inventory, Manager } from '@mprog/manager';
import type { Benchmark, Effort, Table } from '../benchmark.js';
import { CProgram } from '../c-program.js';
import { type Contender, compare, cpuTime, interleave } from '../measure.js';
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
const NO_COMPILER = 'no C compiler here to compare with';
const NODE = 'node -e 0';
const COMMAND = 'mprog ls';

/** G6: listing the tcx hooks of many interfaces, beside C that does the same calls. */
export const listing: Benchmark = {
  goals: ['G6'],
  title: 'listing: every tcx hook of many interfaces',
  run: (effort) =>
    inLaboratory('listing', async (laboratory, kernel) => {
      const folder = mkdtempSync(join(tmpdir(), 'mprog-bench-'));
      const program = CProgram.start('list');
      try {
        const manager = new Manager({ kernel, stateDirectory: folder });
        const tables: Table[] = [];
        let present = 0;
        for (const size of SIZES) {
          const count = Math.max(2, Math.round(size * effort.scale));
          for (; present < count; present++) addInterface(laboratory, kernel, present, effort);
          tables.push(await measureInProcess(manager, program, size, effort));
          tables.push(await measureProcesses(folder, program, size, effort));
        }
        return tables;
      } finally {
        program?.close();
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

async function measureInProcess(
  manager: Manager,
  program: CProgram | undefined,
  size: number,
  effort: Effort,
): Promise<Table> {
  const times = Math.max(1, Math.round((20_000 / size) * effort.scale));
  const title = `${size} interfaces, in process`;
  const expected = textOf(manager.inventory(TCX_ONLY));
  const own = (name: string, options: { globs?: readonly string[] }): Contender => ({
    name,
    pass: () =>
      cpuTime(() => {
        for (let i = 0; i < times; i++) writeFileSync('/dev/null', textOf(manager.inventory(options)));
      }) /
      times /
      1e6,
  });
  const contenders = [own(OWN, {}), own(OWN_TCX, TCX_ONLY)];
  for (const { pass } of contenders) await pass();
  if (program === undefined) {
    const samples = await interleave(contenders, effort);
    return {
      title,
      rows: [OWN, OWN_TCX].map((name) => inUnit(compare(samples, name, undefined, { note: NO_COMPILER }))),
    };
  }
  const path = join(program.folder, 'list');
  await program.ask(`${path} 1`);
  if (readFileSync(path, 'utf8') !== expected) throw new Error(`${title}: C comes to another list`);
  const pass = async (): Promise<number> => Number(await program.ask(`/dev/null ${times}`)) / times / 1e6;
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
  size: number,
  effort: Effort,
): Promise<Table> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  const contender = (name: string, command: string, args: readonly string[]): Contender => ({
    name,
    pass: () => {
      const begin = performance.now();
      const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 1 << 26 });
      const time = performance.now() - begin;
      if (status !== 0) throw new Error(`${name}: ended with ${status}: ${stderr}`);
      return time;
    },
  });
  const mprog = fileURLToPath(new URL('../../../cli/bin/mprog.js', import.meta.url));
  const contenders = [
    contender(NODE, process.execPath, ['-e', '0']),
    contender(COMMAND, process.execPath, [mprog, 'ls', '--state', folder]),
    ...(program === undefined ? [] : [contender(C, join(program.folder, 'program'), ['once'])]),
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
