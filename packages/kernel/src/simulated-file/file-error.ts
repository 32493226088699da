import { MprogError } from '@mprog/core';
import { fileReason } from '../file-reason.js';

/** Runs an action on the state file, with errors of the file system as `MprogError`s of the same code. */
export function withFileErrors<Result>(operation: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (MprogError.is(error) || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error;
    throw new MprogError(code, `${operation}: ${fileReason(code)} (${code})`, { cause: error });
  }
}
