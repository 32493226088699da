import { expect, test } from 'vitest';
import { hookOutcome } from '../../test/plan-data.js';
import { outcomeSummary, renderHookOutcome } from './hook-outcome.js';
import { styleFor } from './style.js';

const style = styleFor(false);
const error = {
  code: 'EIO',
  message: 'apply p.yaml to tcx/ingress@eth0: it failed; what was done is undone',
};

test.each([
  [{}, ['tcx/ingress@eth0: done, 1 step, 1 wait, revision 4 → 5']],
  [
    { steps: 3, waits: 0, attempts: 2, revisionAfter: null, notes: ['a note'] },
    ['tcx/ingress@eth0: done, 3 steps, no wait, planned 2 times, revision 4', '  a note'],
  ],
  [{ outcome: 'unchanged' }, []],
  [{ outcome: 'unchanged', notes: ['a note'] }, ['tcx/ingress@eth0: unchanged', '  a note']],
  [
    { outcome: 'failed', error, notes: ['a note'] },
    ['tcx/ingress@eth0: failed', `  ${error.message}`, '  a note'],
  ],
] as const)('an outcome with %j', (parts, lines) => {
  expect(renderHookOutcome(hookOutcome(parts), style)).toEqual(lines);
});

const back = '; mprog undo 20260102-030405-abcd takes it back';

test.each([
  [['changed'], 1, `1 hook changed${back}`],
  [['changed', 'changed', 'unchanged', 'failed'], 4, `2 hooks changed, 1 as wanted, 1 failed${back}`],
  [['unchanged', 'changed'], 5, `1 hook changed, 1 as wanted, 3 left as they were${back}`],
  [['failed', 'unchanged'], 2, '0 hooks changed, 1 as wanted, 1 failed'],
  [[], 0, '0 hooks changed'],
] as const)('the sum of %j of %d', (outcomes, planned, words) => {
  const all = outcomes.map((outcome) =>
    hookOutcome(outcome === 'changed' ? { outcome } : { outcome, entry: null, history: null }),
  );
  expect(outcomeSummary(all, planned)).toBe(words);
});
