import { env } from 'node:process';
import type { Laboratory } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agree } from '../test/agree.js';
import { CgroupModel } from '../test/cgroup-model.js';
import { operationSequence } from '../test/operation-sequence.js';
import { CgroupSubject } from './cgroup-subject.js';
import type { TraceOperation } from './trace.js';

const seeds = env.MPROG_SEED === undefined ? [1, 618, 20230719] : [Number(env.MPROG_SEED)];
/** Few programs, so that operations meet each other's. */
const PROGRAMS = 8;
/** Enough programs to fill a list of 64. */
const MANY_PROGRAMS = 69;
const FILLED = 64;

const outcomes = {
  attach: ['ok', 'EINVAL', 'EBADF', 'ENOENT', 'ESTALE', 'EPERM'],
  detach: ['ok', 'EINVAL', 'ENOENT', 'ESTALE'],
  link_create: ['ok', 'EINVAL', 'EBADF', 'ENOENT', 'ESTALE', 'EPERM'],
  link_update: ['ok', 'EINVAL', 'EBADF', 'ENOLINK', 'EPERM'],
  link_detach: ['ok', 'EINVAL', 'EBADF'],
  link_open: ['ok', 'ENOENT'],
  link_close: ['ok', 'EBADF'],
  link_info: ['ok', 'EINVAL', 'EBADFD'],
  query: ['ok', 'ENOSPC', 'EINVAL', 'ENOENT'],
  target_remove: ['ok'],
} as const;

function check(laboratory: Laboratory, operations: readonly TraceOperation[], programs: number): Set<string> {
  using subject = new CgroupSubject(laboratory, programs);
  return agree(subject, new CgroupModel(), operations);
}

for (const seed of seeds) {
  test(`client and simulated cgroups agree with the model on random sequences (seed ${seed}, MPROG_SEED sets another)`, {
    timeout: 60_000,
  }, () => {
    const reached = new Set<string>();
    using laboratory = new SimulatedLaboratory();
    fc.assert(
      fc.property(operationSequence(PROGRAMS, 'cgroup'), (operations) => {
        for (const outcome of check(laboratory, operations, PROGRAMS)) reached.add(outcome);
      }),
      { seed, numRuns: 200 },
    );
    const wanted = Object.entries(outcomes).flatMap(([op, results]) => results.map((res) => `${op} ${res}`));
    expect(wanted.filter((outcome) => !reached.has(outcome))).toEqual([]);
  });

  test(`they agree around a full list (seed ${seed}, MPROG_SEED sets another)`, { timeout: 60_000 }, () => {
    const reached = new Set<string>();
    using laboratory = new SimulatedLaboratory();
    const fill = Array.from({ length: FILLED }, (_, i): TraceOperation => {
      const placed = { on: 'A', rel: null, rev: { mode: '0', value: 0 } } as const;
      return i % 5 === 0
        ? { op: 'link_create', ...placed, flags: [], prog: `p${i}`, as: 'l0' }
        : { op: 'attach', ...placed, flags: ['ALLOW_MULTI'], prog: `p${i}`, replace: null };
    });
    fc.assert(
      fc.property(operationSequence(MANY_PROGRAMS, 'cgroup'), (operations) => {
        for (const outcome of check(laboratory, [...fill, ...operations], MANY_PROGRAMS))
          reached.add(outcome);
      }),
      { seed, numRuns: 20 },
    );
    expect([...reached]).toEqual(expect.arrayContaining(['attach E2BIG', 'link_create E2BIG', 'detach ok']));
  });
}
