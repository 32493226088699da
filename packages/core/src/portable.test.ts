import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('the sources import nothing but each other, so that they run everywhere', () => {
  const folder = new URL('.', import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(sources).toContain('chain.ts');
  for (const name of sources) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, from]) => from);
    for (const from of imports) expect(from, name).toMatch(/^\.\/[a-z-]+\.js$/);
  }
});
