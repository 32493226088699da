import { describe, expect, test } from 'vitest';
import { claimsOf } from './claims.js';
import type { JournalRecord } from './journal-record.js';

const hook = { netnsInode: '1', ifindex: 2, cgroupId: null, layer: 'tcx', direction: 'ingress' };
let entries = 0;

function records(parts: Partial<JournalRecord>, outcome: 'done' | 'failed' | null = 'done'): JournalRecord[] {
  const before: JournalRecord = {
    version: 1,
    entry: `e${entries++}`,
    phase: 'before',
    bootId: 'b',
    time: '',
    user: 'root',
    pid: 1,
    operation: 'attach',
    hook: 'tcx/ingress@eth0%blue',
    netnsInode: '1',
    ifindex: 2,
    cgroupId: null,
    program: null,
    object: null,
    digest: null,
    function: null,
    policyProgram: null,
    replaced: null,
    link: null,
    pin: null,
    revisionBefore: null,
    revisionAfter: null,
    outcome: null,
    error: null,
    ...parts,
  };
  return outcome === null ? [before] : [before, { ...before, phase: 'after', outcome }];
}

describe('what the journal says is ours', () => {
  test('a program that was on the pin which a load took over', () => {
    const load = records({ operation: 'load-program', hook: null, program: 6, object: 'a.o', replaced: 5 });
    expect([5, 6, 7].map((id) => claimsOf(load).loaded(id))).toEqual([true, true, false]);
    const replace = records({ operation: 'replace', program: 6, replaced: 5 });
    expect(claimsOf(replace).loaded(5)).toBe(false);
  });

  test('a program on the hook that it was put on, until it is taken off', () => {
    const attach = records({ program: 5 });
    const claims = claimsOf(attach);
    expect(claims.attached(hook, 5)).toBe(true);
    for (const other of [{ ifindex: 3 }, { netnsInode: '2' }, { direction: 'egress' }]) {
      expect(claims.attached({ ...hook, ...other }, 5)).toBe(false);
    }
    expect(claims.loaded(5)).toBe(false);
    const detach = records({ operation: 'detach', program: 5 });
    expect(claimsOf([...attach, ...detach]).attached(hook, 5)).toBe(false);
    expect(claimsOf([...attach, ...detach, ...attach]).attached(hook, 5)).toBe(true);
  });

  test('a program on the hook of a cgroup, by the id of the cgroup', () => {
    const place = { netnsInode: null, ifindex: null, cgroupId: '7' };
    const claims = claimsOf(records({ ...place, program: 5, hook: 'cgroup/inet_ingress@/app' }));
    const app = { ...place, layer: 'cgroup', direction: 'inet_ingress' };
    expect(claims.attached(app, 5)).toBe(true);
    for (const other of [{ cgroupId: '8' }, { direction: 'inet_egress' }]) {
      expect(claims.attached({ ...app, ...other }, 5)).toBe(false);
    }
  });

  test('a replacement takes the place of what it replaces', () => {
    const claims = claimsOf([
      ...records({ program: 5 }),
      ...records({ operation: 'replace', program: 6, replaced: 5 }),
    ]);
    expect([claims.attached(hook, 5), claims.attached(hook, 6)]).toEqual([false, true]);
  });

  test('a program that was loaded, everywhere', () => {
    expect(claimsOf(records({ program: 5, object: 'fw.o', hook: null })).loaded(5)).toBe(true);
  });

  test('a link that was made, but no direct attachment of its program', () => {
    const claims = claimsOf(records({ program: 5, link: 7 }));
    expect([claims.made(7), claims.attached(hook, 5)]).toEqual([true, false]);
    expect(claimsOf(records({ operation: 'update-link', program: 5, link: 8 })).made(8)).toBe(false);
  });

  test('a pin until it is removed', () => {
    const pin = records({ operation: 'pin-link', program: 5, link: 7, pin: '/x' });
    const object = { program: 5, link: 7 };
    expect(claimsOf(pin).pinned('/x', object)).toBe(true);
    const unpin = records({ operation: 'unpin', program: 5, link: 7, pin: '/x' });
    expect(claimsOf([...pin, ...unpin]).pinned('/x', object)).toBe(false);
  });

  test('a pin of that very link or program, not of what somebody else pins at its path', () => {
    const link = claimsOf(records({ program: 5, link: 7, pin: '/x' }));
    expect(link.pinned('/x', { program: 6, link: 7 })).toBe(true);
    expect(link.pinned('/x', { program: 5, link: 8 })).toBe(false);
    expect(link.pinned('/x', { program: 5, link: null })).toBe(false);
    const program = claimsOf(records({ program: 5, pin: '/x' }));
    expect(program.pinned('/x', { program: 5, link: null })).toBe(true);
    expect(program.pinned('/x', { program: 6, link: null })).toBe(false);
    expect(program.pinned('/x', { program: 5, link: 7 })).toBe(false);
    const open = claimsOf(records({ program: 5, pin: '/x' }, null));
    expect(open.pinned('/x', { program: 5, link: 7 })).toBe(true);
    expect(open.pinned('/x', { program: 6, link: 7 })).toBe(false);
  });

  test('a change that failed says nothing, one that was cut off adds and takes nothing away', () => {
    expect(claimsOf(records({ program: 5 }, 'failed')).attached(hook, 5)).toBe(false);
    expect(claimsOf(records({ program: 5 }, null)).attached(hook, 5)).toBe(true);
    const cut = [
      ...records({ program: 5, pin: '/x' }),
      ...records({ operation: 'detach', program: 5 }, null),
    ];
    expect(claimsOf(cut).attached(hook, 5)).toBe(true);
    const unpin = records({ operation: 'unpin', program: 5, pin: '/x' }, null);
    expect(claimsOf([...cut, ...unpin]).pinned('/x', { program: 5, link: null })).toBe(true);
  });
});
