// Runs one benchmark in this process and prints its tables as JSON, as the last line.
import { benchmarks } from './benchmarks.js';

const [name = '', rounds, scale] = process.argv.slice(2);
const benchmark = await benchmarks[name]?.();
if (benchmark === undefined) throw new Error(`there is no benchmark ${name}`);
const tables = await benchmark.run({ processes: 1, rounds: Number(rounds), scale: Number(scale) });
process.stdout.write(`\n${JSON.stringify(tables)}\n`);
