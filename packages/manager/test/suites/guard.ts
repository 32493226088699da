import { first } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { idsOf, ManagerBench, refusalOf } from './manager-bench.js';

/** What happens when somebody else changes the chain at the same moment, and what the journal keeps. */
export function guardSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);

  test('plans again when the chain changed since it was read', () => {
    const a = bench.foreign('a');
    const own = bench.load('own');
    let b = 0;
    bench.beforeCall('PROG_ATTACH', () => {
      b = bench.foreign('b', [first()]);
    });
    const change = bench.manager.attach(bench.hook, `id:${own.id}`, { before: [`id:${a}`] });
    expect(bench.ids()).toEqual([b, own.id, a]);
    expect(change).toMatchObject({ position: 2, revisionBefore: '3', revisionAfter: '4', notes: [] });
    expect(bench.pauses).toHaveLength(1);
  });

  test('gives up after ten attempts, and says who changed what', () => {
    const own = bench.load('own');
    const ids: number[] = [];
    for (let i = 0; i < 10; i++) bench.beforeCall('PROG_ATTACH', () => ids.push(bench.foreign(`p${i}`)));
    const error = refusalOf(() => bench.manager.attach(bench.hook, `id:${own.id}`));
    expect(error.code).toBe('ESTALE');
    expect(error.message).toContain('the chain changed during each of 10 attempts (ESTALE); meanwhile');
    expect(error.message).toContain(`id:${ids[0]} p0`);
    expect(bench.ids()).toEqual(ids);
    expect(bench.pauses).toHaveLength(9);
    expect(bench.journal().at(-1)).toMatchObject({ phase: 'after', outcome: 'failed', error: 'ESTALE' });
  });

  test('with an explicit revision it never plans again', () => {
    const own = bench.load('own');
    bench.beforeCall('PROG_ATTACH', () => bench.foreign('b'));
    const attach = () => bench.manager.attach(bench.hook, `id:${own.id}`, { revision: 1 });
    expect(refusalOf(attach).code).toBe('ESTALE');
    expect(bench.ids()).not.toContain(own.id);
    bench.manager.attach(bench.hook, `id:${own.id}`);
    bench.beforeCall('PROG_DETACH', () => bench.foreign('c'));
    const detach = () => bench.manager.detach(bench.hook, `id:${own.id}`, { revision: 3 });
    expect(refusalOf(detach).code).toBe('ESTALE');
    expect(bench.ids()).toContain(own.id);
    expect(bench.pauses).toEqual([]);
  });

  test('a link is made again at the right place when the chain changed', () => {
    const a = bench.foreign('a');
    const own = bench.load('own');
    bench.beforeCall('LINK_CREATE', () => bench.foreign('b'));
    const change = bench.manager.attach(bench.hook, `id:${own.id}`, { link: true, after: [`id:${a}`] });
    expect(change.position).toBe(3);
    expect(bench.pins()).toHaveLength(1);
  });

  test('a detach plans again, also through a link and on an emptied hook', () => {
    const a = bench.load('a');
    const b = bench.load('b');
    bench.manager.attach(bench.hook, `id:${a.id}`);
    bench.manager.attach(bench.hook, `id:${b.id}`, { link: true });
    bench.beforeCall('PROG_DETACH', () => bench.foreign('c'));
    bench.manager.detach(bench.hook, `id:${a.id}`);
    bench.beforeCall('PROG_QUERY', () => {});
    bench.beforeCall('PROG_QUERY', () => bench.foreign('d'));
    const change = bench.manager.detach(bench.hook, `id:${b.id}`);
    expect(change.before).toHaveLength(3);
    for (const _ of bench.ids()) bench.kernel.attachments.detach(bench.kernelHook());

    bench.manager.attach(bench.hook, `id:${a.id}`);
    bench.beforeCall('PROG_DETACH', () => bench.kernel.attachments.detach(bench.kernelHook()));
    const error = refusalOf(() => bench.manager.detach(bench.hook, `id:${a.id}`));
    expect(error.message).toContain(
      `detach id:${a.id} from ${bench.hook}: no program is attached here (ENOENT)`,
    );
  });

  test('spec 8.2: a chain that was emptied and filled again has the same revision; the change says so', () => {
    const a = bench.load('a');
    const b = bench.load('b');
    bench.kernel.attachments.attach(bench.kernelHook(), a.fd);
    const own = bench.load('own');
    bench.beforeCall('PROG_ATTACH', () => {
      bench.kernel.attachments.detach(bench.kernelHook());
      bench.kernel.attachments.attach(bench.kernelHook(), b.fd);
    });
    const change = bench.manager.attach(bench.hook, `id:${own.id}`);
    expect(bench.ids()).toEqual([b.id, own.id]);
    expect(change.notes).toEqual([
      `somebody changed the chain at the same moment: id:${b.id} b appeared and id:${a.id} a left`,
    ]);
  });

  test('spec 8.2: an anchor that went while the revision stayed is no error but a changed chain', () => {
    const a = bench.load('a');
    const b = bench.load('b');
    const c = bench.load('c');
    for (const { fd } of [a, b]) bench.kernel.attachments.attach(bench.kernelHook(), fd);
    const own = bench.load('own');
    bench.beforeCall('PROG_ATTACH', () => {
      for (const _ of [a, b]) bench.kernel.attachments.detach(bench.kernelHook());
      for (const { fd } of [a, c]) bench.kernel.attachments.attach(bench.kernelHook(), fd);
    });
    const error = refusalOf(() =>
      bench.manager.attach(bench.hook, `id:${own.id}`, { before: [`id:${b.id}`] }),
    );
    expect(error.message).toContain(`before id:${b.id}: id:${b.id} is not attached here (ENOENT)`);
    expect(bench.pauses).toHaveLength(1);
    expect(bench.ids()).toEqual([a.id, c.id]);
  });

  test('what changes between act and verify is reported', () => {
    const own = bench.load('own');
    bench.beforeCall('PROG_QUERY', () => {});
    bench.beforeCall('PROG_QUERY', () => bench.foreign('late'));
    const change = bench.manager.attach(bench.hook, `id:${own.id}`);
    const [, late] = bench.ids();
    expect(change.notes).toEqual([`somebody changed the chain at the same moment: id:${late} late appeared`]);
    expect(idsOf(change.after)).toEqual([own.id, late]);
  });

  test('what was attached and is gone at once is an error', () => {
    const own = bench.load('own');
    bench.beforeCall('PROG_QUERY', () => {});
    bench.beforeCall('PROG_QUERY', () =>
      bench.kernel.attachments.detach(bench.kernelHook(), { programFd: own.fd }),
    );
    const error = refusalOf(() => bench.manager.attach(bench.hook, `id:${own.id}`));
    expect(error.code).toBe('ERR_VERIFY');
    expect(error.message).toContain('was attached, but it is gone again');
  });

  test('what was detached and is back at once is an error', () => {
    const own = bench.load('own');
    bench.manager.attach(bench.hook, `id:${own.id}`);
    bench.beforeCall('PROG_QUERY', () => {});
    bench.beforeCall('PROG_QUERY', () => bench.kernel.attachments.attach(bench.kernelHook(), own.fd));
    const error = refusalOf(() => bench.manager.detach(bench.hook, `id:${own.id}`));
    expect(error.code).toBe('ERR_VERIFY');
  });

  test('a device that vanishes between reading and acting ends in one error, nothing half done', () => {
    for (const options of [{}, { link: true }, { pin: '/sys/fs/bpf/x' }]) {
      const ifindex = bench.laboratory.addDevice('eth1');
      const own = bench.load('own');
      const name = 'link' in options ? 'LINK_CREATE' : 'PROG_ATTACH';
      bench.beforeCall(name, () => bench.laboratory.removeDevice(ifindex));
      const error = refusalOf(() => bench.manager.attach('tcx/ingress@eth1', `id:${own.id}`, options));
      expect(error.code).toBe('ENODEV');
      expect(error.message).toContain('tcx/ingress@eth1');
      expect(bench.pins()).toEqual([]);
    }
  });

  test('a device that vanishes between acting and verifying leaves no link and no pin', () => {
    const ifindex = bench.laboratory.addDevice('eth1');
    const own = bench.load('own');
    bench.beforeCall('PROG_QUERY', () => {});
    bench.beforeCall('PROG_QUERY', () => bench.laboratory.removeDevice(ifindex));
    const error = refusalOf(() => bench.manager.attach('tcx/ingress@eth1', `id:${own.id}`, { link: true }));
    expect(error.code).toBe('ENODEV');
    expect(bench.pins()).toEqual([]);
  });

  test('each change has a record before and one after', () => {
    const own = bench.load('own');
    bench.manager.attach(bench.hook, `id:${own.id}`, { link: true });
    const [pin] = bench.pins();
    const { bootId, user, currentNamespace } = bench.laboratory.host.world;
    const link = bench.manager.show(bench.hook).hooks[0]?.attachments[0]?.link?.id;
    const [before, after] = bench.journal();
    expect(before).toEqual({
      version: 1,
      entry: after?.entry,
      phase: 'before',
      bootId,
      time: '2023-11-14T22:13:20.000Z',
      user,
      pid: process.pid,
      operation: 'attach',
      hook: bench.hook,
      netnsInode: currentNamespace.call(bench.laboratory.host.world),
      ifindex: bench.ifindex,
      cgroupId: null,
      program: own.id,
      object: null,
      digest: null,
      function: null,
      policyProgram: null,
      replaced: null,
      link: null,
      pin,
      revisionBefore: '1',
      revisionAfter: null,
      outcome: null,
      error: null,
    });
    expect(after).toEqual({ ...before, phase: 'after', link, revisionAfter: '2', outcome: 'done' });
    bench.manager.detach(bench.hook, { last: true });
    expect(bench.journal().map(({ operation, phase, outcome }) => [operation, phase, outcome])).toEqual([
      ['attach', 'before', null],
      ['attach', 'after', 'done'],
      ['detach', 'before', null],
      ['detach', 'after', 'done'],
    ]);
  });

  test('what is refused before anything is done leaves no record', () => {
    expect(refusalOf(() => bench.manager.attach(bench.hook, 'id:2147483600')).code).toBe('ENOENT');
    expect(refusalOf(() => bench.manager.detach(bench.hook, 'id:1')).code).toBe('ENOENT');
    expect(() => bench.journal()).toThrow(/ENOENT/);
  });

  test('without a journal nothing is changed', () => {
    const own = bench.load('own');
    const manager = bench.managerWith({ stateDirectory: '/proc/nowhere' });
    const error = refusalOf(() => manager.attach(bench.hook, `id:${own.id}`));
    expect(error.message).toContain('write journal /proc/nowhere/journal.jsonl');
    expect(error.message).toContain('name another state directory with --state DIR');
    expect(bench.ids()).toEqual([]);
  });

  test('the journal of another state directory claims nothing', () => {
    const own = bench.load('own');
    bench.manager.attach(bench.hook, `id:${own.id}`);
    const other = bench.managerWith({ stateDirectory: `${bench.stateDirectory}/other` });
    expect(refusalOf(() => other.detach(bench.hook, `id:${own.id}`)).code).toBe('ERR_FOREIGN');
    expect(other.inventory().hooks[0]?.attachments[0]?.ours).toBe(false);
  });
}
