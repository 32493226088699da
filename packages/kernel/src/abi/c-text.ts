const decoder = new TextDecoder();

/**
 * Reads a text up to its closing zero, or up to `end` where it has none.
 *
 * Nearly all names are ASCII and short, and put together sooner than a decoder is called.
 */
export function readCText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) return text;
    if (byte > 0x7f) return decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

function decode(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
