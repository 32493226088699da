import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Deletes a journal, or cuts it in the middle of its last record as a machine does that loses its power. */
export function damageJournal(stateDirectory: string, damage: 'deleted' | 'torn'): void {
  const path = join(stateDirectory, 'journal.jsonl');
  if (damage === 'deleted' || !existsSync(path)) {
    rmSync(path, { force: true });
    return;
  }
  const text = readFileSync(path, 'utf8');
  const last = text.lastIndexOf('\n', text.length - 2) + 1;
  writeFileSync(path, text.slice(0, Math.ceil((last + text.length) / 2)));
}
