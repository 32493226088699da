import { parseArgs } from 'node:util';
import { didYouMean } from '@mprog/manager/nearest';
import type { Benchmark } from './benchmark.js';

/** What somebody who runs the benchmarks wants. */
export interface CommandLine {
  readonly json: boolean;
  readonly smoke: boolean;
  readonly help: boolean;
  /** All of them when none was named. */
  readonly names: readonly string[];
}

const options = {
  json: { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/**
 * Reads a command line.
 *
 * @param environment npm takes options for itself where they are not behind `--`, and says so here
 * @param known the names of all benchmarks
 * @throws Error in words for its user
 */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): CommandLine {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known) || `, only ${known.join(', ')}`;
    throw new Error(`there is no benchmark ${unknown}${hint}`);
  }
  const has = (option: keyof typeof options): boolean =>
    values[option] || environment[`npm_config_${option}`] === 'true';
  return {
    json: has('json'),
    smoke: has('smoke'),
    help: has('help'),
    names: positionals.length > 0 ? positionals : known,
  };
}

/** What `--help` prints. */
export function helpText(benchmarks: Readonly<Record<string, Benchmark>>): string {
  const entries = Object.entries(benchmarks);
  const width = Math.max(...entries.map(([name]) => name.length));
  const lines = entries.map(
    ([name, { goals, title, minutes }]) =>
      `  ${name.padEnd(width)}  ${inMinutes(minutes).padStart(6)}  ${goals.join(', ')}  ${title.replace(`${name}: `, '')}`,
  );
  const all = entries.reduce((sum, [, { minutes }]) => sum + minutes, 0);
  return `Usage: npm run bench [NAME…] [-- OPTIONS]

Runs benchmarks, all of them without a name, and prints their tables as Markdown.

Options:
  --smoke     each for a moment: does it still work? No times
  --json      machine, versions, medians and quartiles as JSON
  -h, --help  this text

Benchmarks, about how long each takes, and the goals of docs/performance.md:
${lines.join('\n')}
  ${'all'.padEnd(width)}  ${inMinutes(all).padStart(6)}
`;
}

function inMinutes(minutes: number): string {
  return minutes < 1 ? `${10 * Math.ceil(minutes * 6)} s` : `${Math.round(minutes)} min`;
}
