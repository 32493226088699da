import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import { compilerVersion } from './c-program.js';

const PEERS = ['tapable', 'hookable', 'koa-compose', 'eventemitter3'];

/** What a result must say about where it comes from. */
export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  /** How many processes wanted to run in the last minute; more than `processors` means a busy machine. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  readonly compiler: string;
  readonly peers: Readonly<Record<string, string>>;
}

/** The machine and the versions of everything that is compared. */
export function describeMachine(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    compiler: compilerVersion() ?? 'none',
    peers: Object.fromEntries(PEERS.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const { paths } = createRequire(import.meta.url).resolve;
  for (const folder of paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string })
        .version;
    } catch {
      // Not in this folder.
    }
  }
  return 'unknown';
}
