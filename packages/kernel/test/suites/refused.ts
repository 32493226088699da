import { MprogError } from '@mprog/core';

/** The error of an action that is refused; it throws when the action is not, or breaks. */
export function refused(action: () => unknown): MprogError {
  try {
    action();
  } catch (error) {
    if (MprogError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
