import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import { errno, type Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { ManagerBench, object, overridden, refusalOf } from './manager-bench.js';

/** What is missing or broken around the kernel. */
export function obstacleSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);

  test('without bpffs a link is refused with the remedy, before anything is attached', () => {
    const own = bench.load('own');
    const manager = bench.managerInWorld({
      pins: overridden(bench.laboratory.host.world.pins, { mounts: () => [] }),
    });
    const error = refusalOf(() => manager.attach(bench.hook, `id:${own.id}`, { link: true }));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain('no bpffs is mounted');
    expect(error.message).toContain('; mount -t bpf bpffs /sys/fs/bpf');
    expect(refusalOf(() => manager.loadProgram(object('stop'), { pin: '/sys/fs/bpf/x' })).code).toBe(
      'ENOENT',
    );
    expect(bench.revision()).toBe(1);
    expect(bench.loads).toBe(0);
    expect(manager.attach(bench.hook, `id:${own.id}`).position).toBe(1);
  });

  test.each<[string, (bench: ManagerBench, own: string, skb: string) => unknown, string]>([
    [
      'a preorder on a device',
      ({ manager, hook }, own) => manager.attach(hook, own, { preorder: true }),
      'leave out --preorder',
    ],
    ['an empty hook', ({ manager, hook }) => manager.detach(hook, 'id:1'), 'mprog ls shows the hooks'],
    [
      'the first of none',
      ({ manager, hook }) => manager.detach(hook, { first: true }),
      'mprog ls shows the hooks',
    ],
    ['no such id', ({ manager, hook }) => manager.attach(hook, 'id:2147483600'), 'mprog program ls lists'],
    ['no such link', ({ manager, hook }) => manager.attach(hook, 'link:2147483600'), 'mprog link ls lists'],
    [
      'no such pin',
      ({ manager, hook }) => manager.attach(hook, 'pin:/sys/fs/bpf/none'),
      'mprog link ls and mprog program ls',
    ],
    ['an id that is none', ({ manager, hook }) => manager.attach(hook, 'id:x'), 'mprog program ls lists ids'],
    [
      'a tag that is none',
      ({ manager, hook }) => manager.attach(hook, 'tag:x'),
      'mprog program ls lists tags',
    ],
    [
      'a name that is none',
      ({ manager, hook }) => manager.attach(hook, 'name:'),
      'write for example name:fw_*',
    ],
    ['a colon without program', ({ manager, hook }) => manager.attach(hook, 'fw.o:'), 'leave out the colon'],
    [
      'a pin that is no path',
      ({ manager, hook }, own) => manager.attach(hook, own, { pin: 'x' }),
      'choose a path below',
    ],
    [
      'a revision that is none',
      ({ manager, hook }, own) => manager.attach(hook, own, { revision: -1 }),
      'mprog show HOOK tells',
    ],
    [
      'a program of another type',
      ({ manager, hook }, _, skb) => manager.attach(hook, skb),
      'it fits on cgroup/inet_ingress, cgroup/inet_egress',
    ],
    [
      'a program of no hook',
      ({ manager, hook }) => manager.attach(hook, object('xdp')),
      'no hook that mprog manages takes it',
    ],
    [
      'a namespace by no number',
      ({ manager }) => manager.show('tcx/ingress@eth0%pid:x'),
      'for example pid:412',
    ],
    [
      'a backslash at the end',
      ({ manager }) => manager.show('tcx/ingress@eth0\\'),
      'write \\\\ for the character itself',
    ],
    [
      'a layer that is none',
      ({ manager }) => manager.show('xdp/ingress@eth0'),
      'layers are tcx, netkit, cgroup',
    ],
  ])('a refusal says what to do: %s', (_, action, remedy) => {
    const own = `id:${bench.load().id}`;
    const skb = `id:${bench.loadForCgroup().id}`;
    const { message } = refusalOf(() => action(bench, own, skb));
    expect(message.slice(message.indexOf('; '))).toContain(remedy);
  });

  test('a refusal says what to do: nothing before the first', () => {
    const [a, b] = [bench.foreign('a'), bench.foreign('b')];
    const error = refusalOf(() => bench.manager.detach(bench.hook, { before: `id:${a}` }));
    expect(error.message).toContain(`; the list is id:${a} a, id:${b} b`);
  });

  test('where pins may not be read, whose things are is unknown: null, and refused without force', () => {
    const a = bench.foreign('a');
    const { program, link } = bench.foreignLink('b');
    const manager = bench.managerInWorld({
      pins: overridden(bench.laboratory.host.world.pins, {
        list: () => {
          throw new MprogError('EACCES', 'list pins: permission denied (EACCES)');
        },
      }),
    });
    const { hooks, errors } = manager.inventory();
    expect(hooks[0]?.attachments).toMatchObject([
      { program: { id: a, pins: null }, ours: null },
      { program: { id: program, pins: null }, link: { id: link, pins: null }, ours: null },
    ]);
    expect(errors).toEqual(['pins below /sys/fs/bpf are unknown: list pins: permission denied (EACCES)']);
    const error = refusalOf(() => manager.detach(bench.hook, `id:${a}`));
    expect(error.code).toBe('ERR_FOREIGN');
    expect(error.message).toContain('cannot be told, since pins or journal may not be read; give --force');
    manager.detach(bench.hook, `id:${a}`, { force: true });
    expect(bench.ids()).toEqual([program]);
  });

  test('where the journal may not be read, pins alone tell what is ours', () => {
    const own = bench.load('own');
    bench.manager.attach(bench.hook, `id:${own.id}`, { link: true });
    bench.foreign('a');
    const path = join(bench.stateDirectory, 'journal.jsonl');
    renameSync(path, `${path}.old`);
    mkdirSync(path);
    const { hooks, errors } = bench.inventory();
    expect(hooks[0]?.attachments.map(({ ours }) => ours)).toEqual([true, null]);
    expect(errors[0]).toContain('what is ours is known from pins alone: read journal');
  });

  test('a change whose end cannot be recorded is done, and says so', () => {
    const own = bench.load('own');
    const path = join(bench.stateDirectory, 'journal.jsonl');
    bench.beforeCall('PROG_ATTACH', () => {
      renameSync(path, `${path}.old`);
      mkdirSync(path);
    });
    const change = bench.manager.attach(bench.hook, `id:${own.id}`);
    expect(change.notes[0]).toContain('it was done, but its end could not be recorded: write journal');
    expect(bench.ids()).toEqual([own.id]);
  });

  test('a kernel without tcx is named as such', () => {
    const manager = bench.managerAnswered('PROG_QUERY', -errno.EINVAL);
    const error = refusalOf(() => manager.show(bench.hook));
    expect(error.code).toBe('EOPNOTSUPP');
    expect(error.message).toContain('tcx is not in this kernel (needs Linux 6.6) (EOPNOTSUPP)');
    expect(manager.inventory().hooks).toEqual([]);
  });

  test('an answer of the kernel comes out with the name of the hook', () => {
    const own = bench.load('own');
    const manager = bench.managerAnswered('PROG_ATTACH', -errno.ENOMEM);
    const error = refusalOf(() => manager.attach(bench.hook, `id:${own.id}`));
    expect(error.code).toBe('ENOMEM');
    expect(error.message).toContain(`attach to ${bench.hook}:`);
    expect(error.data).toMatchObject({ hook: bench.hook });
    expect(bench.journal().at(-1)).toMatchObject({ outcome: 'failed', error: 'ENOMEM' });
  });

  test('a name that stands for another namespace by now is not entered', () => {
    const inode = bench.laboratory.addNamespace();
    bench.laboratory.moveDevice(bench.laboratory.addDevice('eth7'), inode);
    const { world } = bench.laboratory.host;
    const here = world.currentNamespace();
    let looks = 0;
    const manager = bench.managerInWorld({
      currentNamespace: () => {
        const found = world.currentNamespace();
        return found === inode && ++looks > 1 ? '1' : found === inode ? inode : here;
      },
    });
    const error = refusalOf(() => manager.show(`tcx/ingress@eth7%inode:${inode}`));
    expect(error.message).toContain('it is another one than a moment ago');
  });

  test('a link that somebody updates right after us is an error', () => {
    const a = bench.load('a');
    const { link } = bench.manager.attach(bench.hook, `id:${a.id}`, { link: true });
    const b = bench.load('b');
    const c = bench.load('c');
    bench.beforeCall('LINK_UPDATE', () =>
      bench.beforeCall('OBJ_GET_INFO_BY_FD', () => {
        using opened = bench.kernel.links.open(link?.id ?? 0);
        bench.kernel.links.update(opened.fd, c.fd);
      }),
    );
    const error = refusalOf(() => bench.manager.updateLink(`link:${link?.id}`, `id:${b.id}`));
    expect(error.code).toBe('ERR_VERIFY');
    expect(error.message).toContain(`was updated, but has id:${c.id} by now`);
  });

  test('what the verifier rejects is refused with its log, or loaded where nothing verifies', () => {
    const attach = () => bench.manager.attach(bench.hook, object('rejected'));
    if (bench.laboratory.host.world.kernel.startsWith('simulated')) {
      expect(attach().kind).toBe('attach');
      return;
    }
    const error = refusalOf(attach);
    expect(String(error.data.log)).not.toBe('');
    expect(bench.ids()).toEqual([]);
    expect(() => bench.journal()).toThrow(/ENOENT/);
  });
}
