// Runs one benchmark in this process and prints its tables as JSON, as the last line. With a fourth argument it writes a
// line `MEASUREMENT ROUND ROUNDS` to fd 3 for every round.
import { writeSync } from 'node:fs';
import { benchmarks } from './benchmarks.js';

const PROGRESS_FD = 3;

const [name = '', rounds, scale, watched] = process.argv.slice(2);
const benchmark = await benchmarks[name]?.();
if (benchmark === undefined) throw new Error(`there is no benchmark ${name}`);
let measurement = 0;
const progress = (round: number, rounds: number): void => {
  if (round === 1) measurement++;
  writeSync(PROGRESS_FD, `${measurement} ${round} ${rounds}\n`);
};
const effort = { processes: 1, rounds: Number(rounds), scale: Number(scale) };
const tables = await benchmark.run(watched === undefined ? effort : { ...effort, progress });
process.stdout.write(`\n${JSON.stringify(tables)}\n`);
