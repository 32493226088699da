import { expect, test } from 'vitest';
import type { JournalPlan } from '../journal/journal-plan.js';
import type { JournalRecord } from '../journal/journal-record.js';
import { groupRecords } from './history.js';
import { standingEntries } from './standing-entries.js';

/** Records of one change: `a` an apply, `u:a` undoes it, `u:a!` was cut off. */
function records(group: string): readonly JournalRecord[] {
  const [, subject, cut] = /^\w+:(.*?)(!?)$/.exec(group) ?? [];
  const plan: Partial<JournalPlan> = {
    group,
    command: subject === undefined ? 'apply' : 'undo',
    subject: subject ?? 'policy.yaml',
  };
  const before = { entry: `entry of ${group}`, phase: 'before', operation: 'plan', outcome: null, plan };
  const after = { ...before, phase: 'after', outcome: 'done' };
  return (cut === '!' ? [before] : [before, after]) as unknown as readonly JournalRecord[];
}

test.each([
  [['a'], ['a']],
  [['a', 'b', 'u:b'], ['a']],
  [
    ['a', 'b', 'u:b', 'v:u:b'],
    ['a', 'b'],
  ],
  [['a', 'b', 'u:b', 'v:u:b', 'w:v:u:b'], ['a']],
  [['a', 'u:a!'], ['a']],
  [['a', 'u:a!', 'v:a'], []],
  [['a', 'u:a', 'b'], ['b']],
])('of %j there stand %j', (groups, standing) => {
  expect([...standingEntries(groupRecords(groups.flatMap(records)))]).toEqual(standing);
});
