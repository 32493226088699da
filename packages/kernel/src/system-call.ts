import type { Arena } from './arena.js';

/**
 * The waist: bpf(2) as a function from a command and an attr in memory to a number.
 *
 * The client writes attr bytes into the arena and calls; Linux and the simulated kernel answer. Nothing above this
 * interface knows which one it drives.
 */
export interface SystemCall {
  /** Memory that the attr and all it points to lie in; lives as long as this object. */
  readonly arena: Arena;

  /**
   * Runs one command.
   *
   * @param command number of the command (spec 1.1)
   * @param attr address of the attr; one outside of the arena is EFAULT in the simulated kernel
   * @param size bytes of the attr that the caller knows
   * @returns the result (an fd, or 0), or the negated error number
   */
  bpf(command: number, attr: number, size: number): number;

  /**
   * Runs one command off the event loop, for calls that wait (a tcx attach or detach waits some 8 ms for RCU).
   *
   * The attr is copied before this returns, so it may be overwritten at once; it must hold no pointers. An ifindex in it
   * means the namespace that the caller is in when it calls, not when the kernel acts.
   *
   * @returns a promise of what `bpf` returns
   */
  bpfLater(command: number, attr: number, size: number): Promise<number>;
}
