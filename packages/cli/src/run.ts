import type { Invocation } from './command-line/invocation.js';
import type { Output } from './render/output.js';

/** Carries a command out and returns the exit status: 0 done, 1 refused or failed. */
export type Run = (invocation: Invocation, output: Output) => Promise<number> | number;
