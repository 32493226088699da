import { netkit } from '@mprog/kernel';
import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { idsOf, ManagerBench, refusalOf } from '../test/suites/manager-bench.js';

vi.setConfig({ testTimeout: 60_000 });

describe('netkit hooks, on a simulated kernel that has them', () => {
  const bench = new ManagerBench(() => new SimulatedLaboratory({ netkit: true }));
  let primary: { ifindex: number; name: string };
  let peer: { ifindex: number; name: string };
  let hook: string;
  beforeEach(() => {
    const pair = bench.laboratory.addNetkitPair('drop');
    const devices = bench.laboratory.host.world.devices();
    primary = devices.find(({ ifindex }) => ifindex === pair.primary)!;
    peer = devices.find(({ ifindex }) => ifindex === pair.peer)!;
    hook = `netkit/primary@${primary.name}`;
  });
  const own = (name: string, options: Parameters<typeof bench.manager.attach>[2] = {}) =>
    bench.manager.attach(hook, `id:${bench.load(name).id}`, options);

  test('are attached to, listed, shown and detached from like those of tcx', () => {
    own('a');
    own('b', { before: ['name:a'], link: true });
    const other = `netkit/peer@${primary.name}`;
    bench.manager.attach(other, `id:${bench.load('c').id}`);
    const { hooks } = bench.inventory({ globs: ['netkit/*'] });
    expect(hooks.map((one) => [one.hook, one.attachments.map(({ program }) => program.name)])).toEqual([
      [hook, ['b', 'a']],
      [other, ['c']],
    ]);
    expect(hooks[0]).toMatchObject({ layer: 'netkit', direction: 'primary', ifindex: primary.ifindex });
    expect(bench.inventory({ globs: [primary.name] }).hooks).toHaveLength(2);
    expect(refusalOf(() => bench.inventory({ globs: ['netkit/*@eth0'] })).code).toBe('ENOENT');
    const { links } = bench.manager.links();
    expect(links).toMatchObject([{ type: 'netkit', hook, defunct: false }]);
    expect(bench.manager.detachLink(`link:${links[0]?.id}`).hook).toBe(hook);
    expect(idsOf(bench.manager.detach(hook, 'name:a').after)).toEqual([]);
  });

  test('end with the policy of their device', () => {
    expect(bench.manager.show(hook).hooks[0]?.behind).toEqual({
      qdisc: null,
      filters: [],
      policy: 'drop',
      words: 'policy drop, which decides while there are no programs',
    });
    own('a');
    expect(bench.manager.show(hook).hooks[0]?.behind?.words).toContain(
      'counts only while there are no programs',
    );
  });

  test('spec 9.3: an emptied hook reports revision 1 whatever it is, and attaching goes on', () => {
    own('a');
    bench.manager.detach(hook, 'name:a');
    expect(bench.manager.show(hook).hooks[0]?.revision).toBe('1');
    expect(refusalOf(() => own('b', { revision: 1 })).code).toBe('ESTALE');
    expect(own('c')).toMatchObject({ revisionBefore: '1', revisionAfter: '4', notes: [] });
    bench.manager.detach(hook, 'name:c');
    expect(own('d', { revision: 5 })).toMatchObject({ revisionAfter: '6' });
  });

  test('a peer in place of its primary is refused with the name of that', () => {
    const error = refusalOf(() => bench.manager.show(`netkit/peer@${peer.name}`));
    expect(error.code).toBe('EACCES');
    expect(error.message).toBe(
      `find hook netkit/peer@${peer.name}: ${peer.name} is the peer of its pair (EACCES); name the primary device, ${primary.name}: netkit/peer@${primary.name} is the hook of the peer`,
    );
    expect(refusalOf(() => bench.manager.show('netkit/primary@eth0')).message).toContain(
      'eth0 is no netkit device (ENXIO)',
    );
  });

  test('a primary in another namespace is not taken for a device here that has its number', () => {
    const laboratory = bench.laboratory as SimulatedLaboratory;
    const inode = laboratory.addNamespace();
    for (const name of ['a', 'b', 'c']) laboratory.kernel.addDevice(name, inode);
    const moved = laboratory.moveDevice(primary.ifindex, inode);
    expect(laboratory.addDevice('stranger')).toBe(moved);
    const error = refusalOf(() => bench.manager.show(`netkit/peer@${peer.name}`));
    expect(error.code).toBe('EACCES');
    expect(error.message).toContain(
      'name the primary device, which is in another network namespace: netkit/peer@PRIMARY%NAMESPACE is the hook',
    );
  });

  test('run: unknown verdicts drop (spec 9.5)', () => {
    const fd = bench.laboratory.loadVerdict(9);
    bench.kernel.attachments.attach(netkit('primary', primary.ifindex), fd);
    const run = bench.manager.run(hook, new Uint8Array(64));
    expect(run).toMatchObject({
      runs: [{ verdict: 'unknown (9)' }],
      outcome: 'dropped, as every unknown verdict is',
    });
  });
});

describe('netkit hooks, on a kernel without', () => {
  const bench = new ManagerBench(() => new SimulatedLaboratory());

  test.each([
    ['show', () => bench.manager.show('netkit/primary@eth0')],
    ['show of a device that is not there', () => bench.manager.show('netkit/primary@nk0')],
    ['attach', () => bench.manager.attach('netkit/primary@eth0', `id:${bench.load('a').id}`)],
    ['detach', () => bench.manager.detach('netkit/peer@eth0', { first: true }, { ignoreMissing: true })],
    ['ls', () => bench.manager.inventory({ globs: ['netkit/*'] })],
    ['run', () => bench.manager.run('netkit/primary@eth0', new Uint8Array(64))],
  ])('%s says so in words', (_, action) => {
    const error = refusalOf(action);
    expect(error.message).toContain('netkit is not in this kernel (needs Linux 6.7 and CONFIG_NETKIT)');
    expect(error.code).toBe('EOPNOTSUPP');
  });
});
