/** A place in a text. */
export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters (code points); a tab is one. */
  readonly column: number;
}

/**
 * Makes the function that turns offsets of a text into lines and columns. A line ends behind `\n`.
 *
 * @returns takes offsets in UTF-16 units from 0 to the length of the text
 */
export function textPositions(text: string): (offset: number) => TextPosition {
  const starts = [0, ...offsetsOf(/\n/g, text).map((offset) => offset + 1)];
  // A character beyond the first 65536 has two units, the second of which counts nothing.
  const seconds = offsetsOf(/(?<=[\ud800-\udbff])[\udc00-\udfff]/g, text);
  return (offset) => {
    const line = countBelow(starts, offset + 1);
    const start = starts[line - 1]!;
    const extra = countBelow(seconds, offset) - countBelow(seconds, start);
    return { line, column: offset - start - extra + 1 };
  };
}

function offsetsOf(pattern: RegExp, text: string): readonly number[] {
  return Array.from(text.matchAll(pattern), ({ index }) => index);
}

/** How many of ascending numbers are below a limit. */
function countBelow(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
