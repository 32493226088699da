import type { HistoryChange, HistoryEntry } from '@mprog/manager/policy';
import { expect, test } from 'vitest';
import { renderHistory } from './history.js';
import { styleFor } from './style.js';

const change: HistoryChange = {
  hook: 'tcx/ingress@eth0',
  steps: ['a', 'b'],
  stepsDone: 2,
  outcome: 'done',
  error: null,
  revisionBefore: '4',
  revisionAfter: '6',
};
const entry: HistoryEntry = {
  entry: 'e3',
  time: '2026-01-02T03:04:05.678Z',
  user: 'root',
  pid: 7,
  command: 'apply',
  subject: 'p.yaml',
  changes: [change],
  undoable: true,
  reason: null,
};
const rows = (...entries: HistoryEntry[]) =>
  renderHistory(
    { version: 1, kernel: 'k', bootId: 'b', entries },
    styleFor(false),
    Number.POSITIVE_INFINITY,
  ).map((line) => line.split(/ {2,}/));

test('what was loaded for a hook is no step of it', () => {
  const load = { ...change, hook: null, stepsDone: 5 };
  expect(rows({ ...entry, changes: [load, change, load] })[1]?.[5]).toBe('done, 2 steps');
});

test('an entry a line, with what it was about, how it ended and whether it can be undone', () => {
  const egress = { ...change, hook: 'tcx/egress@eth0', outcome: 'failed' as const, stepsDone: 0 };
  const third = { ...change, hook: 'tcx/egress@eth1', outcome: 'unfinished' as const, stepsDone: 1 };
  expect(
    rows(
      entry,
      {
        ...entry,
        entry: 'e2',
        command: 'move',
        subject: 'name:fw',
        changes: [change, egress, third],
        undoable: false,
        reason: 'only the last 10 can be undone',
      },
      {
        ...entry,
        entry: 'e1',
        command: 'unpin',
        subject: '',
        changes: [{ ...change, hook: null, stepsDone: 1 }],
        undoable: false,
        reason: 'x',
      },
    ),
  ).toEqual([
    ['ENTRY', 'TIME', 'USER', 'WHAT', 'HOOKS', 'OUTCOME', 'UNDO'],
    ['e3', '2026-01-02T03:04:05Z', 'root', 'apply p.yaml', 'tcx/ingress@eth0', 'done, 2 steps', 'yes'],
    [
      'e2',
      '2026-01-02T03:04:05Z',
      'root',
      'move name:fw',
      'tcx/ingress@eth0 and 2 more',
      '1 failed, 1 unfinished of 3',
      'no: only the last 10 can be undone',
    ],
    ['e1', '2026-01-02T03:04:05Z', 'root', 'unpin', '-', 'done, 1 step', '-'],
  ]);
});

test('on a terminal that is too narrow for a line each entry has a few, none of them too long', () => {
  const entries = [
    { ...entry, entry: '20260102-030405-abcd', subject: '/etc/mprog/policies/p.yaml' },
    { ...entry, entry: '20260102-030300-abcd', undoable: false, reason: 'only the last 10 can be undone' },
    { ...entry, entry: 'a8cfa7e8-4c67-4c24-aecd-a0e683f08bc0', command: 'unpin', subject: '/x' },
  ];
  const lines = renderHistory({ version: 1, kernel: 'k', bootId: 'b', entries }, styleFor(false), 60);
  expect(lines).toEqual([
    '20260102-030405-abcd',
    '  apply /etc/mprog/policies/p.yaml, by root at',
    '  2026-01-02T03:04:05Z',
    '  tcx/ingress@eth0; done, 2 steps; can be undone',
    '20260102-030300-abcd',
    '  apply p.yaml, by root at 2026-01-02T03:04:05Z',
    '  tcx/ingress@eth0; done, 2 steps; stays: only the last 10',
    '  can be undone',
    'a8cfa7e8-4c67-4c24-aecd-a0e683f08bc0',
    '  unpin /x, by root at 2026-01-02T03:04:05Z',
    '  tcx/ingress@eth0; done, 2 steps',
  ]);
});

test('a line that is cut keeps what was done', () => {
  const long = { ...entry, subject: `/etc/${'x'.repeat(60)}/p.yaml` };
  const lines = renderHistory(
    { version: 1, kernel: 'k', bootId: 'b', entries: [long] },
    styleFor(false),
    110,
  );
  expect(lines).toHaveLength(2);
  expect(lines[1]).toMatch(/ {2}apply \/etc\/xxx.*… {2}/);
});

test('an empty one', () => {
  expect(rows()).toEqual([['nothing was changed since this host was started']]);
});
