import { describe, expect, it } from 'vitest';
import { Kernel, type Laboratory, netkit, tcx } from '../../src/index.js';
import { NetkitBench } from './netkit-bench.js';
import { refused } from './refused.js';

const ABSENT = 'netkit is not in this kernel (needs Linux 6.7 and CONFIG_NETKIT)';

/** The client's verbs on netkit hooks, over a kernel that has netkit. */
export function clientNetkitSuite(makeLaboratory: () => Laboratory): void {
  const bench = new NetkitBench(makeLaboratory);

  describe('netkit hooks', () => {
    it('carry programs and links of both ends', () => {
      const { attachments, links, probe } = new Kernel(bench.laboratory.host);
      expect(probe.has('netkit')).toBe(true);
      const [primary, peer] = [netkit('primary', bench.primary), netkit('peer', bench.primary)];
      const [a, b] = bench.programs(2) as [number, number];
      attachments.attach(primary, a, { expectedRevision: 1 });
      using link = links.create(peer, b);
      expect(links.info(link.fd)).toMatchObject({ ifindex: bench.peer, cgroupId: null });
      expect(attachments.query(primary).attachments).toEqual([{ programId: bench.raw.idOf(a), linkId: 0 }]);
      expect(attachments.query(peer).attachments[0]).toMatchObject({ linkId: links.info(link.fd).id });
      attachments.detach(primary, { programFd: a });
      expect(attachments.query(primary)).toEqual({ revision: 1, attachments: [] });
    });
    it('say what a device is that is refused', () => {
      const { attachments } = new Kernel(bench.laboratory.host);
      const other = bench.laboratory.addDevice();
      expect(refused(() => attachments.query(netkit('primary', other))).message).toContain(
        'the device is no netkit (ENXIO)',
      );
      expect(
        refused(() => attachments.attach(netkit('peer', bench.peer), bench.program())).message,
      ).toContain('the device is the peer of its pair (EACCES); name the primary one, for the hooks of both');
    });
  });
}

/** What every entry says on a kernel without netkit. */
export function clientWithoutNetkitSuite(makeLaboratory: () => Laboratory): void {
  it('every entry says that netkit is not in this kernel', () => {
    using laboratory = makeLaboratory();
    const { attachments, links, probe } = new Kernel(laboratory.host);
    const device = laboratory.addDevice();
    const program = laboratory.loadVerdict(-1);
    for (const direction of ['primary', 'peer'] as const) {
      const hook = netkit(direction, device);
      for (const action of [
        () => attachments.attach(hook, program),
        () => attachments.detach(hook, { programFd: program }),
        () => attachments.query(hook),
        () => links.create(hook, program),
      ]) {
        const error = refused(action);
        expect(error.message).toContain(ABSENT);
        expect(error.code).toBe('EINVAL');
      }
    }
    expect(probe.has('netkit')).toBe(false);
    const pair = refused(() => laboratory.addNetkitPair());
    expect([pair.code, pair.message]).toEqual([
      'EOPNOTSUPP',
      expect.stringContaining('netkit is not in this kernel'),
    ]);
    // A hook of another layer is not blamed on it.
    expect(refused(() => attachments.query(tcx('ingress', 0x7fff_ffff))).code).toBe('ENODEV');
    laboratory.host.world.close(program);
  });
}
