import { type Anchor, after, before, first, last, replace } from '@mprog/core';
import { describe, expect, it } from 'vitest';
import {
  attachType,
  type CgroupHook,
  type CgroupMode,
  cgroup,
  describeHook,
  Kernel,
  type KernelError,
  type Laboratory,
  linkFd,
  linkId,
  linkType,
  type ObjectReference,
  programFd,
  programId,
  tcx,
} from '../../src/index.js';
import { type BenchCgroup, CgroupBench } from './cgroup-bench.js';

/** The client's verbs on cgroups, the same over every kernel. */
export function clientCgroupSuite(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  const client = () => new Kernel(bench.host);
  const hookOf = ({ fd, path }: BenchCgroup): CgroupHook => cgroup('inet_ingress', fd, path);
  const programs = (target: BenchCgroup) => {
    const { attachments } = client().attachments.query(hookOf(target));
    return attachments.map(({ programId }) => programId);
  };
  const words = async (action: () => unknown): Promise<string> => {
    try {
      await action();
    } catch (error) {
      return (error as KernelError).message;
    }
    throw new Error('nothing was refused');
  };

  describe('hooks', () => {
    it('are named by attach type and fd, in words by path', () => {
      expect(describeHook(cgroup('inet_egress', 7))).toBe('cgroup/inet_egress@fd 7');
      expect(describeHook(cgroup('sock_ops', 7, '/app'))).toBe('cgroup/sock_ops@/app');
    });
    it('refuse what is none', () => {
      expect(() => cgroup('ingress' as 'inet_ingress', 3)).toThrow('there is no attach type ingress');
      expect(() => cgroup('inet_ingress', -1)).toThrow('cgroupFd must be 0 to 2147483647, not -1');
    });
  });

  describe('attachments', () => {
    it('of an unused cgroup: revision 1, mode none', () => {
      expect(client().attachments.query(hookOf(bench.parent))).toEqual({
        revision: 1,
        mode: 'none',
        attachments: [],
      });
    });
    it('are placed by anchors, in mode multi where no other is named; their links are not told', () => {
      const kernel = client();
      const hook = hookOf(bench.parent);
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      kernel.attachments.attach(hook, a);
      kernel.attachments.attach(hook, b, { anchors: [first()], expectedRevision: 2 });
      kernel.attachments.attach(hook, c, { anchors: [after(programFd(b))] });
      kernel.attachments.attach(hook, d, { anchors: [replace(programId(bench.raw.idOf(a)))] });
      const [x, y, z] = bench.ids([b, c, d]);
      expect(kernel.attachments.query(hook)).toEqual({
        revision: 5,
        mode: 'multi',
        attachments: [x, y, z].map((id) => ({ programId: id, linkId: null })),
      });
      kernel.attachments.detach(hook, { programFd: c, expectedRevision: 5 });
      expect(programs(bench.parent)).toEqual([x, z]);
    });
    it.each(['none', 'override', 'multi'] satisfies CgroupMode[])('share in mode %s', (mode) => {
      const { attachments } = client();
      attachments.attach(hookOf(bench.parent), bench.program(), { mode });
      expect(attachments.query(hookOf(bench.parent)).mode).toBe(mode);
    });
    it('that act are read on request, preordered ones of ancestors first', () => {
      const { attachments } = client();
      const [a, b, c] = bench.programs(3) as [number, number, number];
      attachments.attach(hookOf(bench.parent), a);
      attachments.attach(hookOf(bench.parent), b, { preorder: true });
      attachments.attach(hookOf(bench.child), c);
      const acting = attachments.queryEffective(hookOf(bench.child));
      expect(acting).toEqual(bench.ids([b, c, a]).map((id) => ({ programId: id, linkId: null })));
    });
    it('are read whole also when they are many', () => {
      const { attachments } = client();
      bench.fill(bench.parent, bench.programs(64));
      bench.fill(bench.child, bench.programs(30));
      expect(attachments.queryEffective(hookOf(bench.child))).toHaveLength(94);
      expect(attachments.query(hookOf(bench.parent)).attachments).toHaveLength(64);
    });
    it('change off the event loop', async () => {
      const { attachments } = client();
      const program = bench.program();
      const hook = hookOf(bench.parent);
      await attachments.attachLater(hook, program, { mode: 'override', preorder: true });
      expect(attachments.query(hook)).toMatchObject({ mode: 'override', revision: 2 });
      await attachments.detachLater(hook);
      expect(attachments.query(hook)).toMatchObject({ mode: 'none', revision: 3, attachments: [] });
    });
  });

  describe('links', () => {
    it('stand beside links, and tell their cgroup', () => {
      const { links, attachments } = client();
      const hook = hookOf(bench.parent);
      const [a, b, c] = bench.programs(3) as [number, number, number];
      using one = links.create(hook, a);
      const { id } = links.info(one.fd);
      using two = links.create(hook, b, { anchors: [before(linkId(id))], preorder: false });
      using three = links.create(hook, c, { anchors: [after(linkFd(two.fd))], mode: 'multi' });
      expect(programs(bench.parent)).toEqual(bench.ids([b, c, a]));
      const parent = bench.host.world.cgroups().find(({ path }) => path === bench.parent.path);
      expect(links.info(three.fd)).toEqual({
        id: links.info(three.fd).id,
        type: linkType.CGROUP,
        programId: bench.raw.idOf(c),
        attachType: attachType.CGROUP_INET_INGRESS,
        ifindex: 0,
        cgroupId: parent?.id,
      });
      links.update(three.fd, a, { oldProgramFd: c });
      expect(programs(bench.parent)).toEqual(bench.ids([b, a, a]));
      links.detach(three.fd);
      expect(links.info(three.fd)).toMatchObject({ cgroupId: '0', ifindex: 0 });
      expect(attachments.query(hook).revision).toBe(6);
    });
    it('name no cgroup on another layer', () => {
      const { links } = client();
      const hook = tcx('ingress', bench.laboratory.addDevice());
      using link = links.create(hook, bench.laboratory.loadVerdict(-1));
      expect(links.info(link.fd).cgroupId).toBeNull();
    });
    it('are made off the event loop', async () => {
      const { links } = client();
      using link = await links.createLater(hookOf(bench.child), bench.program(), { preorder: true });
      expect(links.info(link.fd).cgroupId).not.toBe('0');
    });
  });

  describe('refusals say the rule', () => {
    const attach = (program: number, anchors: readonly Anchor<ObjectReference>[], mode?: CgroupMode) => {
      const options = mode === undefined ? { anchors } : { anchors, mode };
      return () => client().attachments.attach(hookOf(bench.parent), program, options);
    };
    const link = (program: number, anchors: readonly Anchor<ObjectReference>[]) => () =>
      client().links.create(hookOf(bench.parent), program, { anchors });
    const occupied = () => {
      const program = bench.program();
      bench.fill(bench.parent, [program]);
      return program;
    };

    it.each<[string, () => () => unknown, string]>([
      [
        'a program beside a link',
        () => attach(bench.program(), [before(linkId(7))]),
        'a program that is attached directly stands beside such programs alone, not beside a link (EINVAL)',
      ],
      [
        'a link beside a program',
        () => link(bench.program(), [after(programId(7))]),
        'a link stands beside links alone, not beside a program (EINVAL)',
      ],
      [
        'before and after one anchor',
        () => attach(bench.program(), [before(programId(7)), after(programId(7))]),
        'an anchor takes exactly one of before and after (EINVAL)',
      ],
      [
        'first and last at once',
        () => {
          occupied();
          return attach(bench.program(), [first(), last()]);
        },
        'before and after do not go together (EINVAL)',
      ],
      [
        'a replacement that moves',
        () => attach(bench.program(), [replace(programFd(occupied())), first()]),
        'a replacement keeps its place and takes no before or after (EINVAL)',
      ],
      [
        'a replacement in a mode of one',
        () => attach(bench.program(), [replace(programFd(bench.program()))], 'override'),
        'a program is replaced in mode multi alone (EINVAL); otherwise attach over it',
      ],
      [
        'a program that is here',
        () => attach(occupied(), []),
        'the program is attached to this cgroup directly already, the anchor has another preorder',
      ],
      [
        'another mode',
        () => {
          occupied();
          return attach(bench.program(), [], 'none');
        },
        'the programs here were attached in another mode (EPERM)',
      ],
      [
        'a link where ancestors forbid it',
        () => {
          bench.fill(bench.parent, [bench.program()], 0);
          const options = { anchors: [] };
          return () => client().links.create(hookOf(bench.child), bench.program(), options);
        },
        'a cgroup above does not share',
      ],
      [
        'an anchor that is not here',
        () => attach(bench.program(), [before(programFd(bench.program()))]),
        'the program to stand beside or to replace is not attached to it directly (ENOENT)',
      ],
      [
        'a detach by position',
        () => {
          occupied();
          return () => client().attachments.detach(hookOf(bench.parent));
        },
        'in mode multi nothing is detached by its position (EINVAL); name the program',
      ],
      [
        'a detach with anchors',
        () => () => client().attachments.detach(hookOf(bench.parent), { anchors: [first()] }),
        'a cgroup takes no anchors when a program is detached (EINVAL); name the program',
      ],
      [
        'an fd that is no cgroup',
        () => () => client().attachments.query(cgroup('inet_ingress', bench.laboratory.openFile())),
        'not an open file descriptor, or not the directory of a cgroup (EBADF)',
      ],
      [
        'a cgroup that is full',
        () => {
          bench.fill(bench.parent, bench.programs(64));
          return attach(bench.program(), []);
        },
        'the cgroup has 64 programs of this attach type already, and then none can be replaced either (E2BIG)',
      ],
      [
        'a cgroup that was removed',
        () => {
          bench.laboratory.removeCgroup(bench.child.path);
          return () => client().attachments.query(hookOf(bench.child));
        },
        'the cgroup was removed (ENOENT)',
      ],
    ])('%s', async (_, prepare, expected) => {
      expect(await words(prepare())).toContain(expected);
    });
    it('of a mode or preorder on another layer, or of a mode for a link', async () => {
      const { attachments, links } = client();
      const hook = tcx('ingress', bench.laboratory.addDevice());
      const program = bench.laboratory.loadVerdict(-1);
      const other = 'mode and preorder are for cgroups';
      expect(await words(() => attachments.attach(hook, program, { mode: 'multi' }))).toContain(other);
      expect(await words(() => links.create(hook, program, { preorder: true }))).toContain(other);
      const linked = () => links.create(hookOf(bench.parent), bench.program(), { mode: 'none' });
      expect(await words(linked)).toContain('its mode is always multi');
    });
  });
}
