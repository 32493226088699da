import { MprogError } from '@mprog/core';
import { describe, expect, test } from 'vitest';
import { fdOf, RawCalls } from '../../test/suites/raw-calls.js';
import { attachType, command, flag, type World } from '../index.js';
import { SimulatedKernel } from './simulated-kernel.js';
import { SimulatedLaboratory } from './simulated-laboratory.js';

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (MprogError.is(error)) return error.code;
    throw error;
  }
  return 'nothing';
}

describe('processes of a simulated kernel', () => {
  test('each has fds, capabilities and a namespace of its own', () => {
    const kernel = new SimulatedKernel();
    const device = kernel.addDevice('eth0');
    const inode = kernel.addNamespace('blue');
    using root = kernel.openProcess();
    using other = kernel.openProcess({ capabilities: ['CAP_BPF'], user: 'alice' });
    const [one, two] = [new RawCalls(root), new RawCalls(other)];
    const program = fdOf(one.load());
    expect(two.attach({ target: device, program })).toBe('EBADF');
    expect(two.query(device).result).toBe('EPERM');
    expect(two.load()).toBe('EPERM');
    expect([root.world.user, other.world.user]).toEqual(['root', 'alice']);
    root.world.within({ name: 'blue' }, () => {
      expect(root.world.currentNamespace()).toBe(inode);
      expect(one.query(device).result).toBe('ENODEV');
      expect(other.world.currentNamespace()).not.toBe(inode);
    });
    expect(codeOf(() => other.world.within({ name: 'blue' }, () => 0))).toBe('EPERM');
  });

  test('closing one closes its fds: links detach, programs vanish, what is attached directly stays', () => {
    const kernel = new SimulatedKernel();
    const device = kernel.addDevice('eth0');
    const host = kernel.openProcess();
    const raw = new RawCalls(host);
    raw.attach({ target: device, program: fdOf(raw.load()) });
    raw.linkCreate({ target: device, program: fdOf(raw.load()) });
    raw.load();
    expect([kernel.programs.size, kernel.links.size]).toEqual([3, 1]);
    host.close();
    host.close();
    expect([kernel.programs.size, kernel.links.size]).toEqual([1, 0]);
    expect(codeOf(() => raw.query(device))).toBe('EBADF');
    kernel.removeDevice(device);
    expect(kernel.programs.size).toBe(0);
  });

  test('an fd is always the lowest number that is free', () => {
    using laboratory = new SimulatedLaboratory();
    const raw = new RawCalls(laboratory.host);
    const fds = [0, 1, 2].map(() => fdOf(raw.load()));
    expect(fds).toEqual([3, 4, 5]);
    raw.close(4);
    raw.close(3);
    expect([raw.load(), raw.load(), raw.load()]).toEqual([3, 4, 6]);
    expect(laboratory.host.world.close(77)).toBe(-9);
  });

  test('spec 15.7.2 #4: with a full table EMFILE is the last check, and the id is consumed', () => {
    const kernel = new SimulatedKernel();
    using host = kernel.openProcess({ maximumFds: 4 });
    const raw = new RawCalls(host);
    const id = raw.idOf(fdOf(raw.load()));
    expect(raw.load()).toBe('EMFILE');
    expect(raw.load([], 168, 0)).toBe('EINVAL');
    expect([raw.programById(0), raw.programById(id)]).toEqual(['ENOENT', 'EMFILE']);
    raw.close(3);
    expect(raw.idOf(fdOf(raw.load()))).toBe(id + 2);
    expect(kernel.programs.size).toBe(1);
  });

  test('spec 8.4: LINK_CREATE: ENODEV, then EMFILE, then chapter 4; EMFILE consumes no link id', () => {
    const kernel = new SimulatedKernel();
    const device = kernel.addDevice('eth0');
    using host = kernel.openProcess({ maximumFds: 5 });
    const raw = new RawCalls(host);
    const program = fdOf(raw.load());
    raw.attach({ target: device, program });
    const filler = fdOf(raw.load());
    expect(raw.linkCreate({ target: 0, program })).toBe('ENODEV');
    expect(raw.linkCreate({ target: device, program, revision: 9 })).toBe('EMFILE');
    expect(raw.attach({ target: device, type: attachType.TCX_EGRESS, program })).toBe(0);
    raw.close(filler);
    expect(raw.linkCreate({ target: device, program })).toBe('EEXIST');
    raw.detach({ target: device, program });
    expect(raw.linkInfo(fdOf(raw.linkCreate({ target: device, program }))).id).toBe(2);
  });

  test.each([0, 2, 1.5, 2 ** 21, Number.NaN])('maximumFds of %d is refused', (maximumFds) => {
    expect(codeOf(() => new SimulatedKernel().openProcess({ maximumFds }))).toBe('EINVAL');
  });
});

