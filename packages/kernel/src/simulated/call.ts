import type { Capability } from '../world.js';
import type { AttrReader } from './attr-reader.js';
import type { Caller } from './caller.js';
import type { SimulatedKernel } from './simulated-kernel.js';
import type { UserMemory } from './user-memory.js';

/** One system call under way. */
export interface Call {
  readonly kernel: SimulatedKernel;
  readonly caller: Caller;
  readonly attr: AttrReader;
  /** Address of the caller's attr, for what is written back into it. */
  readonly address: number;
  /** Bytes of the attr that the caller passed. */
  readonly size: number;
  readonly memory: UserMemory;
}

/** One command of bpf(2). */
export interface Command {
  /** End of its last known field; a non-zero byte from there on is EINVAL (spec 1.5). */
  readonly end: number;
  /** A check that comes before that one; returns 0 or a negated error number. */
  readonly before?: (call: Call) => number;
  /** Returns the result or a negated error number. */
  readonly run: (call: Call) => number;
}

/** Whether the caller has a capability; CAP_SYS_ADMIN stands for each of them (spec 7.10, 15). */
export function isCapable(call: Call, capability: Capability): boolean {
  const { capabilities } = call.caller;
  return capabilities.has(capability) || capabilities.has('CAP_SYS_ADMIN');
}
