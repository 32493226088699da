import { KernelError } from '../../src/index.js';

/** The error of an action that the kernel refuses; it throws when the kernel does not. */
export function refused(action: () => unknown): KernelError {
  try {
    action();
  } catch (error) {
    if (error instanceof KernelError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
