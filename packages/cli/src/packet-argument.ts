import { clip, MprogError } from '@mprog/core';
import { readRegularFile } from '@mprog/kernel/read-regular-file';

/** The longest packet that the kernel runs programs on is about a page; this bounds what is read. */
const MOST_BYTES = 1024 * 1024;
const captures: readonly string[] = ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d', '0a0d0d0a'];

/**
 * Reads a packet: hexadecimal digits, or a file of such digits or of the bytes themselves. A file of that name wins.
 *
 * @throws MprogError `EINVAL`, or the errno of the file system
 */
export function readPacket(text: string): Uint8Array {
  const operation = `read packet ${clip(text)}`;
  const bytes = readFile(text, operation);
  if (bytes === null) {
    const digits = fromHex(text);
    if (digits !== null) return digits;
    throw new MprogError(
      'ENOENT',
      `${operation}: there is no such file, and it is no even number of hexadecimal digits (ENOENT)`,
    );
  }
  if (captures.includes(toHex(bytes.subarray(0, 4)))) {
    throw new MprogError(
      'EINVAL',
      `${operation}: it is a capture of many packets (EINVAL); give the bytes of one`,
    );
  }
  return fromHex(Buffer.from(bytes).toString('latin1')) ?? bytes;
}

/** What a file holds; null where there is none, as for digits, which are soon too long for a name. */
function readFile(path: string, operation: string): Uint8Array | null {
  try {
    return readRegularFile(path, MOST_BYTES);
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    const { code, data } = error;
    if (code === 'ENOENT' || code === 'ENAMETOOLONG') return null;
    throw new MprogError(code, `${operation}: ${data.reason} (${code})`, { cause: error });
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
