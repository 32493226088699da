import type { Invocation } from '../command-line/invocation.js';
import { openPolicyManager } from '../open-policy-manager.js';
import type { Output } from '../render/output.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  using opened = await openPolicyManager(invocation, 'query');
  const globs = invocation.argumentList('HOOK-GLOB');
  const allNamespaces = invocation.flag('all-namespaces');
  const { text, errors } = opened.manager.export({ globs, allNamespaces });
  const { kernel, bootId } = opened.kernel.host.world;
  if (output.isJson) output.json({ kernel, bootId, policy: text, errors });
  else output.text(text);
  for (const error of errors) output.warn(error);
  return 0;
}
