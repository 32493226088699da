import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import type { Output } from '../render/output.js';
import { renderProbe } from '../render/probe.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation, null);
  const report = opened.manager.probe();
  if (output.isJson) output.json({ ...report });
  else output.lines(...renderProbe(report, output.style, output.columns));
  return 0;
}
