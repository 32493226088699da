import { expect, test } from 'vitest';
import { refusalOf } from '../../test/suites/manager-bench.js';
import { requirePolicy } from './examine-policy.js';

const source = (text: string) => ({ bytes: new TextEncoder().encode(text), file: 'p.yaml', directory: '/' });

test('a policy with one error is refused with it', () => {
  const refusal = refusalOf(() => requirePolicy(source('version: 2\nprograms: {}\nhooks: []\n')));
  expect([refusal.code, refusal.message]).toEqual([
    'ERR_POLICY',
    'read policy p.yaml:1:10: version is 1, and this is 2',
  ]);
  expect(refusal.data.problems).toMatchObject([{ line: 1, column: 10 }]);
});

test('one with several is refused with their number, and a line for each', () => {
  const refusal = refusalOf(() => requirePolicy(source('version: 2\nprograms: {}\nhooks: [3]\n')));
  expect(refusal.message).toBe('read policy p.yaml: it has 2 errors');
  expect(refusal.data.log).toBe(
    'p.yaml:1:10: error: version is 1, and this is 2\np.yaml:3:9: error: item 1 of hooks wants a mapping, not 3',
  );
});

test('warnings come along', () => {
  const { policy, problems } = requirePolicy(
    source('version: 1\nprograms: { a: { object: a.o } }\nhooks: []\n'),
  );
  expect([policy.file, problems.length]).toEqual(['p.yaml', 1]);
});
