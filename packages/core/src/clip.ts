/** Characters of a text of somebody else that a message shows at most. */
const MOST = 120;
const TAIL = 50;

/**
 * A text of somebody else for a message: whole up to 120 characters, of a longer one the beginning and the end with `…` in
 * between. What acts on an error finds the whole text in its data.
 */
export function clip(text: string): string {
  if (text.length <= MOST) return text;
  const characters = Array.from(text);
  if (characters.length <= MOST) return text;
  return `${characters.slice(0, MOST - TAIL - 1).join('')}…${characters.slice(-TAIL).join('')}`;
}
