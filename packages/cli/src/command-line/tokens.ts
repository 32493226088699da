import type { OptionDeclaration } from './declaration.js';

/** An option as it was written: `--name`, `--name VALUE`, `--name=VALUE`, `-n`, `-n VALUE`, `-nVALUE`. */
export interface OptionToken {
  readonly kind: 'option';
  /** Of a declared option without the dashes; what was written, where none is declared. */
  readonly name: string;
  /** With its dashes, as it was written; out of a group `-ab` as if it stood alone. */
  readonly rawName: string;
  /** Absent where none was given, and for an option that is no flag at the end of the line. */
  readonly value?: string;
  /** Whether the value was in the same word. */
  readonly inlineValue?: boolean;
}

/** A word that is neither an option nor the value of one. */
export interface PositionalToken {
  readonly kind: 'positional';
  readonly value: string;
  /** Its place among the words. */
  readonly index: number;
}

export type Token = OptionToken | PositionalToken;

/**
 * Takes words apart by the usual conventions, as `parseArgs` of `node:util` does, which would have to be loaded first. The word after an option that takes a value is its value, whatever it looks
 * like; all words behind `--` are positional.
 */
export function tokensOf(words: readonly string[], declared: readonly OptionDeclaration[]): readonly Token[] {
  const tokens: Token[] = [];
  let index = 0;
  /** Takes the next word as value where the option wants one. */
  const option = (name: string, rawName: string, takesValue: boolean): void => {
    const value = takesValue ? words[index] : undefined;
    if (value === undefined) tokens.push({ kind: 'option', name, rawName });
    else {
      index++;
      tokens.push({ kind: 'option', name, rawName, value, inlineValue: false });
    }
  };
  while (index < words.length) {
    const word = words[index++] as string;
    if (word === '--') {
      for (; index < words.length; index++) {
        tokens.push({ kind: 'positional', value: words[index] as string, index });
      }
    } else if (word.startsWith('--')) {
      // `--=x` is a name, not a value of none.
      const equals = word.includes('=', 3) ? word.indexOf('=') : -1;
      const rawName = equals < 0 ? word : word.slice(0, equals);
      const name = rawName.slice(2);
      if (equals < 0) option(name, rawName, declared.find((one) => one.name === name)?.value !== undefined);
      else tokens.push({ kind: 'option', name, rawName, value: word.slice(equals + 1), inlineValue: true });
    } else if (word.startsWith('-') && word.length > 1) {
      shortOptions(word);
    } else {
      tokens.push({ kind: 'positional', value: word, index: index - 1 });
    }
  }
  return tokens;

  /** `-abVALUE`: flags, up to the first option that takes a value. */
  function shortOptions(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const letter = word.charAt(at);
      const found = declared.find(({ short }) => short === letter);
      // Inside a group, two dashes would look like the end of the options.
      const [name, rawName] = [found?.name ?? letter, letter === '-' ? word : `-${letter}`];
      const rest = word.slice(at + 1);
      if (found?.value === undefined || rest === '') option(name, rawName, found?.value !== undefined);
      else {
        tokens.push({ kind: 'option', name, rawName, value: rest, inlineValue: true });
        return;
      }
    }
  }
}
