import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { expect, test } from 'vitest';
import { type FuzzProgress, type FuzzTarget, fuzz, fuzzPassed, reportFuzz } from './fuzz.js';
import { SequenceTarget } from './sequence-target.js';

/** A target whose every seventh seed differs. */
function target(
  layer: string,
  events: string[],
  during: (seed: number) => void = () => undefined,
): FuzzTarget {
  const close = () => void events.push(`close ${layer}`);
  events.push(`open ${layer}`);
  return {
    layer,
    run: async (seed, rest) => {
      during(seed);
      await rest();
      return { operations: 10, script: seed % 7 === 0 ? `script of ${seed}` : null };
    },
    close,
    [Symbol.dispose]: close,
  };
}

test('every seed runs on every target, and a target is closed before the next is opened', async () => {
  const events: string[] = [];
  const progress: FuzzProgress[] = [];
  const open = ['a', 'b'].map((layer) => () => target(layer, events));
  const summary = await fuzz(open, { from: 6, to: 8, onProgress: (done) => progress.push(done) });
  expect(events).toEqual(['open a', 'close a', 'open b', 'close b']);
  expect(progress.map(({ layer, seed, done, total }) => [layer, seed, done, total])).toEqual([
    ['a', 6, 1, 6],
    ['a', 7, 2, 6],
    ['a', 8, 3, 6],
    ['b', 6, 4, 6],
    ['b', 7, 5, 6],
    ['b', 8, 6, 6],
  ]);
  expect(summary.findings).toEqual([
    { layer: 'a', seed: 7, script: 'script of 7' },
    { layer: 'b', seed: 7, script: 'script of 7' },
  ]);
  expect(fuzzPassed(summary)).toBe(false);
  expect(reportFuzz(summary)).toBe('6 sequences, 60 operations, 2 mismatches');
});

test('an interrupted run closes its target, says where it was, and did not pass', async () => {
  const events: string[] = [];
  const controller = new AbortController();
  const open = ['a', 'b'].map(
    (layer) => () => target(layer, events, (seed) => (seed === 3 ? controller.abort('a test') : undefined)),
  );
  const summary = await fuzz(open, { from: 1, to: 5, signal: controller.signal });
  expect(events).toEqual(['open a', 'close a']);
  expect(summary).toEqual({
    sequences: 2,
    operations: 20,
    findings: [],
    interrupted: { layer: 'a', seed: 3, by: 'a test' },
  });
  expect(fuzzPassed(summary)).toBe(false);
  expect(reportFuzz(summary)).toBe(
    'interrupted by a test at seed 3 of a, before it was done\n2 sequences, 20 operations, 0 mismatches',
  );
});

test('what keeps a target from running ends the run and closes the target', async () => {
  const events: string[] = [];
  const open = () => target('a', events, () => Promise.reject(new Error('no right')));
  const failing = () => {
    const made = open();
    return { ...made, run: () => Promise.reject(new Error('no right')) };
  };
  await expect(fuzz([failing], { from: 1, to: 2 })).rejects.toThrow('no right');
  expect(events).toEqual(['open a', 'close a']);
});

test('a run that passes', async () => {
  const reference = () => new SimulatedLaboratory();
  const open = (['tcx', 'cgroup'] as const).map(
    (layer) => () => new SequenceTarget({ layer, ops: 20, reference, candidate: reference }),
  );
  const summary = await fuzz(open, { from: 1, to: 3 });
  expect(fuzzPassed(summary)).toBe(true);
  expect(reportFuzz(summary)).toBe('6 sequences, 162 operations, 0 mismatches');
});

test('a target closes the laboratory that it has when the other cannot be opened', () => {
  const opened = new SimulatedLaboratory();
  const refuse = () => {
    throw new Error('no right');
  };
  expect(
    () => new SequenceTarget({ layer: 'tcx', ops: 1, reference: () => opened, candidate: refuse }),
  ).toThrow('no right');
  expect(() => opened.host.world.devices()).toThrow('EBADF');
});
