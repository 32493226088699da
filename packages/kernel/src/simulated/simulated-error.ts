import { MprogError } from '@mprog/core';
import { type errno, errnoName } from '../abi/errno.js';

const meanings: Readonly<Record<string, string>> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file, device or object',
  EBADF: 'not an open file descriptor',
  EBUSY: 'in use',
  EEXIST: 'it exists already',
  EINVAL: 'invalid argument',
  EMFILE: 'this process has too many open file descriptors',
  ENAMETOOLONG: 'the name is too long',
  ENODEV: 'no such device in this network namespace',
  ENOTDIR: 'not a directory',
  EISDIR: 'it is a directory',
  ENOTEMPTY: 'the directory is not empty',
  EXDEV: 'the two paths are on different file systems',
};

/**
 * The error for something that the simulated kernel refuses outside of bpf(2).
 *
 * @param operation verb and object, `add device eth0`
 * @param code name of an error number
 * @param reason in words; by default the general meaning of the code
 */
export function simulatedError(
  operation: string,
  code: keyof typeof errno,
  reason?: string,
  data?: Readonly<Record<string, unknown>>,
): MprogError {
  const words = reason ?? meanings[code] ?? 'the simulated kernel refused';
  return new MprogError(code, `${operation}: ${words} (${code})`, data === undefined ? {} : { data });
}

/** Gives a result back, or throws the error that a negative one stands for. */
export function orThrow(result: number, operation: string): number {
  if (result < 0) throw simulatedError(operation, errnoName(-result) as keyof typeof errno);
  return result;
}
