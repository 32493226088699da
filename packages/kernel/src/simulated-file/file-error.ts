import { MprogError } from '@mprog/core';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota of its file system is used up',
  EFBIG: 'it is larger than a file may be',
  EIO: 'its disk fails',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'this process has too many open file descriptors',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file or directory',
  ENOSPC: 'its file system is full',
  ENOTDIR: 'a part of its path is no directory',
  EPERM: 'operation not permitted',
  EROFS: 'its file system is read-only',
};

/** Runs an action on the state file, with errors of the file system as `MprogError`s of the same code. */
export function withFileErrors<Result>(operation: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (MprogError.is(error) || typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw error;
    throw new MprogError(code, `${operation}: ${reasons[code] ?? message} (${code})`, { cause: error });
  }
}
