import type { Change, ChangeMember, ChangeProgram } from '@mprog/manager';
import { describe, expect, test } from 'vitest';
import { renderChange } from './change.js';
import { styleFor } from './style.js';

const style = styleFor(false);

const program = (id: number | null, name = `p${id}`): ChangeProgram => ({
  id,
  type: 'sched_cls',
  name,
  tag: null,
  fullName: null,
});

function chain(...ids: readonly (number | null)[]): ChangeMember[] {
  return ids.map((id, index) => ({ position: index + 1, program: program(id), link: null, ours: id !== 9 }));
}

function change(parts: Partial<Change> & Pick<Change, 'kind'>): Change {
  return {
    hook: 'tcx/ingress@eth0',
    program: null,
    replaced: null,
    link: null,
    pin: null,
    position: null,
    revisionBefore: null,
    revisionAfter: null,
    dryRun: false,
    before: [],
    after: [],
    notes: [],
    ...parts,
  };
}

describe('a change', () => {
  test('says what came, where, and at which revision, and shows the chain', () => {
    const lines = renderChange(
      change({
        kind: 'attach',
        program: program(2),
        position: 2,
        revisionBefore: '4',
        revisionAfter: '5',
        before: chain(1, 9),
        after: chain(1, 2, 9),
      }),
      style,
    );
    expect(lines).toEqual([
      'attached p2 (id 2) to tcx/ingress@eth0, position 2, revision 4 → 5',
      '     1  p1  (id 1)',
      '  +  2  p2  (id 2)',
      '     3  p9  (id 9, foreign)',
    ]);
  });

  test('is told in the conditional when it is a dry run, also of a program that is not loaded yet', () => {
    const lines = renderChange(
      change({
        kind: 'attach',
        dryRun: true,
        program: program(null, 'fw'),
        position: 1,
        before: chain(1),
        after: chain(null, 1),
      }),
      style,
    );
    expect(lines[0]).toBe('would attach fw to tcx/ingress@eth0, position 1');
    expect(lines[1]).toContain('(to be loaded)');
  });

  test('names programs by their whole name where it is known', () => {
    const long = { ...program(1, 'account_for_eve'), fullName: 'account_for_every_packet' };
    const after = [{ position: 1, program: long, link: null, ours: true }];
    expect(renderChange(change({ kind: 'attach', program: long, after }), style)).toEqual([
      'attached account_for_every_packet (id 1) to tcx/ingress@eth0',
      '  +  1  account_for_every_packet  (id 1)',
    ]);
  });

  test('a replacement shows both', () => {
    const lines = renderChange(
      change({
        kind: 'replace',
        program: program(2),
        replaced: program(1),
        before: chain(1, 3),
        after: chain(2, 3),
      }),
      style,
    );
    expect(lines[0]).toContain('p2 (id 2) to tcx/ingress@eth0 in place of p1 (id 1)');
    expect(lines.slice(1, 3).map((line) => line.slice(0, 3).trim() + line.slice(8, 10))).toEqual([
      '-p1',
      '+p2',
    ]);
  });

  test('a link that was made is named with its pin', () => {
    const lines = renderChange(
      change({
        kind: 'attach',
        program: program(1),
        link: { id: 7 },
        pin: '/sys/fs/bpf/mprog/links/x',
        after: chain(1),
      }),
      style,
    );
    expect(lines).toContain('  link 7, pinned at /sys/fs/bpf/mprog/links/x');
  });

  test('a pin that a link got is named once', () => {
    const pinned = change({ kind: 'pin-link', link: { id: 7 }, pin: '/sys/fs/bpf/x' });
    expect(renderChange(pinned, style)).toEqual(['pinned link 7 at /sys/fs/bpf/x']);
  });

  test('a dry run says which revision it would come to, unless the hook would be empty', () => {
    const planned = change({ kind: 'detach', dryRun: true, program: program(1), revisionBefore: '9' });
    const left = { before: chain(1, 2), after: chain(2) };
    expect(renderChange({ ...planned, ...left }, style)[0]).toMatch(/revision 9 → 10$/);
    expect(renderChange({ ...planned, before: chain(1) }, style)[0]).toMatch(/revision 9$/);
  });

  test('members that somebody else moved meanwhile are shown at both places', () => {
    const signs = renderChange(
      change({ kind: 'attach', program: program(3), before: chain(1, 2), after: chain(2, 1, 3) }),
      style,
    )
      .slice(1)
      .map((line) => `${line[2]}${line.slice(8, 10)}`);
    expect(signs).toEqual(['-p1', ' p2', '+p1', '+p3']);
  });

  test('a long chain is shown around the change only', () => {
    const before = chain(...Array.from({ length: 60 }, (_, index) => index + 1));
    const after = before.filter(({ position }) => position !== 30);
    const lines = renderChange(change({ kind: 'detach', program: program(30), before, after }), style);
    expect(lines.length).toBeLessThan(12);
    expect(lines.join('\n')).toMatch(/26 more.*p27.*- +30 +p30.*p33.*27 more/s);
  });

  test('notes are printed, and alone where nothing was to be done', () => {
    expect(renderChange(change({ kind: 'none', notes: ['it is not attached here'] }), style)).toEqual([
      'it is not attached here',
    ]);
    expect(renderChange(change({ kind: 'unpin', pin: '/a', notes: ['link 7 is gone'] }), style)).toEqual([
      'removed pin /a',
      '  link 7 is gone',
    ]);
  });
});
