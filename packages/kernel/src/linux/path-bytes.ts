import { isUtf8 } from 'node:buffer';

/** Where the bytes of a path that are no UTF-8 stand among the lone surrogates: 0x80 to 0xff are U+DC80 to U+DCFF. */
const ESCAPE = 0xdc00;
/** Bytes of the longest character. */
const LONGEST = 4;

/**
 * A path of Linux, which is bytes, as a string that stands for it exactly: what is no UTF-8 in it becomes lone surrogates.
 *
 * {@link bytesOfPath} is the way back.
 */
export function pathOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes, at);
    path +=
      length === 0
        ? String.fromCharCode(ESCAPE + bytes[at]!)
        : bytes.subarray(at, at + length).toString('utf8');
    at += Math.max(length, 1);
  }
  return path;
}

/** The bytes of a path; lone surrogates that {@link pathOfBytes} does not make become those of U+FFFD. */
export function bytesOfPath(path: string): Buffer {
  const parts = Array.from(path, (character) => {
    const code = character.codePointAt(0)!;
    const isByte = code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
    return isByte ? Buffer.of(code - ESCAPE) : Buffer.from(character, 'utf8');
  });
  return Buffer.concat(parts);
}

/** Bytes of the character that begins at an offset; 0 where none does. */
function lengthOfCharacter(bytes: Buffer, at: number): number {
  for (let length = 1; length <= LONGEST; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
