import { env } from 'node:process';
import type { Laboratory } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { operationSequence } from '../test/operation-sequence.js';
import { TcxModel } from '../test/tcx-model.js';
import { compareObservations } from './compare.js';
import { describeOperation } from './describe-operation.js';
import { describeMismatch } from './mismatch.js';
import { TcxSubject } from './tcx-subject.js';
import type { TraceOperation } from './trace.js';

const seeds = env.MPROG_SEED === undefined ? [1, 618, 20230719] : [Number(env.MPROG_SEED)];
/** Few programs, so that operations meet each other's. */
const PROGRAMS = 8;
/** Enough programs to fill a hook of 63. */
const MANY_PROGRAMS = 68;
const FILLED = 63;

/** Does operations to client and simulated kernel and to the model; every one must lead to the same. */
function agree(
  laboratory: Laboratory,
  operations: readonly TraceOperation[],
  programs: number,
  reached: Set<string>,
): void {
  const script: string[] = [];
  const model = new TcxModel();
  using subject = new TcxSubject(laboratory, programs);
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
}

const outcomes = {
  attach: ['ok', 'EINVAL', 'EBADF', 'ENODEV', 'ESTALE', 'EEXIST', 'ENOENT', 'EBUSY', 'ERANGE'],
  detach: ['ok', 'EINVAL', 'EBADF', 'ENODEV', 'ESTALE', 'ENOENT', 'EBUSY', 'ERANGE'],
  link_create: ['ok', 'EINVAL', 'EBADF', 'ENODEV', 'ESTALE', 'EEXIST', 'ENOENT', 'ERANGE'],
  link_update: ['ok', 'EINVAL', 'EBADF', 'ENOLINK', 'EPERM', 'EEXIST'],
  link_detach: ['ok', 'EINVAL', 'EBADF'],
  link_open: ['ok', 'ENOENT'],
  link_close: ['ok', 'EBADF'],
  link_info: ['ok', 'EINVAL', 'EBADFD'],
  query: ['ok', 'ENOSPC', 'EINVAL', 'ENODEV'],
  clsact: ['ok'],
  target_remove: ['ok'],
} as const;

for (const seed of seeds) {
  test(`client and simulated kernel agree with the model on random sequences (seed ${seed}, MPROG_SEED sets another)`, {
    timeout: 60_000,
  }, () => {
    const reached = new Set<string>();
    using laboratory = new SimulatedLaboratory();
    fc.assert(
      fc.property(operationSequence(PROGRAMS), (operations) =>
        agree(laboratory, operations, PROGRAMS, reached),
      ),
      { seed, numRuns: 200 },
    );
    const wanted = Object.entries(outcomes).flatMap(([op, results]) => results.map((res) => `${op} ${res}`));
    expect(wanted.filter((outcome) => !reached.has(outcome))).toEqual([]);
  });

  test(`they agree around a full hook (seed ${seed}, MPROG_SEED sets another)`, { timeout: 60_000 }, () => {
    const reached = new Set<string>();
    using laboratory = new SimulatedLaboratory();
    const fill = Array.from({ length: FILLED }, (_, i): TraceOperation => {
      const placed = { on: 'ingress', flags: [], rel: null, rev: { mode: '0', value: 0 } } as const;
      return i % 5 === 0
        ? { op: 'link_create', ...placed, prog: `p${i}`, as: 'l0' }
        : { op: 'attach', ...placed, prog: `p${i}`, replace: null };
    });
    fc.assert(
      fc.property(operationSequence(MANY_PROGRAMS), (operations) =>
        agree(laboratory, [...fill, ...operations], MANY_PROGRAMS, reached),
      ),
      { seed, numRuns: 20 },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining(['attach ERANGE', 'detach ERANGE', 'link_create ERANGE']),
    );
  });
}
