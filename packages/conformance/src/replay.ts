import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { compareObservations, compareStates } from './compare.js';
import { describeOperation } from './describe-operation.js';
import type { Mismatch } from './mismatch.js';
import { TcxSubject } from './tcx-subject.js';
import type { Trace } from './trace.js';
import type { TraceSubject } from './trace-subject.js';

/** What became of one trace. */
export interface ReplayResult {
  readonly operations: number;
  /** One for each operation that differs, in the order of the trace. */
  readonly mismatches: readonly Mismatch[];
}

/**
 * Does every operation of a trace in a laboratory and compares result, output, info and state after each.
 *
 * The replay goes on after a mismatch; what follows it may be a mere consequence. It uses one new device of the laboratory
 * and leaves neither that nor an fd behind.
 *
 * @throws MprogError `EOPNOTSUPP` for a cgroup trace
 * @example
 * using laboratory = simulatedLaboratory();
 * const { mismatches } = replay(readTraceFile('tcx-001.jsonl.gz'), laboratory);
 */
export function replay(trace: Trace, laboratory: Laboratory): ReplayResult {
  requireReplayable(trace);
  using subject = new TcxSubject(laboratory, trace.header.progs);
  return replayOn(trace, subject);
}

/**
 * Refuses a trace of a layer that can't be replayed.
 *
 * @throws MprogError `EOPNOTSUPP`
 */
export function requireReplayable(trace: Trace): void {
  if (trace.header.trace === 'cgroup') {
    throw new MprogError(
      'EOPNOTSUPP',
      `replay ${trace.file}: cgroup traces need the cgroup layer, which this version does not have (EOPNOTSUPP)`,
      { data: { file: trace.file } },
    );
  }
}

/** Does every operation of a trace to a subject in the trace's first state; see {@link replay}. */
export function replayOn(trace: Trace, subject: TraceSubject): ReplayResult {
  const { file, header, steps } = trace;
  const mismatches: Mismatch[] = [];
  const first = compareStates(header.q, subject.state());
  if (first.length > 0) {
    mismatches.push({ file, line: 1, operation: 'before the first operation', differences: first });
  }
  for (const [i, { operation, observation }] of steps.entries()) {
    const differences = compareObservations(observation, subject.perform(operation));
    if (differences.length > 0) {
      mismatches.push({ file, line: i + 2, operation: describeOperation(operation), differences });
    }
  }
  return { operations: steps.length, mismatches };
}
