import type { Invocation } from '../command-line/invocation.js';
import { privateKernel } from '../private-kernel.js';
import type { Output } from '../render/output.js';

/** Milliseconds in which somebody in front of a terminal reads a chapter. */
const PAUSE = 900;

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const asked = privateKernel(invocation);
  if (asked === 'linux') {
    const { openLaboratory } = await import('../open-laboratory.js');
    await openLaboratory(asked, 'without --kernel the simulated kernel is used');
  }
  const { runDemo } = await import('../demo/demo.js');
  const pause = Number.isFinite(output.columns) ? PAUSE : 0;
  return runDemo({ output, simulated: asked === 'simulated', pause });
}
