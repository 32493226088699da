import type { Laboratory } from '@mprog/kernel';

import { compareObservations, compareStates } from './compare.js';
import { describeOperation } from './describe-operation.js';
import type { Mismatch } from './mismatch.js';
import { openSubject } from './open-subject.js';
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
 * or two cgroups, and leaves neither them nor an fd behind.
 *
 * @example
 * using laboratory = simulatedLaboratory();
 * const { mismatches } = replay(readTraceFile('tcx-001.jsonl.gz'), laboratory);
 */
export function replay(trace: Trace, laboratory: Laboratory): ReplayResult {
  const { trace: layer, progs } = trace.header;
  using subject = openSubject(layer, laboratory, progs);
  return replayOn(trace, subject);
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
