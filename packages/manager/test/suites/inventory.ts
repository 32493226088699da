import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { ManagerBench, object, refusalOf } from './manager-bench.js';

/** What `ls` and `show` see, also with fewer rights and in other namespaces. */
export function inventorySuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const world = () => bench.laboratory.host.world;
  const hookNames = (...globs: readonly string[]) => bench.inventory({ globs }).hooks.map(({ hook }) => hook);

  test('has the documented shape', () => {
    const { id } = bench.load('fw_main');
    const { link } = bench.manager.attach(bench.hook, `id:${id}`, { link: true });
    const b = bench.foreign('b');
    const { kernel, bootId, currentNamespace } = world();
    const { tag } = bench.kernel.programs.info(bench.kernel.programs.open(id).fd);
    const program = { type: 'sched_cls', tag, pins: [] };
    const inventory = bench.inventory();
    expect(JSON.parse(JSON.stringify(inventory))).toEqual({
      version: 1,
      kernel,
      bootId,
      errors: [],
      hooks: [
        {
          hook: bench.hook,
          layer: 'tcx',
          direction: 'ingress',
          ifindex: bench.ifindex,
          netnsInode: currentNamespace.call(world()),
          netns: null,
          revision: '3',
          attachments: [
            {
              position: 1,
              program: { id, name: 'fw_main', ...program },
              link: { id: link?.id, pins: bench.pins() },
              ours: true,
            },
            { position: 2, program: { id: b, name: 'b', ...program }, link: null, ours: false },
          ],
        },
      ],
    });
  });

  test('agrees with a query', () => {
    for (const name of ['a', 'b', 'c']) bench.foreign(name);
    const [hook] = bench.inventory().hooks;
    const { revision, attachments } = bench.kernel.attachments.query(bench.kernelHook());
    expect(hook?.revision).toBe(String(revision));
    expect(hook?.attachments.map(({ program }) => program.id)).toEqual(
      attachments.map(({ programId }) => programId),
    );
  });

  test('lists only hooks that have programs, and shows an empty one that is asked for', () => {
    expect(bench.inventory().hooks).toEqual([]);
    expect(hookNames('eth0')).toEqual([]);
    const [hook, ...more] = bench.manager.show('tcx/egress@eth0').hooks;
    expect(more).toEqual([]);
    expect(hook).toMatchObject({ hook: 'tcx/egress@eth0', revision: '1', attachments: [] });
  });

  test('patterns choose hooks', () => {
    const veth = bench.laboratory.addDevice('veth1');
    const { id, fd } = bench.load('a');
    bench.kernel.attachments.attach(bench.kernelHook(), fd);
    bench.kernel.attachments.attach(bench.kernelHook(veth), fd);
    bench.manager.attach('tcx/egress@veth1', `id:${id}`);
    const all = ['tcx/ingress@eth0', 'tcx/ingress@veth1', 'tcx/egress@veth1'];
    expect(hookNames()).toEqual(all);
    expect(hookNames('eth0')).toEqual(['tcx/ingress@eth0']);
    expect(hookNames('veth1')).toEqual(all.slice(1));
    expect(hookNames('*eth?')).toEqual(all);
    expect(hookNames('tcx/egress*')).toEqual(['tcx/egress@veth1']);
    expect(hookNames('tcx/ingress@veth1', 'eth0')).toEqual(all.slice(0, 2));
  });

  test('a pattern that no hook matches is an error with the nearest device', () => {
    const error = refusalOf(() => hookNames('eth9'));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain('list hooks eth9: no hook matches it (ENOENT); devices are ');
    expect(error.message).toContain('did you mean eth0?');
    expect(refusalOf(() => hookNames('tcx/ingress@eht0')).message).toContain('did you mean eth0?');
    expect(refusalOf(() => hookNames('%blue')).code).toBe('ERR_HOOK_NAME');
  });

  test.each([
    ['tcx/ingress@eth1', 'ENODEV', 'did you mean eth0?'],
    ['tcx/ingress@2147483647', 'ENODEV', 'there is no device 2147483647'],
    ['tcx/ingress@eth0%mprog-nowhere', 'ENOENT', 'there is no network namespace mprog-nowhere'],
    ['tcx/ingress@eth0%inode:1', 'ENOENT', 'enter network namespace'],
    ['cgroup/inet_ingress@/mprog-nowhere', 'ENOENT', 'there is no such cgroup'],
    ['cgroup/inet_ingress@app', 'EINVAL', 'not an absolute path inside the cgroup2 tree'],
    ['cgroup/inet_ingress@/../app', 'EINVAL', 'a path that holds .. may lead out of the cgroup2 tree'],
    ['cgroup/inet_ingress@/app%blue', 'ERR_HOOK_NAME', 'a cgroup is in no network namespace'],
    ['cgroup/inet_igress@/app', 'ERR_HOOK_NAME', 'did you mean inet_ingress?'],
    ['/app', 'ERR_HOOK_NAME', 'for example cgroup/inet_ingress@/app'],
    ['eth0', 'ERR_HOOK_NAME', 'write LAYER/DIRECTION@TARGET, for example tcx/ingress@eth0'],
  ])('%s is refused', (text, code, words) => {
    const error = refusalOf(() => bench.manager.show(text));
    expect(error.message).toContain(words);
    expect(error.code).toBe(code);
  });

  test('a device may be named by its ifindex; a device of that name wins', () => {
    const a = bench.foreign('a');
    const [hook] = bench.manager.show(`tcx/ingress@${bench.ifindex}`).hooks;
    expect(hook).toMatchObject({ hook: bench.hook, attachments: [{ program: { id: a } }] });
    const named = bench.laboratory.addDevice(String(bench.ifindex));
    const [other] = bench.manager.show(`tcx/ingress@${bench.ifindex}`).hooks;
    expect(other).toMatchObject({ ifindex: named, attachments: [] });
  });

  test('hooks of other namespaces are named so that every command finds them', () => {
    const inode = bench.laboratory.addNamespace();
    const moved = bench.laboratory.moveDevice(bench.laboratory.addDevice('eth7'), inode);
    const { id } = bench.load('a');
    const text = `tcx/ingress@eth7%inode:${inode}`;
    const change = bench.manager.attach(text, `id:${id}`, { link: true });
    expect(change.hook).toBe(text);
    expect(change.pin).toContain(`/mprog/links/${inode}/${moved}-tcx_ingress/a`);
    const expected = { hook: text, ifindex: moved, netnsInode: inode, attachments: [{ ours: true }] };
    expect(bench.manager.show(text).hooks).toMatchObject([expected]);
    expect(bench.inventory().hooks).toEqual([]);
    const everywhere = bench.inventory({ allNamespaces: true }).hooks;
    expect(everywhere.filter(({ netnsInode }) => netnsInode === inode)).toMatchObject([expected]);
    expect(hookNames(`eth7%inode:${inode}`)).toEqual([text]);
    expect(hookNames(`*%inode:${inode.slice(0, -1)}?`)).toEqual([text]);
    const inside = bench.managerWith({ namespace: { inode } });
    expect(inside.show('tcx/ingress@eth7').hooks).toMatchObject([expected]);
    expect(inside.inventory().hooks).toMatchObject([expected]);
    const link = bench.manager.link(`link:${change.link?.id}`).links;
    expect(link).toMatchObject([{ hook: text }]);
    expect(bench.manager.updateLink(`${change.link?.id}`, object('stop')).hook).toBe(text);
    expect(inside.detach('tcx/ingress@eth7', { first: true }).hook).toBe(text);
    expect(world().currentNamespace()).not.toBe(inode);
  });

  test('without CAP_SYS_ADMIN what may not be read is null, and one sentence says so', () => {
    const a = bench.foreign('a');
    const b = bench.load('b');
    bench.kernel.pins.pin(b.fd, '/sys/fs/bpf/b');
    bench.kernel.attachments.attach(bench.kernelHook(), b.fd);
    bench.laboratory.withCapabilities(['CAP_NET_ADMIN'], () => {
      // Hooks of cgroups are the host's, and what is on them adds sentences of its own.
      const { hooks, errors } = bench.inventory({ globs: ['tcx/*'] });
      expect(hooks[0]?.attachments.map(({ program }) => program)).toMatchObject([
        { id: a, type: null, name: null, tag: null },
        { id: b.id, type: 'sched_cls', name: 'b', pins: ['/sys/fs/bpf/b'] },
      ]);
      expect(errors).toEqual([
        'types, names and tags of some programs are unknown: opening them by id needs CAP_SYS_ADMIN',
      ]);
    });
  });

  test('namespaces that cannot be entered are named and skipped', () => {
    const inode = bench.laboratory.addNamespace();
    const a = bench.foreign('a');
    bench.laboratory.withCapabilities(['CAP_NET_ADMIN'], () => {
      const { hooks, errors } = bench.inventory({ allNamespaces: true, globs: ['tcx/*'] });
      expect(hooks).toMatchObject([{ hook: bench.hook, attachments: [{ program: { id: a } }] }]);
      expect(errors.filter((error) => error.startsWith(`namespace inode:${inode} was skipped`))).toHaveLength(
        1,
      );
    });
  });

  test('without CAP_NET_ADMIN there is nothing to list, and it is said once', () => {
    bench.foreign('a');
    bench.laboratory.withCapabilities([], () => {
      const { hooks, errors } = bench.inventory();
      expect(hooks).toEqual([]);
      expect(errors).toEqual(['hooks could not be read: that needs CAP_NET_ADMIN']);
      const error = refusalOf(() => bench.manager.show(bench.hook));
      expect(error.message).toBe(
        `query ${bench.hook}: reading hooks needs CAP_NET_ADMIN (EPERM); run mprog as root, or give it that capability`,
      );
    });
  });

  test('a device that vanishes during the listing is left out', () => {
    bench.foreign('a');
    bench.beforeCall('PROG_QUERY', () => bench.laboratory.removeDevice(bench.ifindex));
    expect(bench.inventory()).toMatchObject({ hooks: [], errors: [] });
  });

  test('a program that vanishes during the listing has nulls', () => {
    const { fd, id } = bench.load('a');
    bench.kernel.attachments.attach(bench.kernelHook(), fd);
    bench.laboratory.host.world.close(fd);
    bench.beforeCall('PROG_GET_FD_BY_ID', () => bench.kernel.attachments.detach(bench.kernelHook()));
    const { hooks, errors } = bench.inventory();
    expect(hooks).toMatchObject([{ attachments: [{ program: { id, name: null } }] }]);
    expect(errors).toEqual([]);
  });

  test('programs of the host', () => {
    const change = bench.manager.loadProgram(object('firewall'), { pin: '/sys/fs/bpf/mprog/programs/fw' });
    const a = bench.load('a');
    const listed = () => {
      const { programs, errors } = bench.manager.programs();
      return { own: programs.filter(({ id }) => id === change.program?.id || id === a.id), errors };
    };
    expect(listed().own).toMatchObject([
      { name: 'firewall', type: 'sched_cls', pins: ['/sys/fs/bpf/mprog/programs/fw'], ours: true },
      { name: 'a', pins: [], ours: false },
    ]);
    bench.laboratory.withCapabilities(['CAP_NET_ADMIN'], () => {
      const { own, errors } = listed();
      expect(own).toMatchObject([{ id: change.program?.id }]);
      expect(errors[0]).toBe('only pinned and attached programs are listed: the others need CAP_SYS_ADMIN');
    });
  });
}