describe('running programs of a simulated kernel', () => {
  test('a program without behaviour is a clear error, and PROG_TEST_RUN is EOPNOTSUPP', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const program = fdOf(raw.load());
    raw.attach({ target: device, program });
    expect(() => laboratory.sendPacket(device, 'ingress')).toThrow(/has no behaviour.*setBehaviour/);
    const run = () =>
      raw.call(command.PROG_TEST_RUN, 76, [
        [0, program],
        [8, 64],
        [16, raw.at(), 8],
      ]);
    expect(run()).toBe('EOPNOTSUPP');
    kernel.setBehaviour(raw.idOf(program), ({ data }) => data.length);
    expect([run(), raw.field(4)]).toEqual([0, 64]);
    expect(codeOf(() => kernel.setBehaviour(99, () => 0))).toBe('ENOENT');
  });

  test('a program that changes the chain does not disturb the run that it is in', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const [first, second] = [fdOf(raw.load()), laboratory.loadVerdict(2)];
    raw.attach({ target: device, program: first });
    raw.attach({ target: device, program: second });
    kernel.setBehaviour(raw.idOf(first), () =>
      raw.detach({ target: device, program: second }) === 0 ? -1 : 0,
    );
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'dropped', ran: [1, 2] });
    expect(raw.query(device).count).toBe(1);
  });

  test('spec 8.6: a prepared redirect, and classic filters behind NEXT', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const program = fdOf(raw.load());
    const id = raw.idOf(program);
    raw.attach({ target: device, program });
    kernel.setBehaviour(id, (packet) => {
      packet.redirectTo = 9;
      return 7;
    });
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'redirected', redirectTo: 9 });
    kernel.setClassicFilter(device, 'ingress', () => 'dropped');
    kernel.setBehaviour(id, () => -1);
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'accepted', classic: false });
    laboratory.setQdisc(device, 'ingress', true);
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'dropped', classic: true });
    kernel.setBehaviour(id, () => 0);
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'accepted', classic: false });
    kernel.setBehaviour(id, () => 5);
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'dropped', classic: true });
    kernel.setClassicFilter(device, 'ingress', null);
    expect(kernel.sendPacket(device, 'ingress')).toMatchObject({ fate: 'accepted', classic: false });
  });

  test('spec 15.6: runs are counted while a statistics fd is open', () => {
    using laboratory = new SimulatedLaboratory();
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const program = laboratory.loadVerdict(-1);
    raw.attach({ target: device, program });
    const runs = () => {
      raw.info(program, 232);
      return raw.u32(200);
    };
    laboratory.sendPacket(device, 'ingress');
    const statistics = fdOf(raw.call(command.ENABLE_STATS, 4, []));
    laboratory.sendPacket(device, 'ingress');
    laboratory.sendPacket(device, 'ingress');
    raw.close(statistics);
    laboratory.sendPacket(device, 'ingress');
    expect(runs()).toBe(2);
  });
});

