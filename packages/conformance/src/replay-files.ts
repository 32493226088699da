import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import type { Mismatch } from './mismatch.js';
import { readTraceFile } from './read-trace.js';
import { type ReplayResult, replay } from './replay.js';
import type { Trace } from './trace.js';

/** A file that was not replayed, and why. */
export interface ReplayFailure {
  readonly file: string;
  readonly error: MprogError;
}

/** What became of several traces. */
export interface ReplaySummary {
  /** Traces that were replayed to their end; failures do not count. */
  readonly traces: number;
  readonly operations: number;
  readonly mismatches: readonly Mismatch[];
  readonly failures: readonly ReplayFailure[];
}

/** How far a replay of several files has come. */
export interface ReplayProgress {
  readonly file: string;
  /** Files that are done, this one included. */
  readonly done: number;
  readonly total: number;
  /** Null for a file that was not replayed. */
  readonly result: ReplayResult | null;
}

/** How several files are replayed. */
export interface ReplayFilesOptions {
  /** Called after each file. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/**
 * Replays trace files, each in a laboratory of its own.
 *
 * A file that is no trace becomes a failure, and the others are replayed all the same.
 *
 * @param makeLaboratory opens a laboratory, which is closed after the file; what it throws ends the whole replay
 */
export function replayFiles(
  paths: readonly string[],
  makeLaboratory: () => Laboratory,
  options: ReplayFilesOptions = {},
): ReplaySummary {
  const results: ReplayResult[] = [];
  const failures: ReplayFailure[] = [];
  for (const [i, file] of paths.entries()) {
    const trace = readable(file, failures);
    let result: ReplayResult | null = null;
    if (trace !== null) {
      using laboratory = makeLaboratory();
      result = replay(trace, laboratory);
      results.push(result);
    }
    options.onProgress?.({ file, done: i + 1, total: paths.length, result });
  }
  return {
    traces: results.length,
    operations: results.reduce((sum, { operations }) => sum + operations, 0),
    mismatches: results.flatMap(({ mismatches }) => mismatches),
    failures,
  };
}

/** Whether something was replayed, nothing differed and no file failed. */
export function replayPassed(summary: ReplaySummary): boolean {
  return summary.traces > 0 && summary.mismatches.length === 0 && summary.failures.length === 0;
}

function readable(file: string, failures: ReplayFailure[]): Trace | null {
  try {
    return readTraceFile(file);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    failures.push({ file, error });
    return null;
  }
}
