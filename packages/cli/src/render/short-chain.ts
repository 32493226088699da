import type { Style } from './style.js';

/** Members around a change that are shown where a chain is long. */
const context = 3;

/** The lines of a chain; of a long one those around what changed, and how many are left out between. */
export function shortChain(
  lines: readonly { readonly isChanged: boolean; readonly text: string }[],
  style: Style,
): string[] {
  if (lines.length <= 4 * context) return lines.map(({ text }) => text);
  const changed = lines.flatMap(({ isChanged }, index) => (isChanged ? [index] : []));
  const shown: string[] = [];
  let skipped = 0;
  const skip = () => {
    if (skipped > 0) shown.push(style.faint(`       … ${skipped} more`));
    skipped = 0;
  };
  for (const [index, { text }] of lines.entries()) {
    if (!changed.some((at) => Math.abs(at - index) <= context)) {
      skipped++;
      continue;
    }
    skip();
    shown.push(text);
  }
  skip();
  return shown;
}
