const control =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<![\ud800-\udbff])[\udc80-\udcff]/g;

/** What stands for a byte that is no UTF-8 is that byte and this. */
const BYTE = 0xdc00;

/** A name that came from elsewhere, with everything that would steer a terminal or is no text written as `\xNN`. */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    const unit = character.charCodeAt(0);
    const code = unit >= BYTE ? unit - BYTE : unit;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
