import { existsSync, readdirSync } from 'node:fs';
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
