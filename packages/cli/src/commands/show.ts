import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import { renderHook } from '../render/hooks.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const inventory = opened.manager.show(invocation.argument('HOOK'));
  const hooks = inventory.hooks;
  if (output.isJson) output.json({ ...inventory });
  else if (output.quiet) {
    output.lines(...hooks.flatMap(({ attachments }) => attachments.map(({ program }) => String(program.id))));
  } else output.lines(...hooks.flatMap((hook) => renderHook(hook, output.style, output.columns)));
  for (const error of inventory.errors) output.warn(error);
  return 0;
}
