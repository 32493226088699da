import { gunzipSync } from 'node:zlib';
import { clip, MprogError } from '@mprog/core';
import { readRegularFile } from '@mprog/kernel/read-regular-file';
import { parseTrace } from './parse-trace.js';
import { printable } from './printable.js';
import { describeShippedTraces } from './shipped-traces.js';
import type { Trace } from './trace.js';
import { traceError } from './trace-error.js';

/** A trace of a thousand operations has half a megabyte; anything near this is something else. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a trace from the bytes of its file, plain or gzip, told apart by their first bytes.
 *
 * @param file what messages call it
 * @throws MprogError `ERR_INVALID_TRACE`, naming file, line and field
 */
export function readTrace(bytes: Uint8Array, file: string): Trace {
  const plain = isGzip(bytes) ? decompress(bytes, file) : bytes;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (cause) {
    throw traceError(file, null, 'it is neither text nor gzip', { cause });
  }
  return parseTrace(text, file);
}

/**
 * Reads the trace in a file.
 *
 * @throws MprogError `ERR_INVALID_TRACE`, or the errno name when the file cannot be read or is no regular one
 */
export function readTraceFile(path: string): Trace {
  let bytes: Uint8Array;
  try {
    bytes = readRegularFile(path, MAX_BYTES);
  } catch (cause) {
    if (!MprogError.is(cause)) throw cause;
    const { code, data } = cause;
    // A word without a folder may be meant as the name of a shipped trace.
    const remedy = code === 'ENOENT' && !path.includes('/') ? `; ${describeShippedTraces()}` : '';
    const message = `read trace ${clip(path)}: ${reasons[code] ?? data.reason} (${code})${remedy}`;
    throw new MprogError(code, printable(message), {
      cause,
      data: { file: path, line: null },
    });
  }
  return readTrace(bytes, path);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory; name the files in it',
};

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function decompress(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'Z_BUF_ERROR'
        ? 'the gzip data is cut off'
        : code === 'ERR_BUFFER_TOO_LARGE'
          ? `it has more than ${MAX_BYTES} bytes when unpacked`
          : `the gzip data is damaged (${(cause as Error).message})`;
    throw traceError(file, null, reason, { cause });
  }
}
