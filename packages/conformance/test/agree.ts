import { expect } from 'vitest';
import { compareObservations } from '../src/compare.js';
import { describeOperation } from '../src/describe-operation.js';
import { describeMismatch } from '../src/mismatch.js';
import type { TraceOperation } from '../src/trace.js';
import type { TraceSubject } from '../src/trace-subject.js';

/** A subject that says what operations mean in its state. */
export interface Model extends TraceSubject {
  leavesOut(operation: TraceOperation): boolean;
  complete(operation: TraceOperation): TraceOperation;
}

/**
 * Does operations to a subject and to a model; every one must lead to the same.
 *
 * @returns what was reached, `attach EEXIST` …
 */
export function agree(
  subject: TraceSubject,
  model: Model,
  operations: readonly TraceOperation[],
): Set<string> {
  const script: string[] = [];
  const reached = new Set<string>();
  for (const planned of operations) {
    if (model.leavesOut(planned)) continue;
    const operation = model.complete(planned);
    script.push(describeOperation(operation));
    const expected = model.perform(operation);
    const differences = compareObservations(expected, subject.perform(operation));
    if (differences.length > 0) {
      const mismatch = { file: 'step', line: script.length, operation: 'differs', differences };
      expect.fail([...script, describeMismatch(mismatch)].join('\n'));
    }
    reached.add(`${operation.op} ${expected.res}`);
  }
  return reached;
}
