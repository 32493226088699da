import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Candidate } from './candidates.js';

/**
 * Files whose path begins with what was typed; directories end in a slash.
 *
 * @param typed the word so far, with its prefix
 * @param prefix stands before the path and comes back before every candidate, `simulated:`
 * @param fits whether a name is wanted; every name when absent
 */
export function fileCandidates(
  typed: string,
  prefix: string,
  fits: (name: string) => boolean = () => true,
): readonly Candidate[] {
  const path = typed.slice(prefix.length);
  const slash = path.lastIndexOf('/') + 1;
  const written = path.slice(0, slash);
  const directory = written.startsWith('~/') ? join(homedir(), written.slice(2)) : written || '.';
  const begin = path.slice(slash);
  const found: Candidate[] = [];
  for (const name of namesIn(directory)) {
    if (!name.startsWith(begin) || (name.startsWith('.') && !begin.startsWith('.'))) continue;
    const full = isDirectory(join(directory, name)) ? `${name}/` : name;
    if (fits(full)) found.push({ word: `${prefix}${written}${full}`, meaning: '' });
  }
  return found;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
