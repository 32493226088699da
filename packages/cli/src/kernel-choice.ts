import { clip, MprogError } from '@mprog/core';
import type { GivenOptions } from './command-line/invocation.js';

/** Which kernel a command line asks for. */
export type KernelChoice =
  | { readonly kind: 'linux' }
  /** The host that a state file holds. */
  | { readonly kind: 'simulated'; readonly file: string };

/**
 * Reads `--kernel`; linux when it is absent, never anything else by itself.
 *
 * @throws MprogError `ERR_KERNEL` for a line that is still being typed; others are checked by the parser
 */
export function kernelChoice(given: GivenOptions): KernelChoice {
  const text = given.option('kernel') ?? 'linux';
  if (text === 'linux') return { kind: 'linux' };
  const file = /^simulated:(.+)$/s.exec(text)?.[1];
  if (file !== undefined) return { kind: 'simulated', file };
  throw new MprogError('ERR_KERNEL', `read --kernel ${JSON.stringify(clip(text))}: it names no kernel`);
}
