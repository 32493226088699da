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
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    let column = 1;
    for (const _ of text.slice(starts[low], offset)) column++;
    return { line: low + 1, column };
  };
}
