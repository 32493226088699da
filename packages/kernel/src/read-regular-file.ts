import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { clip, MprogError } from '@mprog/core';
import { fileReason } from './file-reason.js';

export { fileReason };

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Room for a file that says of itself that it is empty, as those of /proc do. */
const LEAST = 4096;

/**
 * Reads a file whole; symbolic links are followed. It never waits: a pipe, a device or a socket is refused.
 *
 * @param limit most bytes that the file may have
 * @throws MprogError `EINVAL` for what is no regular file, `EISDIR` for a directory, `EFBIG` when there are more bytes than
 * `limit`, else the errno of the file system; `data.reason` has the words without the path
 */
export function readRegularFile(path: string, limit: number): Uint8Array {
  try {
    const fd = openSync(path, FLAGS);
    try {
      const stat = fstatSync(fd);
      if (stat.isDirectory()) throw refusal(path, 'EISDIR');
      if (!stat.isFile()) throw refusal(path, 'EINVAL', 'it is no regular file');
      if (stat.size > limit) throw tooLarge(path, limit);
      return readAll(fd, path, stat.size, limit);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (MprogError.is(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_INVALID_ARG_VALUE') {
      throw refusal(path, 'EINVAL', 'a path holds no NUL character', error);
    }
    if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) throw error;
    if (code === 'ENXIO' || code === 'ENODEV') throw refusal(path, 'EINVAL', 'it is no regular file', error);
    throw refusal(path, code, fileReason(code), error);
  }
}

/** The size is only where it begins: a file may grow meanwhile, and those of /proc have none. */
function readAll(fd: number, path: string, size: number, limit: number): Uint8Array {
  let bytes = new Uint8Array(Math.max(size + 1, LEAST));
  for (let length = 0; ; ) {
    const count = readSync(fd, bytes, length, bytes.length - length, null);
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length > limit) throw tooLarge(path, limit);
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
  }
}

function tooLarge(path: string, limit: number): MprogError {
  return refusal(path, 'EFBIG', `it has more than ${limit} bytes`);
}

function refusal(path: string, code: string, reason: string = fileReason(code), cause?: unknown): MprogError {
  return new MprogError(code, `read ${clip(path)}: ${reason} (${code})`, { cause, data: { path, reason } });
}
