import type { DetachTarget } from '@mprog/manager';
import type { Invocation } from '../command-line/invocation.js';
import type { Output } from '../render/output.js';
import { chainOptions, changeCommand } from './change-command.js';

export function run(invocation: Invocation, output: Output): Promise<number> {
  const options = { ...chainOptions(invocation), ignoreMissing: invocation.flag('ignore-missing') };
  return changeCommand(invocation, output, {
    use: 'query',
    ids: 'programs',
    change: (manager) => manager.detach(invocation.argument('HOOK'), targetOf(invocation), options),
  });
}

function targetOf(invocation: Invocation): DetachTarget {
  const before = invocation.option('before');
  const after = invocation.option('after');
  if (before !== undefined) return { before };
  if (after !== undefined) return { after };
  if (invocation.flag('first')) return { first: true };
  if (invocation.flag('last')) return { last: true };
  return invocation.argument('REF');
}
