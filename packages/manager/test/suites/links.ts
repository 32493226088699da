import { MprogError } from '@mprog/core';
import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { idsOf, ManagerBench, object, overridden, refusalOf } from './manager-bench.js';

/** Links, their pins, and what becomes of both. */
export function linkSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const world = () => bench.laboratory.host.world;
  const own = (name: string, options: Parameters<typeof bench.manager.attach>[2] = {}) => {
    const { id } = bench.load(name);
    const { link } = bench.manager.attach(bench.hook, `id:${id}`, { link: true, ...options });
    return { program: id, link: link?.id ?? 0 };
  };

  test('a link is pinned under mprog/links, and outlives its fds', () => {
    const { id } = bench.load('fw.main');
    const change = bench.manager.attach(bench.hook, `id:${id}`, { link: true });
    const path = `/sys/fs/bpf/mprog/links/${world().currentNamespace()}/${bench.ifindex}-tcx_ingress/fw%2Emain`;
    expect(change.pin).toBe(path);
    expect(bench.pins()).toEqual([path]);
    expect(bench.ids()).toEqual([id]);
    const [state] = bench.manager.show(bench.hook).hooks[0]?.attachments ?? [];
    expect(state).toMatchObject({ link: { id: change.link?.id, pins: [path] }, ours: true });
  });

  test('--pin chooses the path; without a link it pins the program', () => {
    const a = own('a', { pin: '/sys/fs/bpf/some/where/a' });
    const b = bench.load('b');
    bench.manager.attach(bench.hook, `id:${b.id}`, { pin: '/sys/fs/bpf/b' });
    const states = bench.manager.show(bench.hook).hooks[0]?.attachments;
    expect(states?.map(({ program, link }) => [program.pins, link?.pins])).toEqual([
      [[], ['/sys/fs/bpf/some/where/a']],
      [['/sys/fs/bpf/b'], undefined],
    ]);
    expect(bench.ids()).toEqual([a.program, b.id]);
  });

  test.each([
    ['relative', 'ERR_INVALID_ARGUMENT', 'is no absolute path of a pin'],
    ['/sys/fs/bpf/', 'ERR_INVALID_ARGUMENT', 'is no absolute path of a pin'],
    ['/tmp/pin', 'EPERM', 'is not below a bpffs (EPERM); choose a path below /sys/fs/bpf'],
    ['/sys/fs/bpf/a.b', 'EPERM', 'names on bpffs hold no dot'],
    ['/sys/fs/bpf/../x', 'EPERM', 'names on bpffs hold no dot'],
    ['/sys/fs/bpf/taken', 'EEXIST', '/sys/fs/bpf/taken is taken'],
    ['/sys/fs/bpf/directory', 'EEXIST', 'is taken'],
    ['/sys/fs/bpf/taken/x/y', 'ENOTDIR', '/sys/fs/bpf/taken is a pin and no directory'],
  ])('a pin at %s is refused before anything is attached', (path, code, words) => {
    bench.kernel.pins.pin(bench.load('taken').fd, '/sys/fs/bpf/taken');
    world().pins.makeDirectory('/sys/fs/bpf/directory');
    const { id } = bench.load('a');
    for (const options of [{ link: true }, {}]) {
      const error = refusalOf(() => bench.manager.attach(bench.hook, `id:${id}`, { ...options, pin: path }));
      expect(error.message).toContain(words);
      expect(error.code).toBe(code);
    }
    expect(bench.revision()).toBe(1);
    expect(bench.pins()).toEqual(['/sys/fs/bpf/taken']);
  });

  test.each([
    ['EROFS', 'bpffs at /sys/fs/bpf is read-only (EROFS); remount it with mount -o remount,rw /sys/fs/bpf'],
    ['EACCES', 'no pin may be made in /sys/fs/bpf/kept/new (EACCES); choose a directory that may be written'],
    ['ENOSPC', 'make directory: no (ENOSPC)'],
  ])('a directory that takes no pin (%s) is found out before anything is attached', (code, words) => {
    const { pins } = world();
    pins.makeDirectory('/sys/fs/bpf/kept');
    const makeDirectory = (path: string) => {
      // What is missing above it can be made.
      pins.makeDirectory(path.slice(0, path.lastIndexOf('/')));
      throw new MprogError(code, `make directory: no (${code})`);
    };
    const manager = bench.managerInWorld({ pins: overridden(pins, { makeDirectory }) });
    const { id } = bench.load('a');
    const { link } = bench.foreignLink('b');
    const pin = '/sys/fs/bpf/kept/new/pin';
    for (const [operation, act] of [
      ['attach', () => manager.attach(bench.hook, `id:${id}`, { link: true, pin })],
      ['attach', () => manager.attach(bench.hook, `id:${id}`, { pin })],
      ['load', () => manager.loadProgram(object('stop'), { pin })],
      ['pin', () => manager.pinLink(`link:${link}`, pin, { force: true })],
    ] as const) {
      const error = refusalOf(act);
      expect(error.message).toMatch(new RegExp(`^${operation} [^:]*`));
      expect(error.message).toContain(`: ${words}`);
      expect(error.code).toBe(code);
      expect(bench.revision()).toBe(2);
      expect(pins.list('/sys/fs/bpf/kept')).toEqual([]);
      expect(refusalOf(() => pins.list('/sys/fs/bpf/kept/new')).code).toBe('ENOENT');
    }
  });

  test('what to do about a path that is taken is what the command can do', () => {
    bench.kernel.pins.pin(bench.load('taken').fd, '/sys/fs/bpf/taken');
    const pin = '/sys/fs/bpf/taken';
    const { id } = bench.load('a');
    const { link } = own('b');
    const remedy = (act: () => unknown) => refusalOf(act).message.split('; ')[1];
    const attach = (link: boolean) => () => bench.manager.attach(bench.hook, `id:${id}`, { link, pin });
    expect(remedy(attach(true))).toContain(
      'choose another path with --pin, or remove that pin (mprog link prune',
    );
    expect(remedy(attach(false))).toBe('choose another path with --pin, or remove that pin');
    expect(remedy(() => bench.manager.loadProgram(object('stop'), { pin }))).toBe(
      'choose another path with --pin',
    );
    expect(remedy(() => bench.manager.pinLink(`link:${link}`, pin))).toBe('choose another path');
  });

  test('when the pin cannot be made the link is gone again, and so are the directories', () => {
    const { id } = bench.load('a');
    bench.beforeCall('OBJ_PIN', () => {
      const path = `/sys/fs/bpf/mprog/links/${world().currentNamespace()}/${bench.ifindex}-tcx_ingress`;
      world().pins.removeDirectory(path);
    });
    const error = refusalOf(() => bench.manager.attach(bench.hook, `id:${id}`, { link: true }));
    expect(error.code).toBe('ENOENT');
    expect(bench.ids()).toEqual([]);
    expect(refusalOf(() => world().pins.list('/sys/fs/bpf/mprog')).code).toBe('ENOENT');
    expect(bench.journal().at(-1)).toMatchObject({ phase: 'after', outcome: 'failed', error: 'ENOENT' });
  });

  test('when the attach fails the directories that were made go, those that were there stay', () => {
    world().pins.makeDirectory('/sys/fs/bpf/kept');
    const { id, fd } = bench.load('a');
    for (const options of [{ link: true }, {}]) {
      bench.beforeCall(options.link ? 'LINK_CREATE' : 'PROG_ATTACH', () =>
        bench.kernel.attachments.attach(bench.kernelHook(), fd),
      );
      const pin = '/sys/fs/bpf/kept/new/pin';
      const error = refusalOf(() => bench.manager.attach(bench.hook, `id:${id}`, { ...options, pin }));
      expect(error.code).toBe('EEXIST');
      expect(world().pins.list('/sys/fs/bpf/kept')).toEqual([]);
      expect(refusalOf(() => world().pins.list('/sys/fs/bpf/kept/new')).code).toBe('ENOENT');
      bench.kernel.attachments.detach(bench.kernelHook(), { programFd: fd });
    }
  });

  test('lists links with their hooks, wherever they are', () => {
    const a = own('a');
    const b = bench.foreignLink('b');
    const { links, errors } = bench.manager.links();
    const mine = links.filter(({ id }) => id === a.link || id === b.link);
    expect(errors.join()).not.toContain('links');
    expect(mine).toMatchObject([
      { id: a.link, type: 'tcx', program: { id: a.program }, hook: bench.hook, defunct: false, ours: true },
      { id: b.link, type: 'tcx', program: { id: b.program }, hook: bench.hook, pins: [], ours: false },
    ]);
  });

  test('a link is named by its id, its pin or its program', () => {
    const { link, program } = own(`only${process.pid}`);
    const [pin] = bench.pins();
    for (const text of [
      `link:${link}`,
      `${link}`,
      `pin:${pin}`,
      `${pin}`,
      `id:${program}`,
      `name:onl?${process.pid}`,
    ]) {
      expect(bench.manager.link(text).links.map(({ id }) => id)).toEqual([link]);
    }
    own('twin', { pin: '/sys/fs/bpf/t1' });
    const { id } = bench.load('twin');
    bench.manager.attach(bench.hook, `id:${id}`, { link: true, pin: '/sys/fs/bpf/t2' });
    expect(refusalOf(() => bench.manager.link('name:twin')).code).toBe('ERR_AMBIGUOUS');
    for (const [text, words] of [
      ['2147483600', 'there is no link:2147483600 (ENOENT)'],
      ['link:2147483600', 'there is no link:2147483600 (ENOENT)'],
      ['name:nobody', 'there is no link of name:nobody (ENOENT)'],
    ] as const) {
      expect(refusalOf(() => bench.manager.link(text)).message).toContain(words);
    }
    expect(refusalOf(() => bench.manager.link('fw.o')).code).toBe('ERR_REFERENCE');
    bench.kernel.pins.pin(bench.load('p').fd, '/sys/fs/bpf/program');
    expect(refusalOf(() => bench.manager.link('/sys/fs/bpf/program')).message).toContain(
      'is a program, no link',
    );
  });

  test('updates a link in place', () => {
    const { link, program } = own('a');
    const b = bench.foreign('b');
    const change = bench.manager.updateLink(`link:${link}`, object('firewall'));
    expect(change).toMatchObject({
      kind: 'update-link',
      hook: bench.hook,
      link: { id: link },
      replaced: { id: program, name: 'a' },
      position: 1,
      revisionBefore: '3',
      revisionAfter: '4',
      notes: [],
    });
    expect(idsOf(change.after)).toEqual([change.program?.id, b]);
    expect(bench.ids()).toEqual([change.program?.id, b]);
    const again = bench.manager.updateLink(`link:${link}`, `id:${change.program?.id}`);
    expect(again).toMatchObject({ kind: 'none', notes: [`link:${link} has that program already`] });
  });

  test('refuses an update that cannot be', () => {
    const { link } = own('a');
    const b = bench.foreign('b');
    expect(refusalOf(() => bench.manager.updateLink(`link:${link}`, `id:${b}`)).code).toBe('EEXIST');
    const c = bench.load('c');
    const stale = () => bench.manager.updateLink(`link:${link}`, `id:${c.id}`, { revision: 9 });
    expect(refusalOf(stale).message).toContain('revision is 3, expected 9 (ESTALE)');
    const foreign = bench.foreignLink('theirs');
    const update = (options = {}) => bench.manager.updateLink(`link:${foreign.link}`, `id:${c.id}`, options);
    expect(refusalOf(update).code).toBe('ERR_FOREIGN');
    expect(update({ dryRun: true, force: true })).toMatchObject({ dryRun: true, revisionAfter: null });
    expect(bench.ids()).toContain(foreign.program);
    expect(update({ force: true }).position).toBe(3);
    expect(bench.ids()).toContain(c.id);
  });

  test('a link that changed meanwhile is not updated', () => {
    const { link } = own('a');
    const b = bench.load('b');
    const c = bench.load('c');
    bench.beforeCall('LINK_UPDATE', () => {
      using opened = bench.kernel.links.open(link);
      bench.kernel.links.update(opened.fd, b.fd);
    });
    const error = refusalOf(() => bench.manager.updateLink(`link:${link}`, `id:${c.id}`));
    expect(error.code).toBe('ESTALE');
    expect(bench.ids()).toEqual([b.id]);
  });

  test('detaches a link, with its pins', () => {
    const { link, program } = own('a');
    const b = bench.foreign('b');
    const planned = bench.manager.detachLink(`link:${link}`, { dryRun: true });
    expect(idsOf(planned.after)).toEqual([b]);
    const change = bench.manager.detachLink(`link:${link}`);
    expect(change).toMatchObject({ kind: 'detach-link', program: { id: program }, revisionAfter: '4' });
    expect(change.notes).toHaveLength(1);
    expect(bench.ids()).toEqual([b]);
    expect(bench.pins()).toEqual([]);
    const foreign = bench.foreignLink('theirs');
    expect(refusalOf(() => bench.manager.detachLink(`link:${foreign.link}`)).code).toBe('ERR_FOREIGN');
    bench.manager.detachLink(`link:${foreign.link}`, { force: true });
    expect(bench.ids()).toEqual([b]);
  });

  test('pins a link once more, and takes pins away', () => {
    const { fd, link } = bench.foreignLink('theirs');
    const pin = (options = {}) => bench.manager.pinLink(`link:${link}`, '/sys/fs/bpf/x/y', options);
    for (const dryRun of [true, false]) {
      const error = refusalOf(() => pin({ dryRun }));
      expect(error.code).toBe('ERR_FOREIGN');
      expect(error.message).toContain('theirs (link:');
      expect(error.message).toContain('give --force');
    }
    pin({ dryRun: true, force: true });
    expect(bench.pins()).toEqual([]);
    const change = pin({ force: true });
    expect(change).toMatchObject({
      kind: 'pin-link',
      hook: bench.hook,
      link: { id: link },
      pin: '/sys/fs/bpf/x/y',
    });
    expect(bench.pins()).toEqual(['/sys/fs/bpf/x/y']);
    expect(refusalOf(() => pin({ force: true })).code).toBe('EEXIST');
    // The pin is ours, though the link is not.
    expect(refusalOf(() => bench.manager.detachLink(`link:${link}`)).code).toBe('ERR_FOREIGN');
    const removed = bench.manager.unpin('/sys/fs/bpf/x/y');
    expect(removed.notes).toEqual([
      `it is the last pin of link:${link}, which is detached unless a process holds it`,
    ]);
    expect(bench.pins()).toEqual([]);
    bench.kernel.pins.pin(fd, '/sys/fs/bpf/theirs');
    expect(refusalOf(() => bench.manager.unpin('/sys/fs/bpf/theirs')).code).toBe('ERR_FOREIGN');
    bench.manager.unpin('/sys/fs/bpf/theirs', { dryRun: true, force: true });
    expect(bench.pins()).toEqual(['/sys/fs/bpf/theirs']);
    bench.manager.unpin('/sys/fs/bpf/theirs', { force: true });
    expect(bench.pins()).toEqual([]);
  });

  test('a pin of somebody else at a path of ours is theirs', () => {
    const { link } = own('a', { pin: '/sys/fs/bpf/x' });
    bench.manager.detachLink(`link:${link}`);
    const theirs = bench.foreignLink('b');
    bench.kernel.pins.pin(theirs.fd, '/sys/fs/bpf/x');
    expect(refusalOf(() => bench.manager.unpin('/sys/fs/bpf/x')).code).toBe('ERR_FOREIGN');
    expect(bench.manager.detachLink(`link:${theirs.link}`, { force: true }).notes).toEqual([
      `link:${theirs.link} stays, defunct: it is pinned at /sys/fs/bpf/x, which is not ours`,
    ]);
    expect(bench.pins()).toEqual(['/sys/fs/bpf/x']);
  });

  test('an unpin of what is not there or is something else is refused', () => {
    expect(refusalOf(() => bench.manager.unpin('/sys/fs/bpf/none')).code).toBe('ENOENT');
    bench.kernel.pins.pin(bench.load('p').fd, '/sys/fs/bpf/program');
    const error = refusalOf(() => bench.manager.unpin('/sys/fs/bpf/program'));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain('is a program, no link (EINVAL); use mprog program unpin');
  });

  test('a defunct link is shown as one, not updated, and pruned', () => {
    const { link } = own('a');
    const kept = bench.laboratory.addDevice('eth1');
    const b = bench.load('b');
    bench.manager.attach('tcx/ingress@eth1', `id:${b.id}`, { link: true });
    bench.laboratory.removeDevice(bench.ifindex);
    expect(bench.manager.link(`link:${link}`).links).toMatchObject([
      { defunct: true, hook: null, ifindex: 0 },
    ]);
    expect(refusalOf(() => bench.manager.updateLink(`link:${link}`, `id:${b.id}`)).code).toBe('ENOLINK');
    const pins = bench.pins();
    expect(pins).toHaveLength(2);
    expect(bench.manager.pruneLinks({ dryRun: true })).toHaveLength(1);
    expect(bench.pins()).toEqual(pins);
    const [change, ...more] = bench.manager.pruneLinks();
    expect(more).toEqual([]);
    expect(change).toMatchObject({ kind: 'unpin', link: { id: link }, program: { name: 'a' } });
    expect(change?.notes).toEqual([`link:${link} is defunct, what it was attached to is gone`]);
    expect(bench.pins()).toEqual(pins.filter((path) => path.includes(`/${kept}-`)));
    expect(bench.manager.pruneLinks()).toEqual([]);
  });

  test('our pins of defunct links are pruned wherever they are, and those of others stay', () => {
    const { link } = own('a', { pin: '/sys/fs/bpf/x' });
    const theirs = bench.foreignLink('b');
    bench.kernel.pins.pin(theirs.fd, '/sys/fs/bpf/theirs');
    bench.laboratory.removeDevice(bench.ifindex);
    expect(bench.manager.pruneLinks()).toMatchObject([{ link: { id: link }, pin: '/sys/fs/bpf/x' }]);
    expect(bench.pins()).toEqual(['/sys/fs/bpf/theirs']);
    expect(bench.manager.pruneLinks()).toEqual([]);
  });

  test('without CAP_SYS_ADMIN our pins still lead to our links', () => {
    const { link } = own('a');
    bench.foreignLink('b');
    bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      const { links, errors } = bench.manager.links();
      expect(links).toMatchObject([{ id: link, hook: bench.hook, ours: true, program: { name: null } }]);
      expect(errors.join()).toContain('only pinned links are listed: the others need CAP_SYS_ADMIN');
      expect(bench.manager.detach(bench.hook, `link:${link}`).link).toEqual({ id: link });
    });
    expect(bench.pins()).toEqual([]);
  });
}
