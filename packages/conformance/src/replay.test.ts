import { basename } from 'node:path';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, expect, test } from 'vitest';
import { CgroupModel } from '../test/cgroup-model.js';
import { TcxModel } from '../test/tcx-model.js';
import { describeMismatch } from './mismatch.js';
import { readTraceFile } from './read-trace.js';
import { type ReplayResult, replay, replayOn } from './replay.js';
import { reportReplay } from './report.js';
import { shippedTraces } from './shipped-traces.js';
import type { Observation, Trace } from './trace.js';

const traces = shippedTraces('tcx').map((path) => [basename(path), path] as const);
const cgroupTraces = shippedTraces('cgroup').map((path) => [basename(path), path] as const);
const [[, firstPath]] = traces as [(typeof traces)[number]];

/** The report of one replay; in words, because a difference of whole results is not readable. */
function reported(result: ReplayResult): string {
  return reportReplay({ ...result, traces: 1, failures: [] });
}

function passed(trace: Trace): string {
  return `1 traces, ${trace.header.ops} operations, 0 mismatches`;
}

describe('every shipped tcx trace agrees with the simulated kernel', () => {
  test.each(traces)('%s', (_name, path) => {
    const trace = readTraceFile(path);
    using laboratory = new SimulatedLaboratory();
    expect(reported(replay(trace, laboratory))).toBe(passed(trace));
  });
});

describe('every shipped cgroup trace agrees with the simulated kernel', () => {
  test.each(cgroupTraces)('%s', (_name, path) => {
    const trace = readTraceFile(path);
    using laboratory = new SimulatedLaboratory();
    expect(reported(replay(trace, laboratory))).toBe(passed(trace));
  });
});

describe('every shipped tcx trace agrees with the model of tcx in plain arrays', () => {
  test.each(traces)('%s', (_name, path) => {
    const trace = readTraceFile(path);
    expect(reported(replayOn(trace, new TcxModel()))).toBe(passed(trace));
  });
});

describe('every shipped cgroup trace agrees with the model of cgroups in plain arrays', () => {
  test.each(cgroupTraces)('%s', (_name, path) => {
    const trace = readTraceFile(path);
    expect(reported(replayOn(trace, new CgroupModel()))).toBe(passed(trace));
  });
});

describe('a replay can fail', () => {
  /** Replays tcx-001 after one observation was changed: the first whose step satisfies `wanted`. */
  function damaged(
    wanted: (step: Trace['steps'][number]) => boolean,
    change: (observation: Observation) => Observation,
  ): { readonly result: ReplayResult; readonly text: string } {
    const trace = { ...readTraceFile(firstPath), file: 'damaged.jsonl' };
    const at = trace.steps.findIndex(wanted);
    const steps = trace.steps.map((step, i) =>
      i === at ? { ...step, observation: change(step.observation) } : step,
    );
    using laboratory = new SimulatedLaboratory();
    const result = replay({ ...trace, steps }, laboratory);
    expect(result.operations).toBe(trace.header.ops);
    return { result, text: result.mismatches.map(describeMismatch).join('\n') };
  }

  test('another result gives exactly one readable mismatch', () => {
    const { result, text } = damaged(
      ({ operation }) => operation.op === 'link_create',
      (observation) => ({ ...observation, res: 'EEXIST' }),
    );
    expect(result.mismatches).toHaveLength(1);
    expect(text).toBe(
      [
        'damaged.jsonl:4: create link l0 of p24 to egress, AFTER',
        '  result: expected EEXIST',
        '               got ok',
      ].join('\n'),
    );
  });

  test('another order gives exactly one readable mismatch', () => {
    const { result, text } = damaged(
      ({ operation }) => operation.op === 'link_create',
      (observation) => ({
        ...observation,
        q: {
          ...observation.q,
          egress: {
            rev: 3,
            list: [
              ['p24', 'l0'],
              ['p14', null],
            ],
          },
        },
      }),
    );
    expect(result.mismatches).toHaveLength(1);
    expect(text).toBe(
      [
        'damaged.jsonl:4: create link l0 of p24 to egress, AFTER',
        '  egress: expected revision 3 [p24(l0) p14]',
        '               got revision 3 [p14 p24(l0)]',
      ].join('\n'),
    );
  });

  test('another output gives exactly one readable mismatch', () => {
    const { result, text } = damaged(
      ({ observation }) => observation.out !== undefined,
      (observation) => ({ ...observation, out: { ...observation.out!, count: 2, ids: ['p12'] } }),
    );
    expect(result.mismatches).toHaveLength(1);
    expect(text).toBe(
      [
        'damaged.jsonl:19: query ingress, count 2',
        '  output: expected count 2, revision 2, attach_flags 0, ids [p12], flags NULL, links [-]',
        '               got count 1, revision 2, attach_flags 0, ids [p13], flags NULL, links [-]',
      ].join('\n'),
    );
  });

  test('another info gives exactly one readable mismatch', () => {
    const { result, text } = damaged(
      ({ observation }) => observation.info !== undefined,
      (observation) => ({ ...observation, info: { prog: 'p28', attached: false } }),
    );
    expect(result.mismatches).toHaveLength(1);
    expect(text).toContain(
      'read info of link l0\n  info: expected p28, defunct\n             got p28, attached',
    );
  });

  test('another first state is a mismatch of line 1', () => {
    const trace = readTraceFile(firstPath);
    const q = { ...trace.header.q, ingress: { rev: 5, list: [] } };
    using laboratory = new SimulatedLaboratory();
    const { mismatches } = replay({ ...trace, header: { ...trace.header, q } }, laboratory);
    expect(mismatches).toEqual([
      {
        file: firstPath,
        line: 1,
        operation: 'before the first operation',
        differences: [{ what: 'ingress', expected: 'revision 5 []', got: 'revision 1 []' }],
      },
    ]);
  });

  test('an operation that is left out shows in those that follow', () => {
    const trace = readTraceFile(firstPath);
    const at = trace.steps.findIndex(({ operation }) => operation.op === 'link_create');
    using laboratory = new SimulatedLaboratory();
    const { mismatches } = replay({ ...trace, steps: trace.steps.toSpliced(at, 1) }, laboratory);
    expect(mismatches.length).toBeGreaterThan(1);
  });
});

test('a laboratory can serve one trace after another and keeps neither device nor program', () => {
  using laboratory = new SimulatedLaboratory();
  const { devices } = laboratory.host.world;
  const before = devices.call(laboratory.host.world);
  for (const [, path] of traces.slice(0, 3)) {
    expect(replay(readTraceFile(path), laboratory).mismatches).toEqual([]);
  }
  expect(devices.call(laboratory.host.world)).toEqual(before);
});

test('nor a cgroup', () => {
  using laboratory = new SimulatedLaboratory();
  const { world } = laboratory.host;
  const before = world.cgroups();
  for (const [, path] of cgroupTraces.slice(0, 3)) {
    expect(replay(readTraceFile(path), laboratory).mismatches).toEqual([]);
  }
  expect(world.cgroups()).toEqual(before);
});
