import type { Invocation } from '../command-line/invocation.js';
import { openManager } from '../open-manager.js';
import type { Output } from '../render/output.js';
import { renderHook } from '../render/show-hook.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openManager(invocation);
  const effective = invocation.flag('effective');
  const inventory = opened.manager.show(invocation.argument('HOOK'), { effective });
  const hooks = inventory.hooks;
  if (output.isJson) output.json({ ...inventory });
  else if (output.quiet) {
    const members = hooks.flatMap(({ effective, attachments }) => effective ?? attachments);
    output.lines(...members.map(({ program }) => String(program.id)));
  } else output.lines(...hooks.flatMap((hook) => renderHook(hook, output.style, output.columns)));
  for (const error of inventory.errors) output.warn(error);
  return 0;
}
