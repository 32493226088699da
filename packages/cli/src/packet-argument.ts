import { readFileSync, type Stats, statSync } from 'node:fs';
import { MprogError } from '@mprog/core';

/** The longest packet that the kernel runs programs on is about a page; this bounds what is read. */
const MOST_BYTES = 1024 * 1024;
const captures: readonly string[] = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'];

/**
 * Reads a packet: hexadecimal digits, or a file of such digits or of the bytes themselves. A file of that name wins.
 *
 * @throws MprogError `EINVAL`, or the errno of the file system
 */
export function readPacket(text: string): Uint8Array {
  const operation = `read packet ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
  const stats = statFile(text, operation);
  if (stats === undefined) {
    const bytes = fromHex(text);
    if (bytes !== null) return bytes;
    throw new MprogError(
      'ENOENT',
      `${operation}: there is no such file, and it is no even number of hexadecimal digits (ENOENT)`,
    );
  }
  if (!stats.isFile() || stats.size > MOST_BYTES) {
    const reason = stats.isFile()
      ? `it has ${stats.size} bytes, which is no packet`
      : 'it is no ordinary file';
    throw new MprogError('EINVAL', `${operation}: ${reason} (EINVAL)`);
  }
  const bytes = readFile(text, operation);
  if (captures.includes(toHex(bytes.subarray(0, 4)))) {
    throw new MprogError(
      'EINVAL',
      `${operation}: it is a capture of many packets (EINVAL); give the bytes of one`,
    );
  }
  return fromHex(Buffer.from(bytes).toString('latin1')) ?? bytes;
}

/** Undefined where there is no such file, as for digits that are longer than a name of a file may be. */
function statFile(path: string, operation: string): Stats | undefined {
  if (path.includes('\0')) return undefined;
  try {
    return statSync(path);
  } catch (error) {
    const { code = 'EIO', message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw new MprogError(code, `${operation}: ${message}`, { cause: error });
  }
}

function readFile(path: string, operation: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new MprogError(code ?? 'EIO', `${operation}: ${message}`, { cause: error });
  }
}

/** Digits in pairs, with blanks, colons and line breaks between them; null for anything else. */
function fromHex(text: string): Uint8Array | null {
  const digits = text.replace(/[\s:]+/g, '');
  return /^([0-9a-f]{2})+$/i.test(digits) ? new Uint8Array(Buffer.from(digits, 'hex')) : null;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
