// `npm run bench [NAME…] [-- --json | --smoke | --help]`: runs benchmarks, each in a process of its own, and prints their
// tables.
import { Apart } from './apart.js';
import type { Benchmark, Effort, Table } from './benchmark.js';
import { benchmarks } from './benchmarks.js';
import { type CommandLine, helpText, readCommandLine } from './command-line.js';
import { describeMachine } from './machine.js';
import { printTable } from './print.js';
import { ProgressLine } from './progress-line.js';
import { smokeResult } from './smoke.js';
import { summarize, type TableSummary } from './summary.js';

const WHOLE: Effort = { processes: 5, rounds: 5, scale: 1 };
const SMOKE: Effort = { processes: 1, rounds: 1, scale: 0.002 };

const wish = readArguments();
if (wish.help) {
  const all = Object.entries(benchmarks).map(async ([name, load]) => [name, await load()] as const);
  say(helpText(Object.fromEntries(await Promise.all(all))).trimEnd());
  process.exit();
}
const { json, smoke } = wish;
const effort = smoke ? SMOKE : WHOLE;
const results: Record<string, { title: string; goals: readonly string[]; tables: readonly TableSummary[] }> =
  {};
const counts = { passed: 0, failed: 0, skipped: 0 };
const line = new ProgressLine(process.stderr);
const machine = describeMachine();
const apart = new Apart();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    line.clear();
    await apart.close();
    process.kill(process.pid, signal);
  });
}

if (!json && !smoke) {
  const { date, processor, processors, load, system, node, compiler, peers } = machine;
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}`);
  say(
    `${date}, ${processors} × ${processor}, load ${load}, ${system}, Node ${node}, ${compiler}, ${versions.join(', ')}`,
  );
}
for (const name of wish.names) await runBenchmark(name);
await apart.close();
if (json) say(JSON.stringify({ machine, effort, results }, null, 2));
else if (smoke) say(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function runBenchmark(name: string): Promise<void> {
  const { title, goals, options = [] } = await (benchmarks[name] as () => Promise<Benchmark>)();
  if (!json && !smoke) say(`\n## ${title} (${goals.join(', ')})`);
  const processes: (readonly Table[])[] = [];
  for (let i = 1; i <= effort.processes; i++) {
    const where = `${name}: process ${i} of ${effort.processes}`;
    line.show(where);
    const watch = (measurement: number, round: number, rounds: number): void =>
      line.show(`${where}, measurement ${measurement}, round ${round} of ${rounds}`);
    try {
      processes.push(await apart.run(name, options, effort, line.isWatched ? watch : undefined));
    } catch (error) {
      counts.failed++;
      line.clear();
      process.stderr.write(`bench: ${(error as Error).message}\n`);
      if (smoke) say(`FAILED  ${name}`);
      return;
    }
  }
  line.clear();
  const tables = summarize(processes);
  results[name] = { title, goals, tables };
  // So short a run says nothing about time.
  const { kind, line: verdict } = smoke
    ? smokeResult(name, tables, process.env)
    : ({ kind: 'passed', line: '' } as const);
  counts[kind]++;
  if (json) return;
  if (smoke) say(verdict);
  else for (const table of tables) say(`\n${printTable(table)}`);
}

function readArguments(): CommandLine {
  try {
    return readCommandLine(process.argv.slice(2), process.env, Object.keys(benchmarks));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