describe('the world of a simulated kernel', () => {
  const worldOf = (laboratory: SimulatedLaboratory): World => laboratory.host.world;

  test('cgroups are names and ids', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    for (const path of ['/b', '/a', '/a/x', '/a-b']) kernel.cgroups.add(path);
    expect(
      worldOf(laboratory)
        .cgroups()
        .map(({ path }) => path),
    ).toEqual(['/', '/a', '/a/x', '/a-b', '/b']);
    const fd = worldOf(laboratory).openCgroup('/a/x');
    expect(worldOf(laboratory).objectKind(fd)).toBe(null);
    expect(codeOf(() => worldOf(laboratory).openCgroup('/c'))).toBe('ENOENT');
    expect(codeOf(() => kernel.cgroups.add('/a'))).toBe('EEXIST');
    for (const bad of ['a', '/a/', '//', '/a/..', ''])
      expect(codeOf(() => kernel.cgroups.add(bad))).toBe('EINVAL');
  });

  test('a kernel without a layer for an attach type answers EINVAL', () => {
    using laboratory = new SimulatedLaboratory();
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const program = laboratory.loadVerdict(0);
    for (const type of [attachType.NETKIT_PRIMARY, attachType.NETKIT_PEER]) {
      expect(raw.attach({ target: device, type, program })).toBe('EINVAL');
      expect(raw.detach({ target: device, type, program })).toBe('EINVAL');
      expect(raw.linkCreate({ target: device, type, program })).toBe('EINVAL');
      expect(raw.query(device, type).result).toBe('EINVAL');
    }
  });

  test('a promise inside of another namespace is refused, and the way back is found', () => {
    using laboratory = new SimulatedLaboratory();
    const world = worldOf(laboratory);
    const home = world.currentNamespace();
    const inode = laboratory.addNamespace();
    expect(codeOf(() => world.within({ inode }, async () => 0))).toBe('EINVAL');
    expect(() =>
      world.within({ inode }, () => {
        throw new TypeError('inside');
      }),
    ).toThrow(TypeError);
    expect(world.currentNamespace()).toBe(home);
    for (const selector of [{ inode: '1' }, { name: 'red' }, { pid: 1 }]) {
      expect(codeOf(() => world.within(selector, () => 0))).toBe('ENOENT');
    }
  });

  test('a moved device takes another number where its own is taken', () => {
    using laboratory = new SimulatedLaboratory();
    const { kernel } = laboratory;
    const inode = laboratory.addNamespace();
    kernel.addDevice('there', inode);
    const device = laboratory.addDevice('here');
    expect(device).toBe(2);
    expect(laboratory.moveDevice(device, inode)).toBe(3);
    expect(codeOf(() => kernel.moveDevice(1, inode))).toBe('EINVAL');
    expect(codeOf(() => kernel.removeDevice(1))).toBe('EOPNOTSUPP');
    expect(codeOf(() => kernel.removeNamespace(kernel.initialNamespace.inode))).toBe('EBUSY');
  });

  test('pins: listed, renamed, removed; the last one of a link detaches it', () => {
    using laboratory = new SimulatedLaboratory();
    const { pins } = worldOf(laboratory);
    const raw = new RawCalls(laboratory.host);
    const device = laboratory.addDevice();
    const link = fdOf(raw.linkCreate({ target: device, program: laboratory.loadVerdict(0) }));
    const pin = (path: string) =>
      raw.call(command.OBJ_PIN, 16, [
        [0, raw.text(0, path), 8],
        [8, link],
      ]);
    pins.makeDirectory('/sys/fs/bpf/mprog/links');
    pins.makeDirectory('/sys/fs/bpf/mprog/links');
    expect(pin('/sys/fs/bpf/mprog/links/a')).toBe(0);
    expect(pin('/sys/fs/bpf/mprog/b')).toBe(0);
    expect(pin('/sys/fs/bpf/mprog/b')).toBe('EEXIST');
    raw.close(link);
    expect(pins.list('/sys/fs/bpf')).toEqual(['/sys/fs/bpf/mprog/b', '/sys/fs/bpf/mprog/links/a']);
    pins.rename('/sys/fs/bpf/mprog/b', '/sys/fs/bpf/mprog/links/a');
    expect(pins.list('/')).toEqual(['/sys/fs/bpf/mprog/links/a']);
    expect(raw.query(device).count).toBe(1);
    expect(codeOf(() => pins.removeDirectory('/sys/fs/bpf/mprog/links'))).toBe('ENOTEMPTY');
    expect(codeOf(() => pins.remove('/sys/fs/bpf/mprog/links'))).toBe('EISDIR');
    pins.remove('/sys/fs/bpf/mprog/links/a');
    pins.removeDirectory('/sys/fs/bpf/mprog/links');
    expect(raw.query(device).count).toBe(0);
  });

  test('pins: what is refused', () => {
    using laboratory = new SimulatedLaboratory();
    const { pins } = worldOf(laboratory);
    expect(codeOf(() => pins.list('/sys/fs/bpf/none'))).toBe('ENOENT');
    expect(codeOf(() => pins.remove('/sys/fs/bpf/none'))).toBe('ENOENT');
    expect(codeOf(() => pins.remove('/sys/fs/bpf'))).toBe('EBUSY');
    expect(codeOf(() => pins.remove('relative'))).toBe('EINVAL');
    expect(codeOf(() => pins.makeDirectory('/sys/fs/bpf/a.b'))).toBe('EPERM');
    expect(codeOf(() => pins.mount('/sys/fs/bpf'))).toBe('EBUSY');
    laboratory.withCapabilities([], () => expect(codeOf(() => pins.mount('/run/bpf'))).toBe('EPERM'));
    pins.mount('/run/bpf');
    expect(pins.mounts()).toEqual(['/sys/fs/bpf', '/run/bpf']);
    pins.makeDirectory('/run/bpf/a');
    expect(codeOf(() => pins.rename('/run/bpf/a', '/sys/fs/bpf/a'))).toBe('EXDEV');
    expect(codeOf(() => pins.rename('/run/bpf/a', '/run/bpf/a/b'))).toBe('EINVAL');
  });

  test('the flags of a relative object by id reach the tables of this kernel alone', () => {
    using one = new SimulatedLaboratory();
    using two = new SimulatedLaboratory();
    const raw = new RawCalls(one.host);
    const device = one.addDevice();
    two.loadVerdict(0);
    const program = one.loadVerdict(0);
    expect(raw.attach({ target: device, program, flags: flag.BEFORE | flag.ID, relative: 2 })).toBe('ENOENT');
  });
});
