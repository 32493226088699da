import {
  CgroupWatcher,
  type FuzzTarget,
  fuzz,
  fuzzPassed,
  RawTarget,
  reportFuzz,
  SequenceTarget,
} from '@mprog/conformance';
import { MprogError } from '@mprog/core';
import type { Invocation } from '../command-line/invocation.js';
import { numberOption, seedRange } from '../conformance-options.js';
import { Interruption } from '../interruption.js';
import { openLaboratory } from '../open-laboratory.js';
import type { Output } from '../render/output.js';
import { Progress } from '../render/progress.js';

const OPERATIONS = 120;
const layers = ['tcx', 'cgroup', 'raw'] as const;

export async function run(invocation: Invocation, output: Output): Promise<number> {
  if (invocation.option('kernel') !== undefined) {
    throw new MprogError('ERR_KERNEL', 'read --kernel: conformance fuzz always compares the two kernels');
  }
  const seeds = seedRange(invocation.option('seeds')!);
  const ops = numberOption(invocation, 'ops', { least: 1, most: 100_000 }) ?? OPERATIONS;
  const asked = layers.filter((layer) => layer === (invocation.option('layer') ?? layer));
  const reference = await openLaboratory('linux');
  const candidate = await openLaboratory('simulated');
  const open = (layer: (typeof layers)[number]): FuzzTarget =>
    layer === 'raw' ? new RawTarget({ ops }) : new SequenceTarget({ layer, ops, reference, candidate });
  using interruption = new Interruption();
  using _watcher = asked.includes('cgroup') ? new CgroupWatcher() : null;
  using progress = new Progress(output, 'compared');
  const summary = await fuzz(
    asked.map((layer) => () => open(layer)),
    {
      ...seeds,
      signal: interruption.signal,
      onProgress({ done, total, script }) {
        if (script !== null && !output.isJson && !output.quiet) {
          progress.clear();
          output.lines(script);
        }
        progress.show(done, total);
      },
    },
  );
  progress.clear();
  if (output.isJson) output.json({ layers: asked, ...seeds, ...summary });
  else output.lines(...reportFuzz(summary).split('\n'));
  return fuzzPassed(summary) ? 0 : 1;
}
