import { describe, expect, test } from 'vitest';
import { attachType, command, flag, type Laboratory, verdict } from '../../src/index.js';
import { eventually } from '../eventually.js';
import { Bench, BOGUS } from './bench.js';
import { fdOf } from './raw-calls.js';

const { TCX_INGRESS, TCX_EGRESS } = attachType;
const { REPLACE, BEFORE, AFTER, ID, LINK, ALLOW_MULTI, PREORDER } = flag;
const { NEXT, PASS, DROP, REDIRECT } = verdict;

/** Chapter 8 of the specification: tcx. */
export function chapter8(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  describe('spec 8.1: target', () => {
    test.each([0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('spec 8.1: ifindex %i is ENODEV', (target) => {
      const { raw } = bench;
      const program = bench.program();
      expect(raw.attach({ target, program })).toBe('ENODEV');
      expect(raw.detach({ target, program })).toBe('ENODEV');
      expect(raw.linkCreate({ target, program })).toBe('ENODEV');
      expect(raw.query(target).result).toBe('ENODEV');
    });
    test('spec 8.1: ingress and egress are two hooks; one program may sit on both', () => {
      const { raw, device } = bench;
      const program = bench.program();
      bench.attach([program]);
      expect(raw.query(device, TCX_EGRESS)).toMatchObject({ count: 0, revision: 1 });
      expect(raw.attach({ target: device, type: TCX_EGRESS, program })).toBe(0);
      expect(raw.revision(device)).toBe(2);
      expect(raw.revision(device, TCX_EGRESS)).toBe(2);
    });
    test('spec 8.1: the ifindex is that of the current namespace', () => {
      const { raw, device, laboratory } = bench;
      const inode = laboratory.addNamespace();
      bench.attach(bench.programs(1));
      const inside = laboratory.host.world.within({ inode }, () => raw.query(device).result);
      expect(inside).toBe('ENODEV');
    });
    test('spec 8.1: device state does not matter', () => {
      const { raw, device, laboratory } = bench;
      laboratory.setDeviceUp(device, false);
      bench.attach(bench.programs(1));
      const link = bench.link(bench.program());
      laboratory.setDeviceUp(device, true);
      expect(raw.query(device)).toMatchObject({ count: 2, revision: 3 });
      laboratory.setDeviceUp(device, false);
      expect(raw.linkInfo(link).ifindex).toBe(device);
      expect(raw.query(device)).toMatchObject({ count: 2, revision: 3 });
    });
  });

  describe('spec 8.2: life of the bundle', () => {
    test('spec 8.2: an unused hook is queried as revision 1 and count 0', () => {
      expect(bench.raw.query(bench.device)).toMatchObject({ result: 0, count: 0, revision: 1 });
    });
    test('spec 8.2: it is freed again when the attempt that made it fails', () => {
      const { raw, device } = bench;
      expect(raw.attach({ target: device, program: bench.program(), revision: 7 })).toBe('ESTALE');
      expect(raw.detach({ target: device, flags: REPLACE })).toBe('ENOENT');
    });
    test('spec 8.2: an expected revision of 1 is right for a hook without bundle', () => {
      const { raw, device } = bench;
      expect(raw.attach({ target: device, program: bench.program(), revision: 2 })).toBe('ESTALE');
      expect(raw.attach({ target: device, program: bench.program(), revision: 1 })).toBe(0);
    });
    test('spec 8.2: it is freed when the last program goes, and the revision starts at 1 again', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(2));
      expect(raw.revision(device)).toBe(3);
      expect([raw.detach({ target: device }), raw.detach({ target: device })]).toEqual([0, 0]);
      expect(raw.query(device)).toMatchObject({ count: 0, revision: 1 });
    });
    test.each([
      ['clsact', TCX_INGRESS],
      ['clsact', TCX_EGRESS],
      ['ingress', TCX_INGRESS],
    ] as const)(
      'spec 8.2: %s keeps the revision of attach type %i when the last program goes',
      (kind, type) => {
        const { raw, device, laboratory } = bench;
        laboratory.setQdisc(device, kind, true);
        raw.attach({ target: device, type, program: bench.program() });
        raw.detach({ target: device, type });
        expect(raw.query(device, type)).toMatchObject({ count: 0, revision: 3 });
      },
    );
    test('spec 8.2: an ingress qdisc does not keep the egress hook', () => {
      const { raw, device, laboratory } = bench;
      laboratory.setQdisc(device, 'ingress', true);
      raw.attach({ target: device, type: TCX_EGRESS, program: bench.program() });
      raw.detach({ target: device, type: TCX_EGRESS });
      expect(raw.revision(device, TCX_EGRESS)).toBe(1);
    });
    test('spec 8.2: with a qdisc the bundle exists without programs', () => {
      const { raw, device, laboratory } = bench;
      laboratory.setQdisc(device, 'clsact', true);
      expect(raw.query(device)).toMatchObject({ count: 0, revision: 1 });
      expect(raw.detach({ target: device, flags: REPLACE })).toBe('EINVAL');
      expect(raw.detach({ target: device, revision: 9 })).toBe('ESTALE');
      expect(raw.detach({ target: device })).toBe('ENOENT');
    });
    test('spec 8.2: adding the qdisc on top of programs keeps the revision', () => {
      const { raw, device, laboratory } = bench;
      bench.attach(bench.programs(2));
      laboratory.setQdisc(device, 'clsact', true);
      expect(raw.query(device)).toMatchObject({ count: 2, revision: 3 });
    });
    test('spec 8.2: removing it while programs are there keeps the bundle', () => {
      const { raw, device, laboratory } = bench;
      laboratory.setQdisc(device, 'clsact', true);
      bench.attach(bench.programs(2));
      laboratory.setQdisc(device, 'clsact', false);
      expect(raw.query(device)).toMatchObject({ count: 2, revision: 3 });
      raw.detach({ target: device });
      expect(raw.revision(device)).toBe(4);
      raw.detach({ target: device });
      expect(raw.revision(device)).toBe(1);
    });
    test('spec 8.2: removing it without programs frees the bundle', () => {
      const { raw, device, laboratory } = bench;
      laboratory.setQdisc(device, 'clsact', true);
      bench.attach(bench.programs(1));
      raw.detach({ target: device });
      expect(raw.revision(device)).toBe(3);
      laboratory.setQdisc(device, 'clsact', false);
      expect(raw.revision(device)).toBe(1);
    });
  });

  describe('spec 8.3: attach, detach and query inside the layer', () => {
    test('spec 8.3: attach: the device comes before the old program', () => {
      const { raw } = bench;
      const program = bench.program();
      expect(raw.attach({ target: 0, program, flags: REPLACE, replace: BOGUS })).toBe('ENODEV');
    });
    test('spec 8.3: attach: the old program comes before the revision', () => {
      const { raw, device, laboratory } = bench;
      const program = bench.program();
      const attach = (replace: number) =>
        raw.attach({ target: device, program, flags: REPLACE, replace, revision: 99 });
      expect(attach(BOGUS)).toBe('EBADF');
      expect(attach(laboratory.openFile())).toBe('EINVAL');
      expect(attach(bench.otherProgram())).toBe('EINVAL');
      expect(attach(bench.program())).toBe('ESTALE');
    });
    test('spec 8.3: detach: without a bundle ENOENT comes before REPLACE, revision and relative', () => {
      const { raw, device } = bench;
      const program = bench.program();
      for (const fields of [
        { flags: REPLACE },
        { revision: 99 },
        { flags: BEFORE, relative: BOGUS },
        { program, flags: BEFORE, relative: BOGUS },
      ]) {
        expect(raw.detach({ target: device, ...fields })).toBe('ENOENT');
      }
    });
    test('spec 8.3: query writes counts before it writes entries', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(3));
      const result = raw.call(command.PROG_QUERY, 64, [
        [0, device],
        [4, TCX_INGRESS],
        [16, raw.nowhere, 8],
        [24, 8],
      ]);
      expect([result, raw.field(24), raw.field(56)]).toEqual(['EFAULT', 3, 4]);
    });
  });

  describe('spec 8.4: links', () => {
    test('spec 8.4: create: ENODEV comes before chapter 4', () => {
      expect(bench.raw.linkCreate({ target: 0, program: bench.program(), revision: 99 })).toBe('ENODEV');
    });
    test.each([ALLOW_MULTI, PREORDER, 128, 1 << 20, 0x8000_0000])(
      'spec 8.4: flag %i alone is EINVAL, with BEFORE or AFTER it is accepted',
      (bit) => {
        const { raw, device } = bench;
        const program = bench.program();
        expect(raw.linkCreate({ target: device, program, flags: bit })).toBe('EINVAL');
        expect(raw.linkCreate({ target: device, program, flags: (bit | BEFORE) >>> 0 })).toBeTypeOf('number');
        const other = bench.program();
        expect(raw.linkCreate({ target: device, program: other, flags: (bit | AFTER) >>> 0 })).toBeTypeOf(
          'number',
        );
        expect(raw.order(device)).toEqual([raw.idOf(program), raw.idOf(other)]);
      },
    );
    test('spec 8.4: REPLACE is ENOENT, after its relative was resolved', () => {
      const { raw, device } = bench;
      const [first, second] = bench.programs(2) as [number, number];
      bench.attach([first]);
      const fields = { target: device, program: second, flags: REPLACE };
      expect(raw.linkCreate(fields)).toBe('ENOENT');
      expect(raw.linkCreate({ ...fields, relative: first })).toBe('ENOENT');
      expect(raw.linkCreate({ ...fields, relative: BOGUS })).toBe('EBADF');
      expect(raw.linkCreate({ ...fields, flags: REPLACE | ID | LINK, relative: 0 })).toBe('ENOENT');
    });
    test('spec 8.4: a program that is here already is EEXIST', () => {
      const { raw, device } = bench;
      const [direct, owned] = bench.programs(2) as [number, number];
      bench.attach([direct]);
      bench.link(owned);
      expect(raw.linkCreate({ target: device, program: direct })).toBe('EEXIST');
      expect(raw.linkCreate({ target: device, program: owned })).toBe('EEXIST');
      expect(raw.attach({ target: device, program: owned })).toBe('EEXIST');
    });
    test('spec 8.4: update, detach and close work from any namespace', () => {
      const { raw, device, laboratory } = bench;
      const inode = laboratory.addNamespace();
      const [kept, updated, detached, closed] = bench.programs(4) as [number, number, number, number];
      const [first, second, third] = [bench.link(updated), bench.link(detached), bench.link(closed)];
      laboratory.host.world.within({ inode }, () => {
        expect(raw.linkUpdate(first, kept)).toBe(0);
        expect(raw.linkDetach(second)).toBe(0);
        raw.close(third);
      });
      expect(raw.order(device)).toEqual([raw.idOf(kept)]);
    });
    test('spec 8.4: closing one of several fds changes nothing, the last close detaches', () => {
      const { raw, device } = bench;
      const link = bench.link(bench.program());
      const second = fdOf(raw.linkById(raw.linkInfo(link).id));
      raw.close(second);
      expect(raw.query(device)).toMatchObject({ count: 1, revision: 2 });
      raw.close(link);
      expect(raw.query(device)).toMatchObject({ count: 0, revision: 1 });
    });
    test('spec 8.4: a pin keeps a link attached, the last unpin detaches it', () => {
      const { raw, device, laboratory } = bench;
      const { pins } = laboratory.host.world;
      const path = `${pins.mounts()[0]}/link`;
      const link = bench.link(bench.program());
      const pin = raw.text(1024, path);
      expect(
        raw.call(command.OBJ_PIN, 16, [
          [0, pin, 8],
          [8, link],
        ]),
      ).toBe(0);
      raw.close(link);
      expect(raw.query(device).count).toBe(1);
      pins.remove(path);
      // Linux detaches after the unlink has returned (spec 15.2 c).
      eventually('detach', () => raw.query(device).count === 0);
    });
  });

  describe('spec 8.5: device events', () => {
    test('spec 8.5: removed: direct programs go, links become defunct, the ifindex is ENODEV', () => {
      const { raw, device, laboratory } = bench;
      const program = bench.program();
      const [id] = bench.attach([program]);
      raw.close(program);
      const link = bench.link(bench.program());
      laboratory.removeDevice(device);
      expect(raw.programById(id!)).toBe('ENOENT');
      expect(raw.linkInfo(link).ifindex).toBe(0);
      expect(raw.linkUpdate(link, bench.program())).toBe('ENOLINK');
      expect(raw.linkDetach(link)).toBe(0);
      expect(raw.query(device).result).toBe('ENODEV');
      expect(raw.attach({ target: device, program: bench.program() })).toBe('ENODEV');
    });
    test('spec 8.5: moved: attachments, order, revision and links stay; the hook is reachable only there', () => {
      const { raw, device, laboratory } = bench;
      bench.attach(bench.programs(1));
      const link = bench.link(bench.program());
      const before = raw.query(device);
      const inode = laboratory.addNamespace();
      const moved = laboratory.moveDevice(device, inode);
      expect(raw.query(device).result).toBe('ENODEV');
      expect(raw.linkInfo(link).ifindex).toBe(moved);
      expect(laboratory.host.world.within({ inode }, () => raw.query(moved))).toEqual(before);
      expect(raw.linkUpdate(link, bench.program())).toBe(0);
    });
    test('spec 8.5: namespace dismantled: as if each device was removed', () => {
      const { raw, device, laboratory } = bench;
      const program = bench.program();
      const [id] = bench.attach([program]);
      raw.close(program);
      const link = bench.link(bench.program());
      const inode = laboratory.addNamespace();
      laboratory.moveDevice(device, inode);
      laboratory.removeNamespace(inode);
      expect(raw.programById(id!)).toBe('ENOENT');
      expect(raw.linkInfo(link).ifindex).toBe(0);
      expect(raw.linkUpdate(link, bench.program())).toBe('ENOLINK');
    });
    test('spec 8.5: up, down and rename have no effect', () => {
      const { raw, device, laboratory } = bench;
      bench.attach(bench.programs(2));
      const before = raw.query(device);
      laboratory.setDeviceUp(device, false);
      laboratory.renameDevice(device, 'renamed0');
      laboratory.setDeviceUp(device, true);
      expect(raw.query(device)).toEqual(before);
    });
  });

  describe('spec 8.6: run time', () => {
    const SENT = 3;
    /** Attaches constants in order, sends packets and says what became of one and which programs ran for each. */
    const run = (direction: 'ingress' | 'egress', values: readonly number[]) => {
      const { raw, device, laboratory } = bench;
      const type = direction === 'ingress' ? TCX_INGRESS : TCX_EGRESS;
      const stats = fdOf(raw.call(command.ENABLE_STATS, 4, []));
      const programs = values.map((value) => laboratory.loadVerdict(value));
      for (const program of programs) expect(raw.attach({ target: device, type, program })).toBe(0);
      const fates = Array.from({ length: SENT }, () => laboratory.sendPacket(device, direction));
      const ran = programs.map((program) => {
        raw.info(program, 232);
        return raw.u32(200) >= SENT;
      });
      raw.close(stats);
      return { fates: [...new Set(fates)], ran };
    };

    describe.each(['ingress', 'egress'] as const)('%s', (direction) => {
      test('spec 8.6 "−1 NEXT": no program: accepted', () => {
        expect(bench.laboratory.sendPacket(bench.device, direction)).toBe('accepted');
      });
      test('spec 8.6 "−1 NEXT": it goes on; after the last one the packet is accepted', () => {
        expect(run(direction, [NEXT, NEXT])).toEqual({ fates: ['accepted'], ran: [true, true] });
      });
      test('spec 8.6 "0 PASS": it accepts and ends the chain', () => {
        expect(run(direction, [NEXT, PASS, DROP])).toEqual({ fates: ['accepted'], ran: [true, true, false] });
      });
      test('spec 8.6 "2 DROP": it drops and ends the chain', () => {
        expect(run(direction, [NEXT, DROP, PASS])).toEqual({ fates: ['dropped'], ran: [true, true, false] });
      });
      test('spec 8.6 "7 REDIRECT": without a prepared target loses the packet', () => {
        expect(run(direction, [REDIRECT, NEXT])).toEqual({ fates: ['dropped'], ran: [true, false] });
      });
      test.each([1, 3, 4, 5, 6, 8, 9, 10, 100, -2, 0x7fff_ffff, -0x8000_0000])(
        'spec 8.6 "anything else": %i ends the chain and counts as NEXT',
        (value) => {
          expect(run(direction, [value, DROP])).toEqual({ fates: ['accepted'], ran: [true, false] });
        },
      );
      test('spec 8.6: a hook whose programs are gone but which has clsact accepts', () => {
        const { raw, device, laboratory } = bench;
        laboratory.setQdisc(device, 'clsact', true);
        const type = direction === 'ingress' ? TCX_INGRESS : TCX_EGRESS;
        const program = laboratory.loadVerdict(DROP);
        expect(raw.attach({ target: device, type, program })).toBe(0);
        expect(laboratory.sendPacket(device, direction)).toBe('dropped');
        expect(raw.detach({ target: device, type })).toBe(0);
        expect(laboratory.sendPacket(device, direction)).toBe('accepted');
      });
    });

    test('spec 8.6: a replace takes effect for the next packet', () => {
      const { raw, device, laboratory } = bench;
      const [pass, drop] = [laboratory.loadVerdict(PASS), laboratory.loadVerdict(DROP)];
      bench.attach([pass]);
      expect(laboratory.sendPacket(device, 'ingress')).toBe('accepted');
      expect(raw.attach({ target: device, program: drop, flags: REPLACE, replace: pass })).toBe(0);
      expect(laboratory.sendPacket(device, 'ingress')).toBe('dropped');
    });
  });
}
