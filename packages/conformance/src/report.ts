import { describeMismatch, type Mismatch } from './mismatch.js';
import { printable } from './printable.js';
import type { ReplaySummary } from './replay-files.js';

/** Mismatches of one file that are printed in full; what follows the first is mostly its consequence. */
const PRINTED = 10;

/**
 * The report of a replay: mismatches, then files that were not replayed, then always the line
 * `N traces, N operations, N mismatches`.
 */
export function reportReplay(summary: ReplaySummary): string {
  const byFile = new Map<string, Mismatch[]>();
  for (const mismatch of summary.mismatches) {
    byFile.set(mismatch.file, [...(byFile.get(mismatch.file) ?? []), mismatch]);
  }
  return [
    ...[...byFile].flatMap(([file, mismatches]) => reportFile(file, mismatches)),
    ...summary.failures.map(({ error }) => printable(error.message)),
    `${summary.traces} traces, ${summary.operations} operations, ${summary.mismatches.length} mismatches`,
  ].join('\n');
}

function reportFile(file: string, mismatches: readonly Mismatch[]): string[] {
  const lines = mismatches.slice(0, PRINTED).map(describeMismatch);
  const hidden = mismatches.length - PRINTED;
  if (hidden > 0)
    lines.push(printable(`${file}: and ${hidden} more ${hidden === 1 ? 'mismatch' : 'mismatches'}`));
  return lines;
}
