import type { Invocation } from '../command-line/invocation.js';
import { commandTable } from '../command-table.js';
import { candidates } from '../completion/candidates.js';
import type { Output } from '../render/output.js';

/** Prints the words that may stand where the last one stands, a tab and what each is; whatever fails, it prints less. */
export async function run(invocation: Invocation, output: Output): Promise<number> {
  const found = await candidates(invocation.argumentList('WORD'), commandTable, async (kind, position) => {
    const { liveCandidates } = await import('../completion/live.js');
    return liveCandidates(kind, position);
  });
  const seen = new Set<string>();
  for (const { word, meaning } of found) {
    if (seen.has(word) || /[\n\t]/.test(word)) continue;
    seen.add(word);
    output.lines(`${word}\t${meaning}`);
  }
  return 0;
}
