import { command, errno, Kernel, type Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { overridden, refusalOf } from './manager-bench.js';
import { PolicyBench } from './policy-bench.js';

const policyOf = (order: readonly string[], attach = 'link') => `
version: 1
programs:
  firewall: { object: firewall.o }
  telemetry: { object: telemetry.o }
  guest: { match: { name: guest } }
hooks:
  - on: tcx/ingress
    devices: [eth0]
    order: [${order.join(', ')}]
    attach: ${attach}
`;

/** Others who change the chain or our pins while a policy is carried out. */
export function disturbanceSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);
  const provide = () => {
    for (const name of ['firewall', 'telemetry']) bench.provide(`${name}.o`, name);
  };
  const undoPins = () => bench.pins().filter((path) => path.includes('/mprog/undo/'));
  const pinMap = (path: string) => {
    const { pins } = bench.laboratory.host.world;
    const parts = path.split('/');
    for (let n = 5; n < parts.length; n++) {
      const above = parts.slice(0, n).join('/');
      if (pins.kindOf(above) === null) pins.makeDirectory(above);
    }
    using map = bench.kernel.maps.create({
      type: 1,
      keySize: 4,
      valueSize: 4,
      maxEntries: 1,
      name: 'theirs',
    });
    bench.kernel.pins.pin(map.fd, path);
  };

  describe.each([
    ['link', 'LINK_CREATE'],
    ['program', 'PROG_ATTACH'],
  ] as const)('a first step by %s that could not be verified', (attach, call) => {
    test('is undone when there is no plan any more', () => {
      provide();
      const { fd } = bench.load('guest');
      bench.kernel.attachments.attach(bench.kernelHook(), fd);
      // Its owner takes the guest, which the policy wants, away between the step and the look at what became of it.
      bench.beforeCall(call, () =>
        bench.beforeCall('PROG_QUERY', () =>
          bench.kernel.attachments.detach(bench.kernelHook(), { programFd: fd }),
        ),
      );
      const [outcome] = bench.apply(policyOf(['telemetry', 'guest'], attach));
      expect(outcome).toMatchObject({ outcome: 'failed' });
      expect(outcome?.error?.message).toContain('guest');
      expect(outcome?.error?.message).toContain('the steps before it were undone');
      expect(bench.names()).toEqual([]);
      expect(bench.pins().filter((path) => path.includes('/links/'))).toEqual([]);
    });
  });

  describe.each(['overlap', 'gap'] as const)('a move by %s', (strategy) => {
    test.each([
      ['links', true, 'LINK_DETACH'],
      ['programs', false, 'PROG_DETACH'],
    ] as const)('of %s goes on when somebody comes while the program is off its place', (_, link, call) => {
      for (const name of ['a', 'b', 'c']) {
        const { fd, id } = bench.load(name);
        bench.kernel.pins.pin(fd, `/sys/fs/bpf/${name}`);
        bench.manager.attach(bench.hook, `id:${id}`, { link });
      }
      bench.beforeCall(call, () => bench.beforeCall('PROG_QUERY', () => bench.foreign('guest')));
      const { outcome } = bench.policyManager().move(bench.hook, 'name:c', { before: ['name:a'], strategy });
      expect(outcome).toMatchObject({ outcome: 'changed', attempts: 2, error: null });
      expect(bench.names()).toEqual(['c', 'a', 'b', 'guest']);
      expect(bench.pins().filter((path) => path.includes('stand-ins'))).toEqual([]);
    });
  });

  test('what failed and was undone is nothing to undo, and keeps nothing', () => {
    provide();
    bench.foreign('guest');
    bench.apply(policyOf(['telemetry', 'firewall', 'guest']));
    const manager = bench.policyManager();
    const [done] = manager.history().entries;
    const before = bench.names();
    const kept = undoPins();
    for (let n = 0; n < 12; n++) {
      bench.beforeCall('LINK_DETACH', () => bench.beforeCall('PROG_QUERY', () => bench.foreign('guest')));
      expect(bench.apply(policyOf(['firewall', 'telemetry', 'guest']))).toMatchObject([
        { outcome: 'failed' },
      ]);
      // Two programs that are called so are an error of the policy; one goes again.
      bench.manager.detach(bench.hook, { last: true }, { force: true });
    }
    expect(bench.names()).toEqual(before);
    expect(undoPins()).toEqual(kept);
    const failed = manager
      .history()
      .entries.find(({ command, entry }) => command === 'apply' && entry !== done?.entry);
    expect(failed).toMatchObject({
      undoable: false,
      reason: 'it failed, and what it had done was undone then',
    });
    expect(refusalOf(() => manager.planUndo(failed?.entry)).message).toContain(
      'it failed, and what it had done',
    );
    const work = manager.planUndo();
    expect(work.plan.entry).toBe(done?.entry);
    expect([...manager.undo(work)]).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.names()).toEqual(['guest']);
  });

  test('without the right to open programs by their ids nothing is begun that could not be undone', () => {
    provide();
    bench.foreign('guest');
    bench.apply(policyOf(['telemetry', 'firewall', 'guest']));
    const { host } = bench.laboratory;
    const systemCall = overridden(host.systemCall, {
      bpf: (number, attr, size) =>
        number === command.PROG_GET_FD_BY_ID || number === command.PROG_GET_NEXT_ID
          ? -errno.EPERM
          : host.systemCall.bpf(number, attr, size),
    });
    const manager = bench.policyManager({ kernel: new Kernel(overridden(host, { systemCall })) });
    const before = bench.revision();
    const text = policyOf(['firewall', 'telemetry']);
    expect([...manager.apply(manager.plan(bench.policy(text)))]).toMatchObject([
      { outcome: 'failed', error: { code: 'EPERM' } },
    ]);
    expect(bench.revision()).toBe(before);
    expect(bench.names()).toEqual(['telemetry', 'firewall', 'guest']);
  });

  test("somebody else's pins below mprog/ stay, and take no place from ours", () => {
    provide();
    const theirs = [
      '/sys/fs/bpf/mprog/stand-ins/theirs',
      '/sys/fs/bpf/mprog/stand-ins/1-00000000',
      ...Array.from({ length: 12 }, (_, n) => `/sys/fs/bpf/mprog/undo/theirs${n}/1`),
    ];
    for (const path of theirs) pinMap(path);
    bench.foreign('guest');
    bench.apply(policyOf(['telemetry', 'firewall', 'guest']));
    expect(bench.apply(policyOf(['firewall', 'telemetry', 'guest']))).toMatchObject([{ outcome: 'changed' }]);
    expect(bench.pins()).toEqual(expect.arrayContaining(theirs));
    expect(undoPins().length).toBe(13);
  });

  test.each(['undo', 'stand-ins'])(
    'a pin where mprog/%s should be is no reason to fail when all is done',
    (name) => {
      provide();
      pinMap(`/sys/fs/bpf/mprog/${name}`);
      bench.foreign('guest');
      expect(bench.apply(policyOf(['telemetry', 'firewall', 'guest']))).toMatchObject([
        { outcome: 'changed' },
      ]);
      expect(bench.apply(policyOf(['firewall', 'telemetry', 'guest']))).toMatchObject([
        { outcome: 'failed', error: { code: 'ENOTDIR' } },
      ]);
      expect(bench.names()).toEqual(['telemetry', 'firewall', 'guest']);
    },
  );

  test('a pin of something else where a program waits for its name is not removed', () => {
    provide();
    pinMap('/sys/fs/bpf/mprog/programs/telemetry~new');
    bench.foreign('guest');
    const { message } = refusalOf(() => bench.apply(policyOf(['telemetry', 'guest'])));
    expect(message).toContain('/sys/fs/bpf/mprog/programs/telemetry~new is taken by a map');
    expect(bench.pins()).toEqual(['/sys/fs/bpf/mprog/programs/telemetry~new']);
    expect(bench.names()).toEqual(['guest']);
  });
}
