import { before } from '@mprog/core';
import { type Laboratory, linkId, programId } from '@mprog/kernel';
import { beforeEach, expect, test } from 'vitest';
import { idsOf, ManagerBench, object, refusalOf } from './manager-bench.js';

/** Attaching to cgroups and detaching from them, with the rules of their own list (spec 10, 11). */
export function cgroupSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  let path = '';
  let hook = '';
  beforeEach(() => {
    path = bench.cgroup();
    hook = `cgroup/inet_ingress@${path}`;
  });
  const attach = (program: string | number, options: Parameters<typeof bench.manager.attach>[2] = {}) =>
    bench.manager.attach(hook, typeof program === 'number' ? `id:${program}` : program, options);
  const own = (name: string, options: Parameters<typeof bench.manager.attach>[2] = {}): number => {
    const { id } = bench.loadForCgroup(name);
    attach(id, options);
    return id;
  };
  /** Attaches a program through a link that only an fd holds; returns ids and the fd. */
  const foreignLink = (fd: number) =>
    bench.onCgroup(path, (kernelHook) => {
      const link = bench.kernel.links.create(kernelHook, fd);
      return { fd: link.fd, id: bench.kernel.links.info(link.fd).id };
    });
  const members = () => bench.manager.show(hook).hooks[0]?.attachments ?? [];

  test('the documented shape: cgroupId and mode instead of ifindex and namespace', () => {
    const a = own('a', { link: true });
    const b = bench.loadForCgroup('b');
    bench.onCgroup(path, (kernelHook) => bench.kernel.attachments.attach(kernelHook, b.fd));
    const { id: cgroupId } = bench.laboratory.host.world.findCgroup(path);
    const [state, ...more] = bench.inventory().hooks;
    expect(more).toEqual([]);
    expect(JSON.parse(JSON.stringify(state))).toEqual({
      hook,
      layer: 'cgroup',
      direction: 'inet_ingress',
      cgroupId,
      mode: 'multi',
      revision: '3',
      attachments: [
        {
          position: 1,
          program: {
            id: a,
            type: 'cgroup_skb',
            name: 'a',
            tag: expect.stringMatching(/^[0-9a-f]{16}$/),
            pins: [],
          },
          link: {
            id: expect.any(Number),
            pins: [`/sys/fs/bpf/mprog/links/cgroup/${cgroupId}-cgroup_inet_ingress/a`],
          },
          ours: true,
        },
        { position: 2, program: expect.objectContaining({ id: b.id }), link: null, ours: false },
      ],
    });
  });

  test('a path below the mount point is the same cgroup, and a path alone means all its hooks', () => {
    const mount = bench.laboratory.host.world.cgroupMount();
    const a = own('a');
    const below = `cgroup/inet_ingress@${mount}${path}`;
    expect(bench.manager.show(below).hooks).toMatchObject([{ hook, attachments: [{ program: { id: a } }] }]);
    bench.manager.attach(`cgroup/inet_egress@${path}/`, `id:${a}`);
    const names = (...globs: string[]) => bench.inventory({ globs }).hooks.map((one) => one.hook);
    const both = [hook, `cgroup/inet_egress@${path}`];
    expect(names(path)).toEqual(both);
    expect(names(`${mount}${path}`)).toEqual(both);
    expect(names(`cgroup/inet_eg*@${path}`)).toEqual(both.slice(1));
    expect(refusalOf(() => names(`${path}-none`)).message).toContain('cgroups are');
  });

  test('before and after are satisfied on the list of the cgroup itself', () => {
    const [a, c] = [own('a'), own('c')];
    const b = own('b', { after: ['name:a'], before: ['name:c'] });
    const first = own('first', { first: true });
    expect(bench.idsOfCgroup(path)).toEqual([first, a, b, c]);
    const replaced = bench.loadForCgroup('replaced').id;
    expect(attach(replaced, { replace: 'name:b' })).toMatchObject({ kind: 'replace', position: 3 });
    expect(bench.idsOfCgroup(path)).toEqual([first, a, replaced, c]);
  });

  test('links stand beside links and programs beside programs; of the places the last that can be said is taken', () => {
    const a = own('a');
    const b = own('b', { link: true });
    const c = own('c');
    // Between b and c a link can be said to stand after b, between a and b a program after a.
    const d = own('d', { link: true, after: ['name:b'], before: ['name:c'] });
    const e = own('e', { after: ['name:a'], before: ['name:b'] });
    expect(bench.idsOfCgroup(path)).toEqual([a, e, b, d, c]);
    // After a and before d there are three places; a program can be said to stand in the first two.
    const f = own('f', { after: ['name:a'], before: ['name:d'] });
    expect(bench.idsOfCgroup(path)).toEqual([a, e, f, b, d, c]);
  });

  test.each([
    ['a link between programs', false, true, 'a link stands beside links alone'],
    ['a program between links', true, false, 'attached directly stands beside such programs alone'],
  ])('%s is refused with the rule in words', (_, linksAround, link, words) => {
    own('a', { link: linksAround });
    own('b', { link: linksAround });
    const { id } = bench.loadForCgroup('c');
    const error = refusalOf(() => attach(id, { link, after: ['name:a'], before: ['name:b'] }));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain(words);
    // The ends can always be said.
    expect(attach(id, { link, before: ['name:a'] }).position).toBe(1);
  });

  test.each([false, true])(
    'spec 10.3.1 #4: of the places that are asked for one is taken whose neighbour has the PREORDER of the request, link %s',
    (link) => {
      const [a, b] = [own('a', { link }), own('b', { link, preorder: true })];
      const c = own('c', { link });
      // Before c and after b: only c has none, too.
      const d = own('d', { link, after: ['name:b'], before: ['name:c'] });
      expect(bench.idsOfCgroup(path)).toEqual([a, b, d, c]);
      // Before b: neither b nor the end of the list will do, but after a does.
      const e = own('e', { link, after: ['name:a'], before: ['name:b'] });
      expect(bench.idsOfCgroup(path)).toEqual([a, e, b, d, c]);
      const f = own('f', { link, preorder: true, after: ['name:a'], before: ['name:c'] });
      expect(bench.idsOfCgroup(path)).toEqual([a, e, b, f, d, c]);
    },
  );

  test.each([
    [false, '--preorder', 'without'],
    [true, 'leave out --preorder', 'with'],
  ])(
    'spec 10.3.1 #4: with no such neighbour it is refused with the rule in words, preorder %s',
    (preorder, remedy, word) => {
      own('a', { preorder: !preorder });
      own('b', { preorder: !preorder });
      const c = bench.loadForCgroup('c').id;
      const options = { preorder, after: ['name:a'], before: ['name:b'] };
      const error = refusalOf(() => attach(c, options));
      expect(error.code).toBe('EINVAL');
      expect(error.message).toContain(`a program ${word} PREORDER stands beside such alone`);
      expect(error.message).toContain(remedy);
      expect(members()).toHaveLength(2);
      expect(attach(c, { ...options, dryRun: true }).notes).toContainEqual(
        expect.stringContaining('which PREORDER the neighbours have cannot be seen'),
      );
    },
  );

  test('spec 10.3.1 #4: where the order proves the PREORDER of the neighbours the kernel is not even asked', () => {
    const parent = own('parent', { preorder: true });
    const child = bench.cgroup(path);
    const below = `cgroup/inet_ingress@${child}`;
    const attachBelow = (name: string, options = {}) =>
      bench.manager.attach(below, `id:${bench.loadForCgroup(name).id}`, options);
    attachBelow('plain');
    attachBelow('front', { preorder: true });
    own('root');
    const between = { preorder: true, after: ['name:plain'], before: ['name:front'] };
    expect(attachBelow('ahead', between).position).toBe(2);
    let asked = 0;
    bench.beforeCall('PROG_ATTACH', () => asked++);
    const error = refusalOf(() => attachBelow('none', { after: ['name:ahead'], before: ['name:front'] }));
    expect(error.message).toContain('here the neighbours of its kind have it (EINVAL); give --preorder');
    expect(asked).toBe(0);
    expect(bench.idsOfCgroup(path)[0]).toBe(parent);
  });

  test('a program is attached directly once, and through any number of links', () => {
    const a = own('a');
    const error = refusalOf(() => attach(a));
    expect(error.message).toContain(`id:${a} is attached here directly already, at position 1`);
    expect(error.code).toBe('EINVAL');
    attach(a, { link: true });
    attach(a, { link: true, pin: '/sys/fs/bpf/mprog/second' });
    expect(bench.idsOfCgroup(path)).toEqual([a, a, a]);
  });

  test('where direct and link entries of one program cannot be told apart, it says so and detach refuses', () => {
    const a = own('a');
    const { link } = attach(a, { link: true });
    own('b');
    const states = members();
    expect(states.map(({ link: owner, linkUnknown }) => [owner, linkUnknown])).toEqual([
      [null, true],
      [null, true],
      [null, undefined],
    ]);
    const [pin] = bench.pins();
    for (const target of [`id:${a}`, `link:${link?.id}`, `pin:${pin}`, { first: true } as const]) {
      const error = refusalOf(() => bench.manager.detach(hook, target, { force: true }));
      expect(error.code).toBe('ERR_AMBIGUOUS');
    }
    const elsewhere = bench.onCgroup(bench.cgroup(), (kernelHook) => {
      const other = bench.kernel.links.create(kernelHook, bench.loadForCgroup('c').fd);
      return bench.kernel.links.info(other.fd).id;
    });
    for (const none of [2 ** 31 - 1, elsewhere]) {
      const error = refusalOf(() => bench.manager.detach(hook, `link:${none}`, { force: true }));
      expect(error.code).toBe('ENOENT');
      expect(error.message).toContain(`link:${none} is not attached here (ENOENT)`);
    }
    expect(bench.idsOfCgroup(path)).toHaveLength(3);
    const change = bench.manager.detachLink(`link:${link?.id}`);
    expect(change).toMatchObject({ hook, kind: 'detach-link', revisionBefore: '4', revisionAfter: '5' });
    expect(change.notes).toEqual([expect.stringContaining('removed pin')]);
    expect(members()[0]).toMatchObject({ program: { id: a }, link: null, ours: true });
    expect(bench.manager.detach(hook, `id:${a}`).program?.id).toBe(a);
  });

  test('a link of somebody else is found by walking all links', () => {
    const a = bench.loadForCgroup('a');
    const link = foreignLink(a.fd);
    expect(members()).toMatchObject([{ link: { id: link.id, pins: [] }, ours: false }]);
    expect(bench.manager.link(`link:${link.id}`).links).toMatchObject([
      { hook, type: 'cgroup', ifindex: null, defunct: false },
    ]);
    expect(refusalOf(() => bench.manager.detach(hook, `id:${a.id}`)).code).toBe('ERR_FOREIGN');
    bench.manager.detach(hook, `id:${a.id}`, { force: true });
    expect(bench.idsOfCgroup(path)).toEqual([]);
  });

  test('without CAP_SYS_ADMIN only pinned links are known', () => {
    const a = own('a', { link: true });
    const b = own('b');
    bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      const { hooks, errors } = bench.manager.show(hook);
      expect(hooks[0]?.attachments).toMatchObject([
        { program: { id: a }, link: {} },
        { program: { id: b }, link: null, linkUnknown: true },
      ]);
      expect(errors).toContain(
        'whether links own attachments of cgroups is not known for all: that needs CAP_SYS_ADMIN',
      );
      const error = refusalOf(() => bench.manager.detach(hook, `id:${b}`));
      expect(error.message).toContain('seeing all links needs CAP_SYS_ADMIN');
    });
  });

  test('spec 10.1: the revision goes on when the last program goes', () => {
    own('a');
    expect(bench.manager.detach(hook, 'name:a')).toMatchObject({
      revisionBefore: '2',
      revisionAfter: '3',
      after: [],
      notes: [],
    });
  });

  test('the revision guards, and a change in between is planned again', () => {
    const a = own('a');
    const b = bench.loadForCgroup('b');
    expect(refusalOf(() => attach(b.id, { revision: 1 })).message).toContain(
      'revision is 2, expected 1 (ESTALE)',
    );
    const c = bench.loadForCgroup('c');
    bench.beforeCall('PROG_ATTACH', () =>
      bench.onCgroup(path, (kernelHook) =>
        bench.kernel.attachments.attach(kernelHook, c.fd, { anchors: [before(programId(a))] }),
      ),
    );
    attach(b.id, { first: true });
    expect(bench.idsOfCgroup(path)).toEqual([b.id, c.id, a]);
  });

  test('one program in mode none shares with no other, here and below', () => {
    const a = bench.loadForCgroup('a');
    bench.onCgroup(path, (kernelHook) => bench.kernel.attachments.attach(kernelHook, a.fd, { mode: 'none' }));
    const b = bench.loadForCgroup('b').id;
    const here = refusalOf(() => attach(b));
    expect(here.message).toContain(
      `id:${a.id} a was attached in mode none, which shares the cgroup with no other`,
    );
    expect(here.code).toBe('EPERM');
    const child = bench.cgroup(path);
    const below = refusalOf(() => bench.manager.attach(`cgroup/inet_ingress@${child}`, `id:${b}`));
    expect(below.message).toContain(`a program of cgroup ${path} was attached in mode none`);
    // It can be replaced, in its mode, and detached.
    expect(refusalOf(() => attach(b, { replace: 'name:a' })).code).toBe('ERR_FOREIGN');
    attach(b, { replace: 'name:a', force: true });
    expect(bench.manager.show(hook).hooks[0]).toMatchObject({
      mode: 'none',
      attachments: [{ program: { id: b } }],
    });
    bench.manager.detach(hook, 'name:b');
    expect(bench.idsOfCgroup(path)).toEqual([]);
  });

  test('spec 10.3 #8: a full cgroup refuses one more and a replacement too', () => {
    const programs = Array.from({ length: 64 }, () => bench.loadForCgroup());
    bench.onCgroup(path, (kernelHook) => {
      for (const { fd } of programs) bench.kernel.attachments.attach(kernelHook, fd);
    });
    const { id } = bench.loadForCgroup('more');
    for (const options of [{}, { replace: `id:${programs[0]?.id}`, force: true }]) {
      const error = refusalOf(() => attach(id, options));
      expect(error.message).toContain('the hook is full, 64 programs fit (E2BIG); detach one');
    }
  });

  test('links: updated in place, also to a program that is here, and pruned when the cgroup is gone', () => {
    const a = own('a');
    own('b', { link: true });
    const [, second] = members();
    const c = bench.loadForCgroup('c').id;
    const change = bench.manager.updateLink(`link:${second?.link?.id}`, `id:${c}`);
    expect(idsOf(change.after)).toEqual([a, c]);
    expect(change).toMatchObject({ hook, position: 2, revisionBefore: '3', revisionAfter: '4', notes: [] });
    bench.manager.updateLink(`link:${second?.link?.id}`, `id:${a}`);
    expect(bench.idsOfCgroup(path)).toEqual([a, a]);
    bench.laboratory.removeCgroup(path);
    const state = bench.manager.link(`link:${second?.link?.id}`).links[0];
    expect(state).toMatchObject({ defunct: true, hook: null, cgroupId: '0' });
    expect(bench.manager.pruneLinks()).toHaveLength(1);
    expect(bench.pins()).toEqual([]);
    expect(refusalOf(() => bench.manager.show(hook)).code).toBe('ENOENT');
    expect(bench.manager.detach(hook, 'name:a', { ignoreMissing: true }).kind).toBe('none');
  });

  test('a program of another type is refused before anything is loaded', () => {
    const wrong = refusalOf(() => attach(object('firewall')));
    expect(wrong.message).toContain('is of type sched_cls, and cgroup/inet_ingress takes cgroup_skb');
    const { id } = bench.load('tcx');
    expect(refusalOf(() => attach(id)).code).toBe('EINVAL');
    expect(bench.loads).toBe(0);
    const preorder = refusalOf(() => bench.manager.attach(bench.hook, `id:${id}`, { preorder: true }));
    expect(preorder.code).toBe('ERR_INVALID_ARGUMENT');
  });

  test('--preorder sets the bit, and a replacement keeps it where the order proves it', () => {
    const parent = own('parent', { preorder: true });
    const child = bench.cgroup(path);
    const below = `cgroup/inet_ingress@${child}`;
    const leaf = bench.loadForCgroup('leaf').id;
    bench.manager.attach(below, `id:${leaf}`);
    const effective = () =>
      bench.onCgroup(child, (kernelHook) =>
        bench.kernel.attachments.queryEffective(kernelHook).map(({ programId: id }) => id),
      );
    expect(effective()).toEqual([parent, leaf]);
    const next = bench.loadForCgroup('next').id;
    // The cgroup alone does not show it.
    const change = attach(next, { replace: 'name:parent' });
    expect(change.notes).toEqual([expect.stringContaining('cannot be seen; its replacement is not')]);
    expect(effective()).toEqual([leaf, next]);
    attach(parent, { replace: 'name:next', preorder: true });
    expect(effective()).toEqual([parent, leaf]);
    // In the child the order proves that the second is none.
    const [first, second] = [bench.loadForCgroup('first').id, bench.loadForCgroup('second').id];
    bench.manager.attach(below, `id:${first}`, { preorder: true });
    expect(effective()).toEqual([parent, first, leaf]);
    expect(bench.manager.attach(below, `id:${second}`, { replace: 'name:first' }).notes).toEqual([]);
    expect(effective()).toEqual([parent, second, leaf]);
  });

  test('links are matched whatever the order in which they were made', () => {
    const { fd } = bench.loadForCgroup('a');
    const link = foreignLink(fd);
    const b = bench.loadForCgroup('b');
    bench.onCgroup(path, (kernelHook) =>
      bench.kernel.links.create(kernelHook, b.fd, { anchors: [before(linkId(link.id))] }),
    );
    expect(members().map(({ program }) => program.id)).toEqual([b.id, bench.kernel.programs.info(fd).id]);
  });
}
