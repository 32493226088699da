import { MprogError } from '@mprog/core';
import type { Invocation } from './command-line/invocation.js';

/**
 * Which kernel a command line asks for where the command makes a host of its own; null when it leaves the choice.
 *
 * @throws MprogError `ERR_KERNEL`
 */
export function privateKernel(invocation: Invocation): 'linux' | 'simulated' | null {
  const text = invocation.option('kernel');
  if (text === undefined) return null;
  if (text === 'linux' || text === 'simulated') return text;
  const command = invocation.command.path.join(' ');
  const reason = text.startsWith('simulated:')
    ? `${command} makes a host of its own and uses no state file; write --kernel simulated`
    : `${command} takes linux or simulated`;
  throw new MprogError('ERR_KERNEL', `read --kernel ${JSON.stringify(text)}: ${reason}`, {
    data: { kernel: text },
  });
}
