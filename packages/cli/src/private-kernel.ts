import type { Invocation } from './command-line/invocation.js';

/** Which kernel a command line asks for where the command makes a host of its own; null when it leaves the choice. */
export function privateKernel(invocation: Invocation): 'linux' | 'simulated' | null {
  const text = invocation.option('kernel');
  if (text === undefined) return null;
  return text === 'linux' ? 'linux' : 'simulated';
}
