import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { attach, Chain, detach } from './index.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const [example, engine] = [...read('../README.md').matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code]) => code ?? '',
);

test('the first example of the README is the one that is run here, and prints what it says', async () => {
  expect(example).toBe(read('../test/readme-example.ts'));
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('../test/readme-example.js');
  const printed = print.mock.calls.map((words) => words.join(' '));
  print.mockRestore();
  const promised = [...(example ?? '').matchAll(/\/\/ → (.*)/g)].flatMap(
    ([, words]) => words?.split(' → ') ?? [],
  );
  expect(promised).toHaveLength(5);
  expect(printed).toEqual(promised);
});

test('the second example of the README gives what it says', () => {
  const chain = new Chain();
  const results = [
    attach(chain, { program: 1 }),
    attach(chain, { program: 2, link: 7, before: true, relative: 1 }),
    attach(chain, { program: 3, after: true, relative: -7 }),
    attach(chain, { program: 3 }),
    detach(chain, { program: 2 }),
    detach(chain, { program: 2, link: 7 }),
    chain.snapshot(),
  ];
  const promised = [...(engine ?? '').matchAll(/\/\/ (\[.*\]|[^,:\n]+)(?:[,:].*)?$/gm)].map(
    ([, value]) => value,
  );
  expect(promised).toEqual(['0', '0', '1', "'EEXIST'", "'EBUSY'", '2', '[3, 1]']);
  expect(results).toEqual([0, 0, 1, 'EEXIST', 'EBUSY', 2, [3, 1]]);
});
