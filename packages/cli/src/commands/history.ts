import type { Invocation } from '../command-line/invocation.js';
import { openPolicyManager } from '../open-policy-manager.js';
import { renderHistory } from '../render/history.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openPolicyManager(invocation, 'query');
  const history = opened.manager.history(invocation.optionalArgument('HOOK'));
  if (output.isJson) output.json({ ...history });
  else if (output.quiet) output.lines(...history.entries.map(({ entry }) => entry));
  else output.lines(...renderHistory(history, output.style, output.columns));
  return 0;
}
