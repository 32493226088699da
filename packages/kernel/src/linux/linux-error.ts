import { MprogError } from '@mprog/core';
import { errno, errnoName } from '../abi/errno.js';
import { fileReason } from '../file-reason.js';

/** What an error number means where the operation itself adds nothing to it. */
const meanings: Readonly<Record<string, string>> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file, device or object',
  EACCES: 'permission denied',
  EBADF: 'not an open file descriptor',
  EBUSY: 'in use',
  EEXIST: 'it exists already',
  EINVAL: 'invalid argument',
  EMFILE: 'this process has too many open file descriptors',
  ENODEV: 'no such device in this network namespace',
  ENOMEM: 'out of memory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'the directory is not empty',
  EOPNOTSUPP: 'this kernel does not support it',
  EROFS: 'the file system is read-only',
  EXDEV: 'the two paths are on different file systems',
};

/**
 * The error for a call of Linux that was refused; its code is the errno name.
 *
 * @param operation verb and object, `mount bpffs on /sys/fs/bpf`
 * @param number positive error number
 * @param reason in words; by default the general meaning of the number
 */
export function linuxError(
  operation: string,
  number: number,
  reason?: string,
  data?: Readonly<Record<string, unknown>>,
): MprogError {
  const code = errnoName(number);
  const words = reason ?? meanings[code] ?? 'the kernel refused';
  return new MprogError(code, `${operation}: ${words} (${code})`, data === undefined ? {} : { data });
}

/** Gives a result back, or throws the error that a negative one stands for. */
export function orThrow(
  result: number,
  operation: string,
  reason?: (code: string) => string | undefined,
): number {
  if (result < 0) throw linuxError(operation, -result, reason?.(errnoName(-result)));
  return result;
}

/** Turns an error of `node:fs` into an `MprogError` with the same code; others pass as they are. */
export function fromFileError(operation: string, error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (MprogError.is(error) || typeof code !== 'string') return error;
  const words = meanings[code] ?? fileReason(code);
  return new MprogError(code, `${operation}: ${words} (${code})`, {
    cause: error,
    data: { errno: errno[code as keyof typeof errno] ?? null },
  });
}

/** Runs an action on files, with its errors turned by {@link fromFileError}. */
export function withFileErrors<Result>(operation: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw fromFileError(operation, error);
  }
}
