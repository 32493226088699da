import { type Laboratory, tcx } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { ManagerBench, refusalOf } from './manager-bench.js';

/** What `show` says beyond the chain, running packets by hand, and the probe. */
export function behindSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const show = () => bench.manager.show(bench.hook).hooks[0];
  const warnings = () => show()?.warnings ?? [];
  const frame = (length = 64) => Uint8Array.from({ length }, (_, at) => (at === 12 ? 8 : at & 1));
  /** Attaches a program with a verdict at the end as somebody else would. */
  const verdict = (value: number, name = ''): number => {
    const fd = bench.laboratory.loadVerdict(value, name === '' ? {} : { name });
    bench.kernel.attachments.attach(bench.kernelHook(), fd);
    return bench.kernel.programs.info(fd).id;
  };

  test('behind a hook: nothing, and the qdisc that carries classic filters', () => {
    expect(show()?.behind).toEqual({
      qdisc: null,
      filters: [],
      policy: null,
      words: 'no classic filters; what comes to the end is accepted',
    });
    bench.laboratory.setQdisc(bench.ifindex, 'ingress', true);
    expect(show()?.behind).toMatchObject({
      qdisc: 'ingress',
      words: expect.stringContaining('the ingress qdisc'),
    });
    const egress = bench.manager.show('tcx/egress@eth0').hooks[0];
    expect(egress?.behind?.words).toBe('no classic filters; what comes to the end is accepted');
    const path = bench.cgroup();
    const [cgroup] = bench.manager.show(`cgroup/inet_egress@${path}`).hooks;
    expect(cgroup?.behind?.words).toBe('every program is asked, and what none of them refuses is allowed');
  });

  test('the same name or tag twice is a warning', () => {
    verdict(-1, 'a');
    expect(warnings()).toEqual([]);
    const [b, c] = [verdict(-1, 'twin'), verdict(-1, 'twin')];
    expect(warnings()).toEqual([
      `twin is here 2 times with the same instructions: id:${b} at position 2, id:${c} at position 3`,
      expect.stringMatching(
        /^programs with the same instructions \(tag [0-9a-f]{16}\) are here 3 times: id:/,
      ),
    ]);
  });

  test('programs of one name with other instructions', () => {
    verdict(-1, 'twin');
    verdict(0, 'twin');
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^twin is here 2 times, as programs of the same name: id:\d+ at position 1, id:\d+ at/,
      ),
    ]);
  });

  test('a link that a process holds is not to be warned of; who holds it is told', () => {
    bench.foreignLink('a');
    const [attachment] = show()?.attachments ?? [];
    expect(attachment?.link?.holders).toHaveLength(1);
    expect(warnings()).toEqual([]);
  });

  test('a link that nothing pins or holds is a warning', () => {
    bench.foreignLink('a');
    const none = { byLink: new Map(), complete: true };
    const [hook] = bench.managerInWorld({ linkHolders: () => none }).show(bench.hook).hooks;
    expect(hook?.attachments[0]?.link?.holders).toEqual([]);
    expect(hook?.warnings).toContainEqual(
      expect.stringContaining('is pinned nowhere, and no process that can be seen'),
    );
    const some = { byLink: new Map(), complete: false };
    const [unknown] = bench.managerInWorld({ linkHolders: () => some }).show(bench.hook).hooks;
    expect(unknown?.attachments[0]?.link?.holders).toBeNull();
    expect(unknown?.warnings?.join()).not.toContain('pinned nowhere');
  });

  const defunct = (hook = bench.hook) =>
    (bench.manager.show(hook).hooks[0]?.warnings ?? []).filter((warning) => warning.includes('defunct'));

  test('defunct links of ours are a warning on such hooks, with what removes them', () => {
    expect(defunct()).toEqual([]);
    const gone = bench.laboratory.addDevice('gone0');
    const { id } = bench.load('a');
    const { link, pin } = bench.manager.attach('tcx/ingress@gone0', `id:${id}`, { link: true });
    bench.laboratory.removeDevice(gone);
    expect(defunct()).toEqual([
      `a link of ours for tcx/ingress is defunct, since what it was attached to is gone: link:${link?.id} pinned at ${pin}; mprog link prune removes our pins of such links`,
    ]);
    expect(defunct('tcx/egress@eth0')).toEqual([]);
    expect(defunct(`cgroup/inet_ingress@${bench.cgroup()}`)).toEqual([]);
    bench.manager.pruneLinks();
    expect(defunct()).toEqual([]);
  });

  test('a defunct link of somebody else is a warning only where its program is attached', () => {
    const gone = bench.laboratory.addDevice('gone0');
    const { fd, id: program } = bench.load('a');
    const link = bench.kernel.links.create(tcx('ingress', gone), fd);
    const { id } = bench.kernel.links.info(link.fd);
    bench.laboratory.removeDevice(gone);
    expect(defunct()).toEqual([]);
    bench.kernel.attachments.attach(bench.kernelHook(), fd);
    expect(defunct()).toEqual([
      `link:${id} is defunct, since what it was attached to is gone; its program is the one at position 1, id:${program} a`,
    ]);
  });

  test('run: every verdict up to the one that ends the chain', () => {
    const [a, b] = [verdict(-1, 'a'), verdict(2, 'b')];
    verdict(0, 'c');
    const run = bench.manager.run(bench.hook, frame());
    expect(run).toMatchObject({ hook: bench.hook, length: 64, rest: 1, outcome: 'dropped' });
    expect(run.runs).toMatchObject([
      { position: 1, program: { id: a }, result: -1, verdict: 'NEXT', ends: false, changed: null },
      { position: 2, program: { id: b }, result: 2, verdict: 'DROP', ends: true, changed: null },
    ]);
    expect(run.unknown.join()).toContain('what they wrote to maps');
  });

  test.each([
    [0, 'PASS', 'accepted; classic filters do not see it'],
    [7, 'REDIRECT', 'redirected, to where cannot be told'],
    [5, 'unknown (5)', 'the chain ends, and classic filters go on as after NEXT'],
  ])('spec 8.6: %i is %s', (value, name, outcome) => {
    verdict(value);
    verdict(2);
    const run = bench.manager.run(bench.hook, frame());
    expect(run).toMatchObject({ runs: [{ verdict: name, ends: true }], rest: 1, outcome });
  });

  test('run: no program ends the chain', () => {
    expect(bench.manager.run(bench.hook, frame()).outcome).toContain('classic filters go on');
    verdict(-1);
    expect(bench.manager.run(bench.hook, frame()).outcome).toContain('no program ends the chain');
  });

  test('run: on a cgroup everything runs that acts there', () => {
    const path = bench.cgroup();
    const child = bench.cgroup(path);
    for (const [at, name, value] of [
      [path, 'allows', 1],
      [child, 'refuses', 0],
    ] as const) {
      const { fd } = bench.loadForCgroup(name, value);
      bench.onCgroup(at, (hook) => bench.kernel.attachments.attach(hook, fd));
    }
    const run = bench.manager.run(`cgroup/inet_ingress@${child}`, frame());
    expect(run.runs.slice(0, 2)).toMatchObject([
      { program: { name: 'refuses' }, cgroup: child, verdict: 'REFUSE', ends: false, changed: null },
      { program: { name: 'allows' }, cgroup: path, verdict: 'ALLOW', changed: null },
    ]);
    expect(run.outcome).toMatch(/^dropped without a word, by id:/);
    const error = refusalOf(() => bench.manager.run(`cgroup/sock_ops@${child}`, frame()));
    expect(error.message).toContain('programs of type sock_ops get no packets');
  });

  test.each([
    ['IPv4', 0x0800, 34],
    ['IPv6', 0x86dd, 54],
  ])(
    'spec 15.3 d: a frame of %s without its whole IP header is not run, and the length that is needed is said',
    (name, type, least) => {
      verdict(-1, 'a');
      const bytes = (length: number) => {
        const packet = new Uint8Array(length);
        new DataView(packet.buffer).setUint16(12, type);
        return packet;
      };
      const error = refusalOf(() => bench.manager.run(bench.hook, bytes(least - 1)));
      expect(error.code).toBe('EINVAL');
      expect(error.message).toMatch(
        new RegExp(
          `comes to id:\\d+ a says ${name} .* has ${least - 1} bytes, too few.*; give ${least} bytes at least`,
        ),
      );
      expect(bench.manager.run(bench.hook, bytes(least)).runs).toHaveLength(1);
    },
  );

  test('spec 15.3 #6: a packet that is too long is not run', () => {
    verdict(-1);
    const error = refusalOf(() => bench.manager.run(bench.hook, new Uint8Array(70_000)));
    expect(error.message).toMatch(/has 70000 bytes \(EINVAL\); the kernel takes a page less/);
  });

  test('run: a packet that is too short, and no right to open programs', () => {
    verdict(-1);
    expect(refusalOf(() => bench.manager.run(bench.hook, frame(13))).message).toContain(
      'the packet has 13 bytes',
    );
    bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      expect(refusalOf(() => bench.manager.run(bench.hook, frame())).code).toBe('EPERM');
    });
  });

  test('probe: what this kernel offers, also with no right at all', () => {
    const present = () => new Map(bench.manager.probe().features.map((one) => [one.name, one.present]));
    const all = present();
    for (const name of [
      'tcx',
      'cgroup',
      'cgroupOrdering',
      'preorder',
      'links',
      'testRun',
      'cgroup2',
      'bpffs',
    ] as const) {
      expect([name, all.get(name)]).toEqual([name, true]);
    }
    const { netkit } = { netkit: bench.kernel.probe.has('netkit') };
    expect(all.get('netkit')).toBe(netkit);
    expect(bench.manager.probe().capabilities).toContain('CAP_SYS_ADMIN');
    bench.laboratory.withCapabilities([], () => {
      const none = present();
      expect([none.get('tcx'), none.get('links'), none.get('ids')]).toEqual([null, true, false]);
      expect(bench.manager.probe().capabilities).toEqual([]);
    });
  });
}
