import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TraceLayer } from './trace.js';

const directory = new URL('../traces/', import.meta.url);
const SUFFIX = '.jsonl.gz';

/** Paths of the traces that come with this package, in lexical order. */
export function shippedTraces(layer: TraceLayer): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${layer}-`) && name.endsWith(SUFFIX))
    .sort()
    .map((name) => fileURLToPath(new URL(name, directory)));
}

/**
 * The path that a user's word for a trace means: that file, or else the shipped trace of this name (`tcx-001`, with or
 * without `.jsonl.gz`). A word that is neither comes back as it is, so that reading it says what is missing.
 */
export function locateTrace(word: string): string {
  if (existsSync(word) || !/^(tcx|cgroup)-\d+(\.jsonl\.gz)?$/.test(word)) return word;
  const shipped = fileURLToPath(new URL(word.endsWith(SUFFIX) ? word : word + SUFFIX, directory));
  return existsSync(shipped) ? shipped : word;
}

/** The names of the shipped traces in few words, for whoever named one that is not there. */
export function describeShippedTraces(): string {
  const ranges = (['tcx', 'cgroup'] as const).map((layer) => {
    const names = shippedTraces(layer).map((path) => basename(path, SUFFIX));
    return names.length > 3 ? `${names[0]}, ${names[1]} … ${names.at(-1)}` : names.join(', ');
  });
  return `traces that come with mprog are ${ranges.join(' and ')}`;
}
