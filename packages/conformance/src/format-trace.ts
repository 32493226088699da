import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { clip, MprogError } from '@mprog/core';
import { parseTrace } from './parse-trace.js';
import type { Trace } from './trace.js';

/** The text of a trace: one JSON object per line, the header first. */
export function formatTrace({ header, steps }: Trace): string {
  const lines: unknown[] = [
    header,
    ...steps.map(({ operation, observation }, i) => ({ i, ...operation, ...observation })),
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * Writes a trace into a file that does not exist yet, compressed when its name ends in `.gz`; what cannot be written whole
 * is removed again.
 *
 * @throws MprogError `ERR_INVALID_TRACE` for one that could not be read again, `EEXIST`, or the errno of the file system
 */
export function writeTraceFile(path: string, trace: Trace): void {
  const text = formatTrace(trace);
  parseTrace(text, path);
  const bytes = path.endsWith('.gz') ? gzipSync(text) : Buffer.from(text);
  try {
    const fd = openSync(path, 'wx');
    try {
      writeFileSync(fd, bytes);
    } catch (error) {
      // A part of a trace is worth nothing, and would be in the way of the next attempt.
      unlinkSync(path);
      throw error;
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/**
 * Makes sure that a trace can be written before it is recorded: the file must not exist, its directory must.
 *
 * @throws MprogError `EEXIST`, or the errno of the file system
 */
export function requireWritableTrace(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    unlinkSync(path);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): MprogError {
  const { code = 'EIO', message } = cause as NodeJS.ErrnoException;
  const reason = reasons[code] ?? message.replace(/^[A-Z0-9]+: /, '').replace(/, .*$/s, '');
  return new MprogError(code, `write trace ${clip(path)}: ${reason} (${code})`, {
    cause,
    data: { file: path },
  });
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'there is such a file already; name another one or remove it',
  ENOENT: 'there is no such directory',
  EISDIR: 'the path is that of a directory',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOTDIR: 'a part of the path is no directory',
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the file system is full',
};
