import { after, before, combine, first, relativeTo, replace } from '@mprog/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ChainReading,
  errno,
  Kernel,
  type Laboratory,
  linkFd,
  linkId,
  programFd,
  programId,
  programType,
  sameReference,
  type TcxHook,
  tcx,
  verdict,
} from '../../src/index.js';
import { eventually } from '../eventually.js';
import { type ClientBench, pinSuite } from './client-pins.js';
import { refused } from './refused.js';

/** The client's verbs, the same over every kernel. */
export function clientSuite(makeLaboratory: () => Laboratory): void {
  let laboratory: Laboratory;
  let kernel: Kernel;
  let hook: TcxHook;
  let opened: number[];

  beforeEach(() => {
    laboratory = makeLaboratory();
    kernel = new Kernel(laboratory.host);
    hook = tcx('ingress', laboratory.addDevice());
    opened = [];
  });

  afterEach(() => {
    for (const fd of opened) laboratory.host.world.close(fd);
    laboratory.close();
  });

  function load(name: string, value: number = verdict.NEXT): { fd: number; id: number } {
    const fd = laboratory.loadVerdict(value, { name });
    opened.push(fd);
    return { fd, id: kernel.programs.info(fd).id };
  }

  const order = () => kernel.attachments.query(hook).attachments.map(({ programId }) => programId);
  const bench: ClientBench = {
    get laboratory() {
      return laboratory;
    },
    get kernel() {
      return kernel;
    },
    get hook() {
      return hook;
    },
    load,
    order,
  };

  describe('attachments', () => {
    it('reads an unused hook as revision 1 without attachments', () => {
      expect(kernel.attachments.query(hook)).toEqual({ revision: 1, attachments: [] });
    });

    it('places programs by anchors and reports them in run order', () => {
      const [a, b, c, d] = [load('a'), load('b'), load('c'), load('d')] as const;
      kernel.attachments.attach(hook, a.fd);
      kernel.attachments.attach(hook, b.fd, { anchors: [first()] });
      kernel.attachments.attach(hook, c.fd, { anchors: [before(programId(a.id))] });
      kernel.attachments.attach(hook, d.fd, { anchors: [after(programFd(b.fd))], expectedRevision: 4 });
      expect(order()).toEqual([b.id, d.id, c.id, a.id]);
      expect(kernel.attachments.query(hook).revision).toBe(5);
    });

    it('replaces in place, naming the old program by fd or by id', () => {
      const [a, b, c, d] = [load('a'), load('b'), load('c'), load('d')] as const;
      kernel.attachments.attach(hook, a.fd);
      kernel.attachments.attach(hook, b.fd);
      kernel.attachments.attach(hook, c.fd, { anchors: [replace(programFd(a.fd))] });
      expect(order()).toEqual([c.id, b.id]);
      kernel.attachments.attach(hook, d.fd, { anchors: [replace(programId(c.id)), before(programId(b.id))] });
      expect(order()).toEqual([d.id, b.id]);
    });

    it('passes every combination of directives on, and the kernel answers', () => {
      const [a, b] = [load('a'), load('b')] as const;
      kernel.attachments.attach(hook, a.fd);
      const both = [before(programId(a.id)), after(programId(a.id))];
      expect(refused(() => kernel.attachments.attach(hook, b.fd, { anchors: both })).code).toBe('ERANGE');
      const lone = [relativeTo(programId(a.id))];
      expect(refused(() => kernel.attachments.attach(hook, b.fd, { anchors: lone })).code).toBe('EINVAL');
      const same = combine([before(programFd(a.fd)), after(programFd(a.fd))], sameReference);
      expect(refused(() => kernel.attachments.attach(hook, b.fd, { anchors: [same] })).code).toBe('ERANGE');
    });

    it('refuses what no single call can say before the kernel is asked', () => {
      const [a, b] = [load('a'), load('b')] as const;
      const anchors = [before(programId(a.id)), after(programId(b.id))];
      expect(() => kernel.attachments.attach(hook, b.fd, { anchors })).toThrow(/one relative object/);
      expect(() => kernel.attachments.attach(hook, b.fd, { anchors: [replace(linkId(1))] })).toThrow(
        /name its program/,
      );
    });

    it('guards a change with the revision, also one above 2^32', () => {
      const a = load('a');
      for (const expectedRevision of [2, 2 ** 40, 0xffff_ffff_ffff_ffffn]) {
        const error = refused(() => kernel.attachments.attach(hook, a.fd, { expectedRevision }));
        expect(error).toMatchObject({ code: 'ESTALE', errno: 116 });
        expect(error.message).toContain('somebody changed the chain');
      }
      kernel.attachments.attach(hook, a.fd, { expectedRevision: 1n });
      expect(order()).toEqual([a.id]);
    });

    it.each([-1, 1.5, Number.NaN, 2 ** 53, -1n, 2n ** 64n])(
      'refuses %s as a revision',
      (expectedRevision) => {
        const a = load('a');
        expect(() => kernel.attachments.attach(hook, a.fd, { expectedRevision })).toThrow(/no revision/);
        expect(order()).toEqual([]);
      },
    );

    it('detaches by program, by position and by anchor', () => {
      const [a, b, c, d] = [load('a'), load('b'), load('c'), load('d')] as const;
      for (const { fd } of [a, b, c, d]) kernel.attachments.attach(hook, fd);
      kernel.attachments.detach(hook, { programFd: b.fd });
      kernel.attachments.detach(hook, { anchors: [first()] });
      expect(order()).toEqual([c.id, d.id]);
      kernel.attachments.detach(hook, { anchors: [after(programId(c.id))] });
      kernel.attachments.detach(hook);
      expect(order()).toEqual([]);
      expect(refused(() => kernel.attachments.detach(hook)).message).toMatch(
        /detach from tcx\/ingress@\d+: no such program .*ENOENT/,
      );
    });

    it('changes chains off the event loop', async () => {
      const [a, b] = [load('a'), load('b')] as const;
      await Promise.all([
        kernel.attachments.attachLater(hook, a.fd),
        kernel.attachments.attachLater(tcx('egress', hook.ifindex), b.fd),
      ]);
      expect(order()).toEqual([a.id]);
      await expect(kernel.attachments.attachLater(hook, a.fd)).rejects.toMatchObject({ code: 'EEXIST' });
      await kernel.attachments.detachLater(hook, { programFd: a.fd });
      expect(order()).toEqual([]);
      await expect(kernel.attachments.detachLater(hook)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('names the hook and the reason when a device is unknown', () => {
      const a = load('a');
      laboratory.removeDevice(hook.ifindex);
      expect(refused(() => kernel.attachments.attach(hook, a.fd)).message).toBe(
        `attach to tcx/ingress@${hook.ifindex}: no such device in this network namespace (ENODEV)`,
      );
    });

    it('replaces a program that is named by its id off the event loop', async () => {
      const [a, b] = [load('a'), load('b')] as const;
      kernel.attachments.attach(hook, a.fd);
      await kernel.attachments.attachLater(hook, b.fd, { anchors: [replace(programId(a.id))] });
      expect(order()).toEqual([b.id]);
    });

    it('reads a chain into room that is used again', () => {
      const [a, b] = [load('a'), load('b')] as const;
      const reading = new ChainReading();
      const read = () => ({
        result: kernel.attachments.tryQuery(hook, reading),
        revision: reading.revision,
        attachments: Array.from({ length: reading.count }, (_, i) => ({
          programId: reading.programIds[i],
          linkId: reading.linkIds[i],
        })),
      });
      expect(read()).toEqual({ result: 0, revision: 1, attachments: [] });
      kernel.attachments.attach(hook, a.fd);
      using link = kernel.links.create(hook, b.fd);
      expect(read()).toEqual({ result: 0, ...kernel.attachments.query(hook) });
      expect(reading.linkIds[1]).toBe(kernel.links.info(link.fd).id);
      expect(kernel.attachments.tryQuery(tcx('ingress', 0x7fff_ffff), reading)).toBe(-errno.ENODEV);
      expect([...reading.programIds.subarray(0, reading.count)]).toEqual([a.id, b.id]);
      kernel.attachments.detach(hook, { programFd: a.fd });
      expect(read()).toEqual({ result: 0, ...kernel.attachments.query(hook) });
    });

    it('reads a full chain', () => {
      const programs = Array.from({ length: 63 }, (_, i) => load(`p${i}`));
      for (const { fd } of programs) kernel.attachments.attach(hook, fd);
      expect(order()).toEqual(programs.map(({ id }) => id));
      expect(refused(() => kernel.attachments.attach(hook, load('p63').fd)).code).toBe('ERANGE');
    });
  });

  describe('links', () => {
    it('own one attachment, which goes with the last fd', () => {
      const [a, b] = [load('a'), load('b')] as const;
      const link = kernel.links.create(hook, a.fd);
      const { id } = kernel.links.info(link.fd);
      expect(kernel.links.info(link.fd)).toEqual({
        id,
        type: 11,
        programId: a.id,
        attachType: 46,
        ifindex: hook.ifindex,
        cgroupId: null,
      });
      expect(kernel.attachments.query(hook).attachments).toEqual([{ programId: a.id, linkId: id }]);
      using second = kernel.links.create(hook, b.fd, { anchors: [before(linkFd(link.fd))] });
      expect(order()).toEqual([b.id, a.id]);
      const again = kernel.links.open(id);
      link.close();
      link.close();
      expect(order()).toEqual([b.id, a.id]);
      again.close();
      expect(order()).toEqual([b.id]);
      expect(second.closed).toBe(false);
      expect(refused(() => kernel.links.open(id)).code).toBe('ENOENT');
    });

    it('are updated in place, on request only from the expected program', () => {
      const [a, b, c] = [load('a'), load('b'), load('c')] as const;
      using link = kernel.links.create(hook, a.fd);
      kernel.links.update(link.fd, b.fd, { oldProgramFd: a.fd });
      expect(order()).toEqual([b.id]);
      expect(refused(() => kernel.links.update(link.fd, c.fd, { oldProgramFd: a.fd })).code).toBe('EPERM');
      kernel.links.update(link.fd, c.fd);
      expect(order()).toEqual([c.id]);
    });

    it('become defunct when detached or when their device goes', async () => {
      const [a, b] = [load('a'), load('b')] as const;
      using link = kernel.links.create(hook, a.fd);
      using other = await kernel.links.createLater(hook, b.fd, { anchors: [first()] });
      expect(order()).toEqual([b.id, a.id]);
      kernel.links.detach(link.fd);
      await kernel.links.detachLater(link.fd);
      expect(kernel.links.info(link.fd).ifindex).toBe(0);
      expect(order()).toEqual([b.id]);
      laboratory.removeDevice(hook.ifindex);
      expect(kernel.links.info(other.fd)).toMatchObject({ ifindex: 0, programId: b.id });
      expect(refused(() => kernel.links.update(other.fd, a.fd)).message).toContain('the link is defunct');
    });

    it('are closed off the event loop', async () => {
      const a = load('a');
      const link = kernel.links.create(hook, a.fd);
      await link.closeLater();
      await link.closeLater();
      expect(order()).toEqual([]);
    });

    it('are walked by id', () => {
      using link = kernel.links.create(hook, load('a').fd);
      expect([...kernel.links.ids()]).toContain(kernel.links.info(link.fd).id);
    });

    it('are known by id as long as they live', () => {
      const link = kernel.links.create(hook, load('a').fd);
      using later = kernel.links.create(hook, load('b').fd);
      const ids = [link, later].map(({ fd }) => kernel.links.info(fd).id);
      expect(ids.map((id) => kernel.links.has(id))).toEqual([true, true]);
      link.close();
      eventually('end of the link', () => !kernel.links.has(ids[0]!));
      expect(kernel.links.has(ids[1]!)).toBe(true);
    });
  });

  describe('programs', () => {
    it('tell their name, type and tag', () => {
      const { fd, id } = load('a_name');
      expect(kernel.programs.info(fd)).toMatchObject({
        id,
        type: programType.SCHED_CLS,
        name: 'a_name',
        gplCompatible: true,
        mapIds: [],
      });
      expect([...kernel.programs.ids()]).toContain(id);
      expect(kernel.programs.fullName(fd)).toBeNull();
      using again = kernel.programs.open(id);
      expect(kernel.programs.info(again.fd).id).toBe(id);
    });

    it('have the tag that the instructions give', () => {
      using program = kernel.programs.load({
        type: programType.SCHED_CLS,
        instructions: Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0),
      });
      expect(kernel.programs.info(program.fd)).toMatchObject({ tag: '59f4a931744dcdc6', name: '' });
    });

    it('that cannot be loaded say why', () => {
      const instructions = new Uint8Array(16);
      const load = (name: string, code: Uint8Array) => () =>
        kernel.programs.load({ type: programType.SCHED_CLS, name, instructions: code });
      expect(load('sixteen_letters_', instructions)).toThrow(/15 characters/);
      expect(load('x', new Uint8Array(15))).toThrow(/15 is no multiple/);
      expect(refused(load('no-dash', instructions)).code).toBe('EINVAL');
      expect(refused(load('empty', new Uint8Array(0))).code).toBe('E2BIG');
    });

    it('that do not exist are named', () => {
      expect(refused(() => kernel.programs.open(0x7fff_fff0)).message).toBe(
        'open program 2147483632: there is no program with this id (ENOENT)',
      );
      expect(refused(() => kernel.programs.info(987_654)).code).toBe('EBADFD');
    });

    it('run on a packet by hand', () => {
      const packet = new Uint8Array(64).fill(7);
      const run = kernel.programs.testRun(load('a', verdict.DROP).fd, packet);
      expect(run.result).toBe(verdict.DROP);
      expect(run.output).toEqual(packet);
      expect(kernel.programs.testRun(load('b', verdict.NEXT).fd, packet).result).toBe(-1);
      expect(refused(() => kernel.programs.testRun(load('c').fd, new Uint8Array(3))).message).toContain(
        '14 at least',
      );
    });

    it('count their runs while statistics are on', () => {
      const { fd } = load('a');
      kernel.attachments.attach(hook, fd);
      const before = kernel.programs.info(fd).runCount;
      const statistics = kernel.enableStatistics();
      laboratory.sendPacket(hook.ifindex, 'ingress');
      laboratory.sendPacket(hook.ifindex, 'ingress');
      statistics.close();
      expect(kernel.programs.info(fd).runCount - before).toBeGreaterThanOrEqual(2);
    });
  });

  describe('maps', () => {
    it('hold programs to call', () => {
      const { fd, id } = load('a');
      using map = kernel.maps.createProgramArray('calls', 2);
      expect(kernel.maps.info(map.fd)).toMatchObject({
        type: 3,
        keySize: 4,
        valueSize: 4,
        maxEntries: 2,
        name: 'calls',
      });
      expect(kernel.maps.programAt(map.fd, 1)).toBeNull();
      kernel.maps.setProgram(map.fd, 1, fd);
      expect(kernel.maps.programAt(map.fd, 1)).toBe(id);
      expect(refused(() => kernel.maps.setProgram(map.fd, 2, fd)).message).toContain('behind the end');
      expect(refused(() => kernel.maps.setProgram(map.fd, 0, 987_654)).code).toBe('EBADF');
      expect(refused(() => kernel.maps.open(0x7fff_fff0)).code).toBe('ENOENT');
    });
  });

  pinSuite(bench);

  describe('the probe', () => {
    it('knows tcx, and answers nothing without the right', () => {
      expect(laboratory.withCapabilities([], () => kernel.probe.has('tcx'))).toBeNull();
      expect(kernel.probe.has('tcx')).toBe(true);
      expect(laboratory.withCapabilities([], () => kernel.probe.has('tcx'))).toBe(true);
    });
  });
}
