/** Bytes that no policy comes near, so that a wrong file is refused before it is taken apart. */
export const LARGEST_POLICY: number = 4 * 1024 * 1024;

/** The text of some bytes, or the offset in it where it stops being one. */
export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly text: string; readonly offset: number; readonly reason: string };

/**
 * Reads bytes as UTF-8 text; a byte order mark in front is left out.
 *
 * What YAML has no room for ends it: bytes that are no UTF-8, control characters, a carriage return without a line feed.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  if (bytes.length > LARGEST_POLICY) {
    const reason = `it has more than ${LARGEST_POLICY} bytes`;
    return { ok: false, text: '', offset: 0, reason };
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { ok: false, text: '', offset: 0, reason: 'it is UTF-16; save it as UTF-8' };
  }
  const text = new TextDecoder().decode(bytes);
  const stray = findInvalid(bytes, text);
  if (stray !== null) {
    const byte = bytes[stray.byte]!.toString(16).padStart(2, '0');
    return { ok: false, text, offset: stray.offset, reason: `byte 0x${byte} is no UTF-8 text` };
  }
  const control = forbidden.exec(text);
  if (control === null) return { ok: true, text };
  const offset = control.index;
  const code = text.codePointAt(offset)!;
  const reason =
    code === 0x0d
      ? 'a carriage return stands alone; end lines with a line feed'
      : `character U+${code.toString(16).toUpperCase().padStart(4, '0')} is no text`;
  return { ok: false, text, offset, reason };
}

/** Everything that YAML 1.2 does not call printable (5.1), and a carriage return that ends no line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]|\r(?!\n)/;

/** Where the decoder put U+FFFD for bytes that are no UTF-8, and not because the text has that character. */
function findInvalid(
  bytes: Uint8Array,
  text: string,
): { readonly byte: number; readonly offset: number } | null {
  let byte = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (!text.includes('\ufffd')) return null;
  let offset = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isWritten = bytes[byte] === 0xef && bytes[byte + 1] === 0xbf && bytes[byte + 2] === 0xbd;
    if (code === 0xfffd && !isWritten) return { byte, offset };
    byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    offset += character.length;
  }
  return null;
}
