import { expect, test } from 'vitest';
import { describeOperation } from './describe-operation.js';
import type { TraceOperation } from './trace.js';

const anyRevision = { mode: '0', value: 0 } as const;
const placed = { on: 'ingress', flags: [], rel: null, rev: anyRevision } as const;

test.each<[TraceOperation, string]>([
  [{ op: 'attach', ...placed, prog: 'p1', replace: null }, 'attach p1 to ingress'],
  [
    {
      op: 'attach',
      on: 'egress',
      prog: null,
      flags: ['REPLACE', 'BEFORE', 'LINK'],
      replace: 'p2',
      rel: { kind: 'link', by: 'fd', ref: 'l3' },
      rev: { mode: 'stale', value: 4294967297 },
    },
    'attach fd 0 to egress, REPLACE|BEFORE|LINK relative l3 by fd, replace fd of p2, revision 4294967297 (stale)',
  ],
  [
    { op: 'detach', ...placed, prog: null, flags: ['ID'], rel: { kind: 'none', by: 'id' } },
    'detach no program from ingress, ID relative id 0',
  ],
  [
    { op: 'detach', ...placed, prog: 'x0', rel: { kind: 'bogus', by: 'id', what: 'link' } },
    'detach x0 from ingress, relative bogus link id',
  ],
  [
    { op: 'detach', ...placed, prog: 'x0', rel: { kind: 'bogus', by: 'fd' } },
    'detach x0 from ingress, relative bogus fd',
  ],
  [
    { op: 'link_create', ...placed, prog: 'p4', as: 'l5', rel: { kind: 'file', by: 'fd' } },
    'create link l5 of p4 to ingress, relative fd of a file',
  ],
  [
    { op: 'link_update', link: 'l1', prog: 'p2', flags: ['REPLACE'], old: 'p1' },
    'update link l1 to p2, REPLACE, old p1',
  ],
  [{ op: 'link_open', link: 'l1' }, 'open link l1'],
  [{ op: 'link_close', link: 'bogus' }, 'close an fd of link bogus'],
  [
    { op: 'query', on: 'A', count: 2, ids: false, queryFlags: 1, attachFlags: 3, progFlags: true },
    'query A, count 2, no array for ids, array for flags, query_flags 1, attach_flags 3',
  ],
  [{ op: 'clsact', present: false }, 'remove clsact'],
  [{ op: 'target_remove' }, 'remove the target'],
])('%j reads as a line of a script', (operation, words) => {
  expect(describeOperation(operation)).toBe(words);
});
