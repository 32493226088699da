import { refusal } from '../manager-error.js';

/**
 * Takes the `\` out of a literal name.
 *
 * @throws MprogError `ERR_HOOK_NAME` for a wildcard that is not escaped, and for a `\` with nothing behind it
 */
export function literalName(text: string, operation: string): string {
  let name = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '\\') {
      if (++i === text.length)
        throw refusal('ERR_HOOK_NAME', operation, 'a \\ has nothing behind it', {
          remedy: 'write \\\\ for the character itself',
        });
      name += text[i];
    } else if ('*?['.includes(character)) {
      throw refusal('ERR_HOOK_NAME', operation, `one name is needed here, and ${character} stands for many`, {
        remedy: `write \\${character} for the character itself`,
      });
    } else {
      name += character;
    }
  }
  return name;
}

/** Splits a text at the first `mark` that no `\` stands before; the second part is null where there is none. */
export function splitUnescaped(text: string, mark: string): readonly [string, string | null] {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === mark) return [text.slice(0, i), text.slice(i + 1)];
  }
  return [text, null];
}
