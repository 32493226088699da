/** A pattern over whole texts. */
export interface Glob {
  readonly text: string;
  /** The one text that it matches, or null when it has a wildcard. */
  readonly literal: string | null;
  /** What every text that it matches begins with: all before the first wildcard. */
  readonly prefix: string;
  test(text: string): boolean;
}

type Token =
  | { readonly kind: 'one'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'many' }
  | {
      readonly kind: 'class';
      readonly not: boolean;
      readonly ranges: readonly (readonly [string, string])[];
    };

/**
 * Compiles a pattern: `*` is any characters (also `/` and `@`), `?` one, `[a-z]` and `[!a-z]` one of a class, and `\`
 * takes the meaning from the character behind it. A `[` that nothing closes and a `\` at the end mean themselves.
 */
export function compileGlob(text: string): Glob {
  const tokens = tokenize(text);
  const wildcard = tokens.findIndex(({ kind }) => kind !== 'one');
  const prefix = tokens
    .slice(0, wildcard < 0 ? tokens.length : wildcard)
    .map((token) => (token as { character: string }).character)
    .join('');
  if (wildcard < 0) return { text, literal: prefix, prefix, test: (candidate) => candidate === prefix };
  const rest = tokens.slice(wildcard);
  const isWhole = rest.length === 1 && rest[0]?.kind === 'many';
  const test = (candidate: string) =>
    candidate.startsWith(prefix) && (isWhole || matches(rest, Array.from(candidate.slice(prefix.length))));
  return { text, literal: null, prefix, test };
}

/**
 * Writes a text so that as a pattern it matches itself alone.
 *
 * @param also characters that have a meaning where the pattern stands
 */
export function escapeGlob(text: string, also = ''): string {
  const special = `\\*?[${also}`;
  return hasOneOf(text, special)
    ? Array.from(text, (character) => (special.includes(character) ? `\\${character}` : character)).join('')
    : text;
}

/** Looks for characters that are one unit of UTF-16 each. */
function hasOneOf(text: string, characters: string): boolean {
  for (let i = 0; i < characters.length; i++) if (text.includes(characters.charAt(i))) return true;
  return false;
}

function tokenize(text: string): readonly Token[] {
  const characters = Array.from(text);
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '\\' && i + 1 < characters.length) {
      tokens.push({ kind: 'one', character: characters[++i]! });
    } else if (character === '*') {
      if (tokens.at(-1)?.kind !== 'many') tokens.push({ kind: 'many' });
    } else if (character === '?') {
      tokens.push({ kind: 'any' });
    } else {
      const group = character === '[' ? readClass(characters, i) : null;
      tokens.push(group === null ? { kind: 'one', character } : group.token);
      if (group !== null) i = group.end;
    }
  }
  return tokens;
}

function readClass(characters: readonly string[], start: number): { token: Token; end: number } | null {
  let at = start + 1;
  const not = characters[at] === '!' || characters[at] === '^';
  if (not) at++;
  const ranges: [string, string][] = [];
  for (let isFirst = true; at < characters.length; isFirst = false, at++) {
    let from = characters[at]!;
    if (from === ']' && !isFirst) return { token: { kind: 'class', not, ranges }, end: at };
    if (from === '\\' && at + 1 < characters.length) from = characters[++at]!;
    const to = characters[at + 2];
    if (characters[at + 1] === '-' && to !== undefined && to !== ']') {
      ranges.push([from, to]);
      at += 2;
    } else {
      ranges.push([from, from]);
    }
  }
  return null;
}

function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === 'many') {
      star = token++;
      starAt = at;
    } else if (current !== undefined && fits(current, text[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === 'many') token++;
  return token === tokens.length;
}

function fits(token: Token, character: string): boolean {
  if (token.kind === 'one') return token.character === character;
  if (token.kind === 'class') {
    return token.ranges.some(([from, to]) => character >= from && character <= to) !== token.not;
  }
  return token.kind === 'any';
}
