import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scratchDirectory } from '../../manager/test/scratch-directory.js';
import { recordedTerminal } from '../test/recorded-terminal.js';
import { main } from './main.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = join(root, 'examples/agents-in-order/README.md');

let directory = '';
let before = '';
beforeAll(() => {
  directory = scratchDirectory('mprog-examples-');
  before = process.cwd();
  process.chdir(join(root, 'examples/agents-in-order'));
});
afterAll(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true });
});

/** What a reader of the example sees: its own places, and names of entries, which begin with the time, are cut out. */
function plain(text: string): string {
  return text
    .replaceAll(root, '…/')
    .replaceAll(join(directory, 'host.json'), 'host.json')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'ENTRY')
    .trimEnd();
}

test('every command of the example answers as its README shows', async () => {
  const blocks = [...readFileSync(readme, 'utf8').matchAll(/```console\n(.*?)```/gs)].map(
    ([, text]) => text!,
  );
  const steps = blocks.flatMap((block) => block.split(/^\$ /m).slice(1));
  expect(steps.length).toBeGreaterThan(6);
  for (const step of steps) {
    const [line = '', ...shown] = step.trimEnd().split('\n');
    const words = line
      .replace('npx mprog ', '')
      .replace('host.json', join(directory, 'host.json'))
      .split(' ');
    const terminal = recordedTerminal();
    await main(words, terminal);
    expect([line, plain(terminal.written() + terminal.complained())]).toEqual([
      line,
      plain(shown.join('\n')),
    ]);
  }
});
