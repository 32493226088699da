import { describe, expect, test } from 'vitest';
import { attachType, flag, type Laboratory, linkType, programType } from '../../src/index.js';
import { BOGUS } from './bench.js';
import { NetkitBench } from './netkit-bench.js';
import { fdOf } from './raw-calls.js';

const { NETKIT_PRIMARY, NETKIT_PEER, TCX_INGRESS } = attachType;
const { REPLACE, BEFORE, AFTER, ID, LINK, PREORDER } = flag;

/**
 * Sections 9.1 to 9.4 of the specification: netkit, for kernels that have it. What the sections say is read from sources
 * alone; no kernel has confirmed it here.
 */
export function chapter9(makeLaboratory: () => Laboratory): void {
  const bench = new NetkitBench(makeLaboratory);
  const everywhere = (target: number, type: number) => {
    const { raw } = bench;
    const program = bench.program();
    return [
      raw.attach({ target, type, program }),
      raw.detach({ target, type, program }),
      raw.linkCreate({ target, type, program }),
      raw.query(target, type).result,
    ];
  };
  const same = (code: string) => [code, code, code, code];

  describe('spec 9.1: targets', () => {
    test("spec 9.1: both hooks are named by the primary's ifindex, and each has its own chain", () => {
      const [a, b] = bench.programs(2) as [number, number];
      expect(bench.attach(a)).toBe(0);
      expect(bench.attach(b, { type: NETKIT_PEER })).toBe(0);
      expect(bench.query(NETKIT_PRIMARY)).toMatchObject({ programs: bench.ids([a]), revision: 2 });
      expect(bench.query(NETKIT_PEER)).toMatchObject({ programs: bench.ids([b]), revision: 2 });
    });
    test('spec 9.1: one program may be on both, and on tcx of the same device', () => {
      const program = bench.program();
      expect(bench.attach(program)).toBe(0);
      expect(bench.attach(program, { type: NETKIT_PEER })).toBe(0);
      expect(bench.attach(program, { type: TCX_INGRESS })).toBe(0);
      expect(bench.attach(program)).toBe('EEXIST');
    });
    test("spec 9.1: the ifindex is that of the caller's namespace", () => {
      const inode = bench.laboratory.addNamespace();
      const inside = bench.laboratory.host.world.within({ inode }, () =>
        everywhere(bench.primary, NETKIT_PEER),
      );
      expect(inside).toEqual(same('ENODEV'));
    });
  });

  describe('spec 9.2: order', () => {
    test.each([0, 0x7fff_ffff, 0xffff_ffff])('spec 9.2: ifindex %i is ENODEV', (target) => {
      expect(everywhere(target, NETKIT_PRIMARY)).toEqual(same('ENODEV'));
      expect(everywhere(target, NETKIT_PEER)).toEqual(same('ENODEV'));
    });
    test('spec 9.2: another kind of device is ENXIO', () => {
      const device = bench.laboratory.addDevice();
      expect(everywhere(device, NETKIT_PRIMARY)).toEqual(same('ENXIO'));
      expect(everywhere(device, NETKIT_PEER)).toEqual(same('ENXIO'));
    });
    test('spec 9.2: the peer is EACCES', () => {
      expect(everywhere(bench.peer, NETKIT_PRIMARY)).toEqual(same('EACCES'));
      expect(everywhere(bench.peer, NETKIT_PEER)).toEqual(same('EACCES'));
    });
    test('spec 9.2: attach: the program to replace comes before the revision', () => {
      const program = bench.program();
      expect(bench.attach(program, { flags: REPLACE, replace: BOGUS, revision: 9 })).toBe('EBADF');
      const other = bench.laboratory.loadVerdict(2, { type: programType.XDP });
      expect(bench.attach(program, { flags: REPLACE, replace: other, revision: 9 })).toBe('EINVAL');
      expect(bench.attach(program, { flags: REPLACE, replace: program, revision: 9 })).toBe('ESTALE');
    });
    test('spec 9.2: attach is that of chapter 4', () => {
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      expect(bench.attach(a)).toBe(0);
      expect(bench.attach(b, { flags: BEFORE, relative: a })).toBe(0);
      expect(bench.attach(c, { flags: AFTER | ID, relative: bench.raw.idOf(b), revision: 3 })).toBe(0);
      expect(bench.attach(d, { flags: REPLACE, replace: c })).toBe(0);
      expect(bench.query()).toMatchObject({ programs: bench.ids([b, d, a]), revision: 5 });
      expect(bench.attach(a)).toBe('EEXIST');
      expect(bench.attach(c, { flags: BEFORE | AFTER })).toBe('ERANGE');
      expect(bench.attach(c, { flags: ID, relative: bench.raw.idOf(a) })).toBe('EINVAL');
    });
    test('spec 9.2: 63 programs are the most', () => {
      for (const program of bench.programs(63)) expect(bench.attach(program)).toBe(0);
      expect(bench.attach(bench.program())).toBe('ERANGE');
    });
    test('spec 9.2: detach: nothing active is ENOENT before chapter 5', () => {
      expect(bench.detach({ flags: REPLACE, revision: 9 })).toBe('ENOENT');
      const program = bench.program();
      bench.attach(program);
      expect(bench.detach({ flags: REPLACE, revision: 9 })).toBe('EINVAL');
      expect(bench.detach({ revision: 9 })).toBe('ESTALE');
      expect(bench.detach({ program })).toBe(0);
    });
    test('spec 9.2: query is that of chapter 6', () => {
      const { raw } = bench;
      bench.attach(bench.program());
      const link = bench.link(bench.program());
      const { programs, links, count, revision } = bench.query();
      expect([programs.length, links, count, revision]).toEqual([2, [0, raw.linkInfo(link).id], 2, 3]);
    });
    test('spec 9.2: links: REPLACE is ENOENT, unknown bits pass beside a direction', () => {
      const { raw, primary } = bench;
      const program = bench.program();
      const hook = { target: primary, type: NETKIT_PRIMARY, program };
      expect(raw.linkCreate({ ...hook, flags: REPLACE })).toBe('ENOENT');
      expect(raw.linkCreate({ ...hook, flags: PREORDER })).toBe('EINVAL');
      expect(raw.linkCreate({ ...hook, flags: PREORDER | BEFORE })).toBeTypeOf('number');
    });
    test('spec 9.2: links: beside another link, update in place, no capability', () => {
      const { raw, laboratory } = bench;
      const [a, b, c] = bench.programs(3) as [number, number, number];
      laboratory.withCapabilities([], () => {
        const first = bench.link(a);
        const second = bench.link(b, { flags: BEFORE | LINK, relative: first });
        expect(raw.linkUpdate(second, a)).toBe('EEXIST');
        expect(raw.linkUpdate(second, c)).toBe(0);
        expect(raw.linkUpdate(second, c)).toBe(0);
        expect(raw.linkDetach(first)).toBe(0);
      });
      expect(bench.query()).toMatchObject({ programs: bench.ids([c]), revision: 5 });
    });
  });

  describe('spec 9.3: life of the bundle', () => {
    test('spec 9.3: a hook that was never used is queried as revision 1', () => {
      expect(bench.query()).toMatchObject({ result: 0, count: 0, revision: 1 });
      expect(bench.attach(bench.program(), { revision: 1 })).toBe(0);
    });
    test('spec 9.3: an emptied one is queried as revision 1 too, while the true one goes on', () => {
      const program = bench.program();
      expect(bench.attach(program)).toBe(0);
      expect(bench.detach({ program })).toBe(0);
      expect(bench.query()).toMatchObject({ count: 0, revision: 1 });
      expect(bench.attach(program, { revision: 1 })).toBe('ESTALE');
      expect(bench.attach(program, { revision: 3 })).toBe(0);
      expect(bench.query()).toMatchObject({ count: 1, revision: 4 });
    });
    test('spec 9.3: an attempt that fails leaves it as it was', () => {
      expect(bench.attach(bench.program(), { revision: 7 })).toBe('ESTALE');
      expect(bench.query()).toMatchObject({ count: 0, revision: 1 });
    });
    test('spec 9.3: also by links and their last close', () => {
      const { raw } = bench;
      raw.close(bench.link(bench.program()));
      expect(bench.query()).toMatchObject({ count: 0, revision: 1 });
      bench.link(bench.program(), { revision: 3 });
      expect(bench.query()).toMatchObject({ count: 1, revision: 4 });
    });
    test('spec 9.3: each end has its own revision', () => {
      const program = bench.program();
      bench.attach(program);
      bench.detach({ program });
      expect(bench.attach(program, { type: NETKIT_PEER, revision: 1 })).toBe(0);
    });
  });

  describe('spec 9.4: device events', () => {
    test('spec 9.4: link info shows the ifindex of the device that the program runs on', () => {
      const { raw } = bench;
      const [onPrimary, onPeer] = [
        bench.link(bench.program()),
        bench.link(bench.program(), { type: NETKIT_PEER }),
      ];
      const type = linkType.NETKIT;
      expect(raw.linkInfo(onPrimary)).toMatchObject({
        type,
        ifindex: bench.primary,
        attachType: NETKIT_PRIMARY,
      });
      expect(raw.linkInfo(onPeer)).toMatchObject({ type, ifindex: bench.peer, attachType: NETKIT_PEER });
    });
    test.each(['primary', 'peer'] as const)(
      'spec 9.4: removing the %s removes both; direct programs go, links become defunct',
      (end) => {
        const { raw, laboratory } = bench;
        const program = bench.program();
        expect(bench.attach(program, { type: NETKIT_PEER })).toBe(0);
        const id = raw.idOf(program);
        raw.close(program);
        const links = [bench.link(bench.program()), bench.link(bench.program(), { type: NETKIT_PEER })];
        laboratory.removeDevice(bench[end]);
        expect(laboratory.host.world.devices().map(({ ifindex }) => ifindex)).toEqual([1]);
        expect(raw.programById(id)).toBe('ENOENT');
        for (const link of links) {
          expect(raw.linkInfo(link).ifindex).toBe(0);
          expect(raw.linkUpdate(link, bench.program())).toBe('ENOLINK');
          expect(raw.linkDetach(link)).toBe(0);
        }
        expect(everywhere(bench.primary, NETKIT_PRIMARY)).toEqual(same('ENODEV'));
      },
    );
    test('spec 9.4: a peer in another namespace is reached through its primary', () => {
      const { raw, laboratory } = bench;
      const inode = laboratory.addNamespace();
      const link = bench.link(bench.program(), { type: NETKIT_PEER });
      const moved = laboratory.moveDevice(bench.peer, inode);
      expect(raw.linkInfo(link).ifindex).toBe(moved);
      expect(bench.attach(bench.program(), { type: NETKIT_PEER })).toBe(0);
      expect(bench.query(NETKIT_PEER)).toMatchObject({ count: 2, revision: 3 });
    });
    test('spec 9.4: the end of the namespace of the peer removes both', () => {
      const { raw, laboratory } = bench;
      const inode = laboratory.addNamespace();
      laboratory.moveDevice(bench.peer, inode);
      const links = [bench.link(bench.program()), bench.link(bench.program(), { type: NETKIT_PEER })];
      laboratory.removeNamespace(inode);
      expect(links.map((link) => raw.linkInfo(link).ifindex)).toEqual([0, 0]);
      expect(bench.query().result).toBe('ENODEV');
    });
    test('spec 9.4: the end of the namespace of both drops direct programs once', () => {
      const { raw, laboratory } = bench;
      const inode = laboratory.addNamespace();
      const { world } = laboratory.host;
      const { primary } = world.within({ inode }, () => laboratory.addNetkitPair());
      const program = bench.program();
      const id = raw.idOf(program);
      world.within({ inode }, () => {
        const hook = { target: primary, program };
        expect(raw.attach({ ...hook, type: NETKIT_PRIMARY })).toBe(0);
        expect(raw.attach({ ...hook, type: NETKIT_PEER })).toBe(0);
      });
      laboratory.removeNamespace(inode);
      raw.close(fdOf(raw.programById(id)));
      raw.close(program);
      expect(raw.programById(id)).toBe('ENOENT');
    });
    test('spec 9.4: up, down and rename have no effect', () => {
      bench.attach(bench.program());
      const before = bench.query();
      bench.laboratory.setDeviceUp(bench.primary, false);
      bench.laboratory.renameDevice(bench.primary, 'renamed0');
      bench.laboratory.setDeviceUp(bench.peer, false);
      expect(bench.query()).toEqual(before);
    });
  });
}
