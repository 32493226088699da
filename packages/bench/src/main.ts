// `npm run bench [NAME…] [-- --json | --smoke]`: runs benchmarks, each in a process of its own, and prints their tables.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Effort, Table } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { describeMachine } from './machine.js';
import { printTable } from './print.js';
import { summarize, type TableSummary } from './summary.js';

const WHOLE: Effort = { processes: 5, rounds: 5, scale: 1 };
const SMOKE: Effort = { processes: 1, rounds: 1, scale: 0.002 };

const { values, positionals } = readArguments();
// npm takes `--json` for itself where it is not behind `--`, and says so in the environment.
const json = values.json || process.env.npm_config_json === 'true';
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const effort = values.smoke ? SMOKE : WHOLE;
const results: Record<string, { title: string; goals: readonly string[]; tables: readonly TableSummary[] }> =
  {};
const machine = describeMachine();
let failed = 0;

if (!json && !values.smoke) {
  const { date, processor, processors, load, system, node, compiler, peers } = machine;
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  say(
    `${date}, ${processors} × ${processor}, load ${load}, ${system}, Node ${node}, ${compiler}, ${versions.join(', ')}`,
  );
}
for (const name of names) await runBenchmark(name);
if (json) say(JSON.stringify({ machine, effort, results }, null, 2));
else if (values.smoke) say(`\n${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function runBenchmark(name: string): Promise<void> {
  const { title, goals, options = [] } = await (benchmarks[name] as (typeof benchmarks)[string])();
  if (!json && !values.smoke) say(`\n## ${title} (${goals.join(', ')})`);
  const processes: (readonly Table[])[] = [];
  for (let i = 0; i < effort.processes; i++) {
    const tables = runApart(name, options);
    if (tables === undefined) {
      failed++;
      if (values.smoke) say(`FAILED ${name}`);
      return;
    }
    processes.push(tables);
  }
  const tables = summarize(processes);
  results[name] = { title, goals, tables };
  if (json) return;
  // So short a run says nothing about time.
  if (values.smoke) say(`ok     ${name}`);
  else for (const table of tables) say(`\n${printTable(table)}`);
}

function readArguments() {
  try {
    const read = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, smoke: { type: 'boolean', default: false } },
    });
    const unknown = read.positionals.find((name) => !Object.hasOwn(benchmarks, name));
    if (unknown === undefined) return read;
    throw new Error(`there is no ${unknown}, only ${Object.keys(benchmarks).join(', ')}`);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

/** The tables of one benchmark from a process of its own; `undefined` when that failed, which was said. */
function runApart(name: string, options: readonly string[]): readonly Table[] | undefined {
  const worker = fileURLToPath(new URL('worker.js', import.meta.url));
  const args = [...options, worker, name, String(effort.rounds), String(effort.scale)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status === 0) return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as readonly Table[];
  process.stderr.write(`bench: run ${name}: it ended with ${status}\n${stderr}`);
  return undefined;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
