import { clip, MprogError } from '@mprog/core';
import { printable } from './printable.js';

/**
 * The error for a file that is not a trace: code `ERR_INVALID_TRACE`, data `file` and `line`.
 *
 * @param line line of the fault, counted from 1; null when the file as a whole is at fault
 */
export function traceError(
  file: string,
  line: number | null,
  reason: string,
  options: { readonly cause?: unknown } = {},
): MprogError {
  const place = line === null ? clip(file) : `${clip(file)}:${line}`;
  return new MprogError('ERR_INVALID_TRACE', printable(`read trace ${place}: ${reason}`), {
    ...options,
    data: { file, line },
  });
}
