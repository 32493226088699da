import { mkdirSync, readFileSync, readlinkSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { clip, MprogError } from '@mprog/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errno } from '../../src/abi/errno.js';
import type { Laboratory } from '../../src/laboratory.js';
import { cgroupMount } from '../../src/linux/cgroups.js';
import { foreignFunctions } from '../../src/linux/ffi.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import type { World } from '../../src/world.js';
import { RawAttr } from './raw-attr.js';
import { liveSuite } from './requirements.js';

liveSuite('the world around the Linux kernel', () => {
  let laboratory: Laboratory;
  let world: World;
  let raw: RawAttr;

  beforeEach(() => {
    laboratory = openLinuxLaboratory();
    world = laboratory.host.world;
    raw = new RawAttr(laboratory.host);
  });

  afterEach(() => laboratory.close());

  it('names the kernel, its boot and its user', () => {
    expect(world.kernel).toBe(`linux ${release()}`);
    expect(world.bootId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(world.user).not.toBe('');
    const [before, now, after] = [Date.now(), world.now(), Date.now()];
    expect(before <= now && now <= after).toBe(true);
  });

  it('agrees with what the kernel writes about the devices, also when there are many', () => {
    const added = Array.from({ length: 40 }, (_, number) => laboratory.addDevice(`many${number}`));
    const written = readFileSync('/proc/thread-self/net/dev', 'utf8').matchAll(/^\s*(\S+):/gm);
    const names = [...written].map(([, name]) => name).sort();
    expect(
      world
        .devices()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(names);
    expect(world.devices().map(({ ifindex }) => ifindex)).toEqual([1, ...added]);
  });

  it('asks for CAP_SYS_PTRACE only where it is missing', () => {
    // A container's first process may be closed even to root.
    expect(world.namespaces().errors.join()).not.toContain('CAP_SYS_PTRACE');
    const { errors } = laboratory.withCapabilities([], () => world.namespaces());
    expect(errors.join()).toMatch(/EACCES for \d+ of the processes, it needs CAP_SYS_PTRACE/);
  });

  it('says in words of its own what is wrong with a path below a bpffs', () => {
    const path = `/sys/fs/bpf/${'n'.repeat(300)}`;
    expect(() => world.pins.list(path)).toThrow(
      `list pins below ${path}: its name is too long (ENAMETOOLONG)`,
    );
  });

  it('lists the devices of the namespace that the thread is in', () => {
    const blue = laboratory.addNamespace();
    world.within({ inode: blue }, () => laboratory.addDevice('inside'));
    expect(world.devices().map(({ name }) => name)).toEqual(['lo']);
    expect(world.within({ inode: blue }, () => world.devices().map(({ name }) => name))).toEqual([
      'lo',
      'inside',
    ]);
  });

  it('comes back from a namespace also when the action throws, and nests', () => {
    const home = world.currentNamespace();
    const [blue, red] = [laboratory.addNamespace(), laboratory.addNamespace()];
    expect(() =>
      world.within({ inode: blue }, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(world.currentNamespace()).toBe(home);
    const seen = world.within({ inode: blue }, () => {
      const there = world.within({ inode: red }, () => world.currentNamespace());
      return [world.currentNamespace(), there];
    });
    expect(seen).toEqual([blue, red]);
    expect(world.currentNamespace()).toBe(home);
  });

  it('refuses an action that goes on later', () => {
    const blue = laboratory.addNamespace();
    expect(() => world.within({ inode: blue }, () => Promise.resolve())).toThrow('returned a promise');
    expect(() => world.within({ inode: world.currentNamespace() }, () => Promise.resolve())).toThrow(
      '(EINVAL)',
    );
  });

  it('finds namespaces by name, by process and by inode', () => {
    // In the private mounts of the laboratory alone, so that no name outlives it.
    foreignMount('tmpfs', '/run');
    mkdirSync('/run/netns');
    const blue = laboratory.addNamespace();
    const path = world.within({ inode: blue }, () => {
      writeFileSync('/run/netns/mprog-blue', '');
      bindMount(`/proc/thread-self/ns/net`, '/run/netns/mprog-blue');
      return readlinkSync('/proc/thread-self/ns/net');
    });
    writeFileSync('/run/netns/mprog-stale', '');
    expect(path).toBe(`net:[${blue}]`);

    const { namespaces, errors } = world.namespaces();
    expect(namespaces[0]).toEqual({ inode: blue, name: 'mprog-blue', pid: null });
    expect(namespaces).toContainEqual(expect.objectContaining({ inode: world.currentNamespace() }));
    expect(new Set(namespaces.map(({ inode }) => inode)).size).toBe(namespaces.length);
    expect(errors).toContain('/run/netns/mprog-stale: the namespace is gone, only its name is left');

    for (const selector of [{ name: 'mprog-blue' }, { inode: blue }]) {
      expect(world.within(selector, () => world.currentNamespace())).toBe(blue);
    }
    const here = String(statSync('/proc/self/ns/net').ino);
    expect(world.within({ pid: process.pid }, () => world.currentNamespace())).toBe(here);
  });

  it.each([
    [{ name: 'mprog-none' }, 'ENOENT'],
    [{ name: '../self/ns/net' }, 'EINVAL'],
    [{ name: '' }, 'EINVAL'],
    [{ pid: 2 ** 30 }, 'ENOENT'],
    [{ inode: '1' }, 'ENOENT'],
  ])('refuses the namespace %j with %s', (selector, code) => {
    const home = world.currentNamespace();
    expect(() => world.within(selector, () => undefined)).toThrow(`(${code})`);
    expect(world.currentNamespace()).toBe(home);
  });

  it('says which right is missing to enter a namespace', () => {
    const blue = laboratory.addNamespace();
    laboratory.withCapabilities([], () => {
      expect(() => world.within({ inode: blue }, () => undefined)).toThrow('it needs CAP_SYS_ADMIN (EPERM)');
      expect(world.within({ inode: world.currentNamespace() }, () => 'here')).toBe('here');
    });
  });

  it('tells what an fd stands for', () => {
    const ifindex = laboratory.addDevice();
    const program = laboratory.loadVerdict(-1);
    const link = raw.link({ ifindex }, program);
    raw.write({ 0: 3, 4: 4, 8: 4, 12: 1 });
    const map = laboratory.host.systemCall.bpf(0, raw.address, 64);
    const file = laboratory.openFile();
    expect([program, link, map, file, 9999, -1, 0.5].map((fd) => world.objectKind(fd))).toEqual([
      'program',
      'link',
      'map',
      null,
      null,
      null,
      null,
    ]);
    for (const fd of [program, link, map, file]) expect(world.close(fd)).toBe(0);
    expect(world.close(program)).toBe(-errno.EBADF);
  });

  it('keeps pins in a tree', () => {
    const { pins } = world;
    const fd = laboratory.loadVerdict(-1);
    const pin = (path: string) => {
      const { arena } = laboratory.host.systemCall;
      const [at, text] = [arena.reserve(24), arena.reserve(256)];
      arena.bytes.set(Buffer.from(`${path}\0`), text);
      arena.setPointer(at, text);
      arena.view.setUint32(at + 8, fd, true);
      return laboratory.host.systemCall.bpf(6, arena.address(at), 20);
    };
    pins.makeDirectory('/sys/fs/bpf/mprog/links/one');
    pins.makeDirectory('/sys/fs/bpf/mprog/links/one');
    expect(pin('/sys/fs/bpf/mprog/links/one/b')).toBe(0);
    expect(pin('/sys/fs/bpf/mprog/a')).toBe(0);
    expect(pins.list('/sys/fs/bpf')).toEqual(['/sys/fs/bpf/mprog/a', '/sys/fs/bpf/mprog/links/one/b']);
    pins.rename('/sys/fs/bpf/mprog/a', '/sys/fs/bpf/mprog/links/one/b');
    expect(pins.list('/sys/fs/bpf')).toEqual(['/sys/fs/bpf/mprog/links/one/b']);
    expect(() => pins.removeDirectory('/sys/fs/bpf/mprog/links/one')).toThrow('(ENOTEMPTY)');
    pins.remove('/sys/fs/bpf/mprog/links/one/b');
    pins.removeDirectory('/sys/fs/bpf/mprog/links/one');
    expect(pins.list('/sys/fs/bpf')).toEqual([]);
    expect(() => pins.remove('/sys/fs/bpf/mprog/a')).toThrow(
      'remove pin /sys/fs/bpf/mprog/a: no such file, device or object (ENOENT)',
    );
    expect(() => pins.list('/sys/fs/bpf/none')).toThrow('(ENOENT)');
    expect(() => pins.makeDirectory('/sys/fs/bpf/with.dot')).toThrow('(EPERM)');
    world.close(fd);
  });

  it('says of a bpffs that is read-only that it is', () => {
    const { pins } = world;
    remount('/sys/fs/bpf', true);
    for (const path of ['/sys/fs/bpf/a', '/sys/fs/bpf/a/b/c']) {
      expect(() => pins.makeDirectory(path)).toThrow('the file system is read-only (EROFS)');
    }
    remount('/sys/fs/bpf', false);
    pins.makeDirectory('/sys/fs/bpf/a/b/c');
    pins.makeDirectory('/sys/fs/bpf/a/b');
  });

  it('mounts bpffs where it is told to, and finds it there', () => {
    const { pins } = world;
    foreignMount('tmpfs', '/mnt');
    mkdirSync('/mnt/two words');
    pins.mount('/mnt/two words');
    expect(pins.mounts()).toEqual(['/sys/fs/bpf', '/mnt/two words']);
    expect(pins.list('/mnt/two words')).toEqual([]);
    expect(() => pins.mount('/mnt/none')).toThrow('mount bpffs on /mnt/none: no such file');
    laboratory.withCapabilities([], () => {
      expect(() => pins.mount('/mnt/two words')).toThrow('it needs CAP_SYS_ADMIN (EPERM)');
    });
  });

  it('knows no mount that another one hides', ({ skip }) => {
    const { pins } = world;
    const tree = world.cgroupMount();
    if (tree === null) skip('live kernel: no cgroup2 file system is mounted');
    expect(pins.mounts()).toEqual(['/sys/fs/bpf']);
    foreignMount('tmpfs', tree ?? '');
    foreignMount('tmpfs', '/sys/fs/bpf');
    mkdirSync(`${tree}/app`);
    expect(pins.mounts()).toEqual([]);
    expect(world.cgroupMount()).toBeNull();
    expect(() => world.cgroups()).toThrow('no cgroup2 file system is mounted (ENOENT)');
    expect(() => world.findCgroup('/app')).toThrow('no cgroup2 file system is mounted (ENOENT)');
  });

  it('lists and opens cgroups whose names are no UTF-8', ({ skip }) => {
    if (world.cgroupMount() === null) skip('live kernel: no cgroup2 file system is mounted');
    const own = laboratory.addCgroup();
    const prefix = Buffer.from(`${world.cgroupMount()}${own}/`);
    const directories = [[0x78, 0xff], [0xff], [0xff, 0x2f, 0x79]].map((bytes) =>
      Buffer.concat([prefix, Buffer.from(bytes)]),
    );
    for (const path of directories) mkdirSync(path);
    try {
      const below = world.cgroups().filter(({ path }) => path.startsWith(`${own}/`));
      expect(below.map(({ path }) => path.slice(own.length))).toEqual(['/x\udcff', '/\udcff', '/\udcff/y']);
      for (const { path, id } of below) {
        expect(world.findCgroup(path).id).toBe(id);
        const fd = world.openCgroup(path);
        expect(String(statSync(`/proc/thread-self/fd/${fd}`).ino)).toBe(id);
        world.close(fd);
      }
    } finally {
      for (const path of directories.reverse()) rmdirSync(path);
    }
  });

  it('refuses a path of a cgroup that is too long in words', ({ skip }) => {
    if (world.cgroupMount() === null) skip('live kernel: no cgroup2 file system is mounted');
    const path = '/ab'.repeat(3000);
    expect(() => world.findCgroup(path)).toThrow(
      `find cgroup ${clip(path)}: its name is too long (ENAMETOOLONG)`,
    );
    expect(() => world.openCgroup(path)).toThrow(MprogError);
  });

  it('lists the cgroups of the version 2 tree and opens them', ({ skip }) => {
    let root: string;
    try {
      root = cgroupMount();
    } catch {
      return skip('live kernel: no cgroup2 file system is mounted');
    }
    const own = `/mprog-test-${process.pid}`;
    mkdirSync(`${root}${own}/below`, { recursive: true });
    try {
      const cgroups = world.cgroups();
      expect(cgroups[0]).toEqual({ path: '/', id: String(statSync(root).ino) });
      const ours = cgroups.filter(({ path }) => path.startsWith(own));
      expect(ours.map(({ path }) => path)).toEqual([own, `${own}/below`]);
      for (const { path, id } of ours) {
        expect(String(statSync(root + path).ino)).toBe(id);
        const fd = world.openCgroup(path);
        expect(String(statSync(`/proc/thread-self/fd/${fd}`).ino)).toBe(id);
        expect(readFileSync(`/proc/thread-self/fdinfo/${fd}`, 'utf8')).toMatch(/flags:\s+02[0-7]{6}/);
        expect(world.close(fd)).toBe(0);
      }
    } finally {
      rmdirSync(`${root}${own}/below`);
      rmdirSync(root + own);
    }
    expect(() => world.openCgroup('/mprog-none')).toThrow('there is no such cgroup (ENOENT)');
    expect(() => world.openCgroup('/a/../..')).toThrow('(EINVAL)');
    expect(() => world.openCgroup('app')).toThrow('(EINVAL)');
    expect(() => world.openCgroup('/cgroup.procs')).toThrow('(ENOTDIR)');
  });

  function foreignMount(type: string, directory: string): void {
    const foreign = foreignFunctions();
    const name = foreign.text(0, type);
    expect(foreign.call('mount', name, foreign.text(64, directory), name)).toBe(0);
  }

  function remount(point: string, readOnly: boolean): void {
    const foreign = foreignFunctions();
    const [MS_RDONLY, MS_REMOUNT] = [1, 32];
    const flags = MS_REMOUNT | (readOnly ? MS_RDONLY : 0);
    expect(foreign.call('mount', 0, foreign.text(0, point), 0, flags)).toBe(0);
  }

  function bindMount(from: string, to: string): void {
    const foreign = foreignFunctions();
    const MS_BIND = 4096;
    expect(foreign.call('mount', foreign.text(0, from), foreign.text(1024, to), 0, MS_BIND)).toBe(0);
  }
});
