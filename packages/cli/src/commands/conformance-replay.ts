import { CgroupWatcher, locateTrace, replayFiles, replayPassed, reportReplay } from '@mprog/conformance';
import type { Laboratory } from '@mprog/kernel';
import type { Invocation } from '../command-line/invocation.js';
import { openLaboratory } from '../open-laboratory.js';
import { privateKernel } from '../private-kernel.js';
import type { Output } from '../render/output.js';
import { Progress } from '../render/progress.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const isLive = privateKernel(invocation) === 'linux';
  const makeLaboratory: () => Laboratory = await openLaboratory(
    isLive ? 'linux' : 'simulated',
    'without --kernel the simulated kernel is used',
  );
  const files = invocation.argumentList('FILE').map(locateTrace);
  using _watcher = isLive ? new CgroupWatcher() : null;
  using progress = new Progress(output, 'replayed');
  const kernel = isLive ? 'the linux kernel, in private namespaces' : 'the simulated kernel';
  if (!output.isJson && !output.quiet) output.lines(`replaying on ${kernel}`);
  const summary = replayFiles(files, makeLaboratory, {
    onProgress: ({ done, total }) => progress.show(done, total),
  });
  progress.clear();
  if (output.isJson) {
    const { traces, operations, mismatches } = summary;
    const failures = summary.failures.map(({ file, error }) => ({
      file,
      code: error.code,
      message: error.message,
    }));
    output.json({ kernel: isLive ? 'linux' : 'simulated', traces, operations, mismatches, failures });
  } else output.lines(reportReplay(summary));
  return replayPassed(summary) ? 0 : 1;
}
