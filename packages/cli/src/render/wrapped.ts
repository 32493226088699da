import { wrap } from '../command-line/wrap.js';
import { printable } from './printable.js';
import type { Markup } from './style.js';

/** A sentence in lines that fit, a mark before the first and the others indented as far; one line where nothing has to. */
export function wrapped(sentence: string, mark: string, width: number, markup: Markup): string[] {
  const lines = wrap(printable(sentence), width, mark.length);
  return lines.map((line, index) => markup(index === 0 ? mark + line.slice(mark.length) : line));
}
