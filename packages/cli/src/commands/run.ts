import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { readPacket } from '../packet-argument.js';
import type { Output } from '../render/output.js';
import { renderPacketRun } from '../render/packet-run.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const packet = readPacket(invocation.option('packet') ?? '');
  using opened = await openManager(invocation);
  const answer = opened.manager.run(invocation.argument('HOOK'), packet);
  if (output.isJson) output.json({ ...answer });
  else if (output.quiet) output.lines(...answer.runs.map(({ program }) => String(program.id)));
  else output.lines(...renderPacketRun(answer, output.style, output.columns));
  for (const error of answer.errors) output.warn(error);
  return 0;
}
