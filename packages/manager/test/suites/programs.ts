import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { identities } from '../../src/programs/identity.js';
import { ManagerBench, object, refusalOf } from './manager-bench.js';

/** Loading programs and their pins. */
export function programSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const load = (...args: Parameters<typeof bench.manager.loadProgram>) => bench.manager.loadProgram(...args);

  test('loads, pins and takes the pin away again', () => {
    const pin = '/sys/fs/bpf/mprog/programs/fw';
    const change = load(object('firewall'), { pin });
    expect(change).toMatchObject({
      kind: 'load-program',
      program: { name: 'firewall', type: 'sched_cls' },
      pin,
    });
    expect(bench.pins()).toEqual([pin]);
    const attached = bench.manager.attach(bench.hook, `pin:${pin}`);
    expect(attached.program?.id).toBe(change.program?.id);
    bench.manager.detach(bench.hook, `pin:${pin}`);
    const removed = bench.manager.unpinProgram(pin);
    expect(removed).toMatchObject({ kind: 'unpin', program: { id: change.program?.id }, pin });
    expect(removed.notes[0]).toContain('it is the last pin');
    expect(bench.pins()).toEqual([]);
    const above = () => bench.laboratory.host.world.pins.list('/sys/fs/bpf/mprog/programs');
    expect(refusalOf(above).code).toBe('ENOENT');
    expect(refusalOf(() => bench.kernel.programs.open(change.program?.id ?? 0)).code).toBe('ENOENT');
  });

  test('loads one of several, and a type that tcx does not take', () => {
    load(`${object('audit')}:audit_out`, { pin: '/sys/fs/bpf/audit' });
    expect(load(object('xdp'), { pin: '/sys/fs/bpf/xdp' }).program?.type).toBe('xdp');
    expect(bench.pins()).toEqual(['/sys/fs/bpf/audit', '/sys/fs/bpf/xdp']);
  });

  test('every load from a file is recorded with the digest of the file and the name of the function', () => {
    const path = object('audit');
    const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
    const origin = { object: path, digest, function: 'audit_in', policyProgram: null };
    const loaded = load(`${path}:audit_in`, { pin: '/sys/fs/bpf/audit' });
    const attached = bench.manager.attach(bench.hook, `${relative('.', path)}:audit_in`, { link: true });
    const link = `link:${attached.link?.id}`;
    const updated = bench.manager.updateLink(link, `${path}:audit_in`);
    const replaced = bench.manager.attach(bench.hook, `${path}:audit_in`, { replace: link });
    const ids = [loaded, attached, updated, replaced].map(({ program }) => program?.id);
    expect(bench.journal()).toMatchObject(
      ids.flatMap((program) => [
        { phase: 'before', program, ...origin },
        { phase: 'after', program, ...origin },
      ]),
    );
    expect([...identities(bench.journal()).keys()]).toEqual(ids);
    bench.manager.detach(bench.hook, { last: true });
    expect(bench.journal().at(-1)).toMatchObject({ object: null, digest: null, function: null });
  });

  test('a dry run checks and loads nothing', () => {
    const change = load(object('firewall'), { pin: '/sys/fs/bpf/fw', dryRun: true });
    expect(change).toMatchObject({ program: { id: null, name: 'firewall' }, dryRun: true });
    expect(bench.loads).toBe(0);
    expect(bench.pins()).toEqual([]);
  });

  test.each([
    ['id:7', '/sys/fs/bpf/fw', 'ERR_REFERENCE', 'an object file is wanted'],
    [object('audit'), '/sys/fs/bpf/fw', 'ERR_AMBIGUOUS', 'audit_in, audit_out'],
    [object('firewall'), '/tmp/fw', 'EPERM', 'is not below a bpffs'],
    [object('firewall'), '/sys/fs/bpf/taken', 'EEXIST', 'is taken'],
  ])('load %s --pin %s is refused before anything is loaded', (file, pin, code, words) => {
    bench.kernel.pins.pin(bench.load('taken').fd, '/sys/fs/bpf/taken');
    const error = refusalOf(() => load(file, { pin }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(bench.loads).toBe(0);
  });

  test('a pin of somebody else needs force, a link is no program', () => {
    bench.kernel.pins.pin(bench.load('a').fd, '/sys/fs/bpf/theirs');
    expect(refusalOf(() => bench.manager.unpinProgram('/sys/fs/bpf/theirs')).code).toBe('ERR_FOREIGN');
    bench.kernel.pins.pin(bench.foreignLink('b').fd, '/sys/fs/bpf/link');
    const error = refusalOf(() => bench.manager.unpinProgram('/sys/fs/bpf/link', { force: true }));
    expect(error.message).toContain('is a link, no program (EINVAL); use mprog link unpin');
    bench.manager.unpinProgram('/sys/fs/bpf/theirs', { force: true });
    expect(bench.pins()).toEqual(['/sys/fs/bpf/link']);
  });

  test('a program that was loaded by mprog is ours under any pin', () => {
    load(object('firewall'), { pin: '/sys/fs/bpf/elsewhere' });
    expect(bench.manager.unpinProgram('/sys/fs/bpf/elsewhere').kind).toBe('unpin');
  });
}
