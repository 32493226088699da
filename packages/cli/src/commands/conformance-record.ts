import { CgroupWatcher, Recorder, requireWritableTrace, writeTraceFile } from '@mprog/conformance';
import type { Invocation } from '../command-line/invocation.js';
import { numberOption } from '../conformance-options.js';
import { Interruption } from '../interruption.js';
import { openLaboratory } from '../open-laboratory.js';
import { privateKernel } from '../private-kernel.js';
import type { Output } from '../render/output.js';
import { Progress } from '../render/progress.js';

const OPERATIONS = 120;

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const file = invocation.argument('FILE');
  const layer = invocation.option('layer') === 'cgroup' ? 'cgroup' : 'tcx';
  const seed = numberOption(invocation, 'seed', { least: 0 })!;
  const ops = numberOption(invocation, 'ops', { least: 1, most: 100_000 }) ?? OPERATIONS;
  const kernel = privateKernel(invocation) ?? 'linux';
  const makeLaboratory = await openLaboratory(kernel, '--kernel simulated records the simulated one');
  requireWritableTrace(file);
  using interruption = new Interruption();
  using _watcher = kernel === 'linux' && layer === 'cgroup' ? new CgroupWatcher() : null;
  using laboratory = makeLaboratory();
  using recorder = new Recorder({ layer, seed, ops }, laboratory);
  using progress = new Progress(output, 'recorded');
  while (recorder.step()) {
    progress.show(recorder.done, Math.max(ops, recorder.done));
    await interruption.turn();
    if (interruption.signal.aborted) {
      progress.clear();
      output.fail(`record trace ${file}: interrupted after ${recorder.done} operations; nothing was written`);
      return 1;
    }
  }
  progress.clear();
  const trace = recorder.trace(file);
  writeTraceFile(file, trace);
  const { ops: operations, kernel: release } = trace.header;
  if (output.isJson) output.json({ file, layer, seed, operations, kernel: release });
  else output.lines(output.quiet ? file : `recorded ${operations} operations on ${release} in ${file}`);
  return 0;
}
