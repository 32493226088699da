import { env } from 'node:process';
import type { Laboratory } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agree } from '../test/agree.js';
import { operationSequence } from '../test/operation-sequence.js';
import { TcxModel } from '../test/tcx-model.js';
import { TcxSubject } from './tcx-subject.js';
import type { TraceOperation } from './trace.js';

const seeds = env.MPROG_SEED === undefined ? [1, 618, 20230719] : [Number(env.MPROG_SEED)];
/** Few programs, so that operations meet each other's. */
const PROGRAMS = 8;
/** Enough programs to fill a hook of 63. */
const MANY_PROGRAMS = 68;
const FILLED = 63;

function check(laboratory: Laboratory, operations: readonly TraceOperation[], programs: number): Set<string> {
  using subject = new TcxSubject(laboratory, programs);
  return agree(subject, new TcxModel(), operations);
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
      fc.property(operationSequence(PROGRAMS), (operations) => {
        for (const outcome of check(laboratory, operations, PROGRAMS)) reached.add(outcome);
      }),
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
      fc.property(operationSequence(MANY_PROGRAMS), (operations) => {
        for (const outcome of check(laboratory, [...fill, ...operations], MANY_PROGRAMS))
          reached.add(outcome);
      }),
      { seed, numRuns: 20 },
    );
    expect([...reached]).toEqual(
      expect.arrayContaining(['attach ERANGE', 'detach ERANGE', 'link_create ERANGE']),
    );
  });
}
