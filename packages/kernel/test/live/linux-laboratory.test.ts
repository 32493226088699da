import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errno } from '../../src/abi/errno.js';
import { info } from '../../src/abi/info.js';
import { programType } from '../../src/abi/program-type.js';
import type { Laboratory } from '../../src/laboratory.js';
import { openLinux, openLinuxLaboratory } from '../../src/linux/index.js';
import { RawAttr } from './raw-attr.js';
import { besideOthers, liveSuite } from './requirements.js';

const built = fileURLToPath(new URL('../../dist/linux/index.js', import.meta.url));
const TCX_EGRESS = 47;

/** Where the calling thread is, by everything that a laboratory changes. */
const place = () => ({
  network: readlinkSync('/proc/thread-self/ns/net'),
  mounts: readlinkSync('/proc/thread-self/ns/mnt'),
  root: readlinkSync('/proc/thread-self/root'),
  directory: readlinkSync('/proc/thread-self/cwd'),
  affinity: /Cpus_allowed:.*/.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[0],
  capabilities: /CapEff:.*/.exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[0],
});

const body = () => {
  let laboratory: Laboratory;
  let raw: RawAttr;

  beforeEach(() => {
    laboratory = openLinuxLaboratory();
    raw = new RawAttr(laboratory.host);
  });

  afterEach(() => laboratory.close());

  it('shows a world of its own: one device, an empty bpffs', () => {
    const { world } = laboratory.host;
    expect(world.devices()).toEqual([{ ifindex: 1, name: 'lo' }]);
    expect(world.pins.mounts()).toEqual(['/sys/fs/bpf']);
    expect(world.pins.list('/sys/fs/bpf')).toEqual([]);
  });

  it('brings the thread back, with its root, directory, rights and processors', () => {
    const inside = place();
    laboratory.close();
    const before = place();
    expect(before).not.toEqual(inside);
    const other = openLinuxLaboratory();
    const ifindex = other.addDevice();
    other.sendPacket(ifindex, 'ingress');
    other.withCapabilities([], () => undefined);
    other.close();
    other.close();
    expect(place()).toEqual(before);
  });

  it('brings the thread back also when another thread was born inside and shares its directory', async () => {
    laboratory.close();
    const before = place();
    const other = openLinuxLaboratory();
    expect(await other.host.world.closeLater(9999)).toBe(-errno.EBADF);
    other.close();
    expect(place()).toEqual(before);
  });

  it('brings the thread back when it was already inside of one', () => {
    const outer = place();
    const inner = openLinuxLaboratory();
    expect(place()).not.toEqual(outer);
    expect(() => laboratory.close()).toThrow('close first what was opened after it');
    inner.close();
    expect(place()).toEqual(outer);
  });

  it('adds devices that carry packets both ways', () => {
    const ifindex = laboratory.addDevice('eth7');
    expect(laboratory.host.world.devices()).toContainEqual({ ifindex, name: 'eth7' });
    for (let round = 0; round < 20; round++) {
      expect(laboratory.sendPacket(ifindex, 'ingress')).toBe('accepted');
      expect(laboratory.sendPacket(ifindex, 'egress')).toBe('accepted');
    }
  });

  it.each([
    [-1, 'accepted'],
    [0, 'accepted'],
    [2, 'dropped'],
    [7, 'dropped'],
    [5, 'accepted'],
  ] as const)('spec 8.6: tells what a verdict of %i does to a packet: %s', (value, fate) => {
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(value);
    for (const [direction, type] of [
      ['ingress', 46],
      ['egress', TCX_EGRESS],
    ] as const) {
      expect(raw.attach({ ifindex, type }, fd)).toBe(0);
      for (let round = 0; round < 20; round++) expect(laboratory.sendPacket(ifindex, direction)).toBe(fate);
    }
    laboratory.host.world.close(fd);
  });

  it('sends each packet through the hook once, and nothing else goes through it', () => {
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(-1);
    using stats = enableStats();
    expect(raw.attach({ ifindex }, fd)).toBe(0);
    expect(raw.attach({ ifindex, type: TCX_EGRESS }, fd)).toBe(0);
    for (let round = 0; round < 10; round++) {
      laboratory.sendPacket(ifindex, 'ingress');
      laboratory.sendPacket(ifindex, 'egress');
    }
    expect(raw.infoField(fd, info.program.runCount)).toBe(20);
    expect(stats).toBeDefined();
    laboratory.host.world.close(fd);
  });

  it('refuses packets for a device that is down or not its own', () => {
    const ifindex = laboratory.addDevice();
    laboratory.setDeviceUp(ifindex, false);
    expect(() => laboratory.sendPacket(ifindex, 'ingress')).toThrow('the device is down (ENETDOWN)');
    laboratory.setDeviceUp(ifindex, true);
    expect(laboratory.sendPacket(ifindex, 'ingress')).toBe('accepted');
    expect(() => laboratory.sendPacket(1, 'ingress')).toThrow('(ENODEV)');
  });

  it('spec 8.5: a removed device takes its programs along and leaves links defunct', () => {
    const ifindex = laboratory.addDevice();
    const [direct, linked] = [laboratory.loadVerdict(-1), laboratory.loadVerdict(-1)];
    const id = raw.id(direct);
    expect(raw.attach({ ifindex }, direct)).toBe(0);
    const link = raw.link({ ifindex }, linked);
    laboratory.host.world.close(direct);
    expect(raw.programExists(id)).toBe(true);
    laboratory.sendPacket(ifindex, 'ingress');
    laboratory.removeDevice(ifindex);
    expect(raw.programExists(id)).toBe(false);
    expect(raw.infoField(link, info.link.ifindex)).toBe(0);
    expect(raw.query({ ifindex })).toBe(-errno.ENODEV);
    for (const fd of [linked, link]) laboratory.host.world.close(fd);
  });

  it('spec 8.5: renaming, moving and switching a device off keep what is attached', () => {
    const { world } = laboratory.host;
    const ifindex = laboratory.addDevice();
    const fd = laboratory.loadVerdict(2);
    expect(raw.attach({ ifindex }, fd)).toBe(0);
    laboratory.renameDevice(ifindex, 'other');
    laboratory.setDeviceUp(ifindex, false);
    laboratory.setDeviceUp(ifindex, true);
    expect(laboratory.sendPacket(ifindex, 'ingress')).toBe('dropped');
    const blue = laboratory.addNamespace();
    world.within({ inode: blue }, () => laboratory.addDevice('first'));
    const moved = laboratory.moveDevice(ifindex, blue);
    expect(moved).not.toBe(ifindex);
    expect(raw.query({ ifindex })).toBe(-errno.ENODEV);
    world.within({ inode: blue }, () => {
      expect(world.devices()).toContainEqual({ ifindex: moved, name: 'other' });
      expect(raw.query({ ifindex: moved })).toEqual([raw.id(fd)]);
      expect(laboratory.sendPacket(moved, 'ingress')).toBe('dropped');
    });
    world.close(fd);
  });

  it('spec 8.5: a removed namespace releases the hooks of every device in it', () => {
    const { world } = laboratory.host;
    const blue = laboratory.addNamespace();
    expect(world.namespaces().namespaces).toContainEqual({ inode: blue, name: null, pid: null });
    const fd = laboratory.loadVerdict(-1);
    const id = raw.id(fd);
    const links = world.within({ inode: blue }, () =>
      Array.from({ length: 3 }, () => {
        const ifindex = laboratory.addDevice();
        expect(laboratory.sendPacket(ifindex, 'egress')).toBe('accepted');
        return raw.link({ ifindex }, fd);
      }),
    );
    world.within({ inode: blue }, () => {
      expect(() => laboratory.removeNamespace(blue)).toThrow('the caller is inside (EBUSY)');
    });
    laboratory.removeNamespace(blue);
    for (const link of links) expect(raw.infoField(link, info.link.ifindex)).toBe(0);
    expect(() => world.within({ inode: blue }, () => undefined)).toThrow('(ENOENT)');
    expect(() => laboratory.removeNamespace(blue)).toThrow('(ENOENT)');
    for (const open of [...links, fd]) world.close(open);
    expect(raw.programExists(id)).toBe(false);
  });

  it('puts classic qdiscs on devices and takes them off', () => {
    const ifindex = laboratory.addDevice();
    for (const kind of ['clsact', 'ingress'] as const) {
      laboratory.setQdisc(ifindex, kind, true);
      expect(() => laboratory.setQdisc(ifindex, kind, true)).toThrow('(EEXIST)');
      laboratory.setQdisc(ifindex, kind, false);
      expect(() => laboratory.setQdisc(ifindex, kind, false)).toThrow(/\((ENOENT|EINVAL)\)/);
    }
  });

  it.each(['SCHED_CLS', 'XDP', 'CGROUP_SKB', 'CGROUP_DEVICE'] as const)(
    'loads verdicts of type %s',
    (type) => {
      const fd = laboratory.loadVerdict(1, { name: 'verdict', type: programType[type] });
      expect(raw.infoField(fd, info.program.type)).toBe(programType[type]);
      laboratory.host.world.close(fd);
    },
  );

  it('refuses names that the kernel does not take', () => {
    expect(() => laboratory.loadVerdict(0, { name: 'sixteen_letters_' })).toThrow('(EINVAL)');
    expect(() => laboratory.loadVerdict(0, { name: 'a-b' })).toThrow('(EINVAL)');
    expect(() => laboratory.addDevice('a name that is too long')).toThrow(/\((EINVAL|ERANGE)\)/);
    laboratory.addDevice('twice');
    expect(() => laboratory.addDevice('twice')).toThrow('(EEXIST)');
    expect(() => laboratory.removeDevice(999)).toThrow('(ENODEV)');
  });

  it('spec 7.10: runs with just the capabilities that it is given', () => {
    const { world } = laboratory.host;
    const ifindex = laboratory.addDevice();
    const fd = laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      expect(world.capabilities()).toEqual(new Set(['CAP_BPF', 'CAP_NET_ADMIN']));
      return laboratory.loadVerdict(-1);
    });
    laboratory.withCapabilities([], () => {
      expect(world.capabilities().size).toBe(0);
      expect(raw.query({ ifindex })).toBe(-errno.EPERM);
      expect(raw.attach({ ifindex }, fd)).toBe(0);
    });
    expect(() =>
      laboratory.withCapabilities([], () => {
        throw new Error('thrown inside');
      }),
    ).toThrow('thrown inside');
    expect(world.capabilities()).toContain('CAP_SYS_ADMIN');
    expect(() => laboratory.withCapabilities([], () => Promise.resolve())).toThrow('(EINVAL)');
    world.close(fd);
  });

  it('opens a file that is no BPF object', () => {
    const fd = laboratory.openFile();
    expect(laboratory.host.world.objectKind(fd)).toBeNull();
    expect(raw.attach({ ifindex: laboratory.addDevice() }, fd)).toBe(-errno.EINVAL);
    expect(laboratory.host.world.close(fd)).toBe(0);
    expect(laboratory.host.world.close(fd)).toBe(-errno.EBADF);
  });

  it('lets commands that it starts share its world', () => {
    laboratory.addDevice('shared');
    const { stdout } = spawnSync('cat', ['/proc/net/dev', '/proc/self/mountinfo'], { encoding: 'utf8' });
    expect(stdout).toContain('shared:');
    expect(stdout).toContain('/sys/fs/bpf');
  });

  it('leaves no fd open', () => {
    laboratory.close();
    const count = () => readdirSync('/proc/thread-self/fd').length;
    const before = count();
    for (let round = 0; round < 3; round++) {
      const other = openLinuxLaboratory();
      const ifindex = other.addDevice();
      other.sendPacket(ifindex, 'ingress');
      const blue = other.addNamespace();
      other.moveDevice(other.addDevice(), blue);
      if (round === 1) other.removeNamespace(blue);
      other.close();
    }
    expect(count()).toBe(before);
  });

  it('leaves nothing behind when its process is killed', async () => {
    laboratory.close();
    const host = openLinux();
    const outside = new RawAttr(host);
    const devices = host.world.devices();
    const program = `
      import { openLinuxLaboratory } from ${JSON.stringify(built)};
      const laboratory = openLinuxLaboratory();
      const ifindex = laboratory.addDevice();
      const fd = laboratory.loadVerdict(-1, { name: 'left_behind' });
      laboratory.sendPacket(ifindex, 'ingress');
      const { arena } = laboratory.host.systemCall;
      const at = arena.reserve(128);
      [ifindex, fd, 46].forEach((word, index) => arena.view.setUint32(at + index * 4, word, true));
      const attached = laboratory.host.systemCall.bpf(8, arena.address(at), 32);
      arena.bytes.fill(0, at, at + 32);
      arena.view.setUint32(at, fd, true);
      arena.view.setUint32(at + 4, 232, true);
      const info = arena.reserve(232);
      arena.setPointer(at + 8, info);
      laboratory.host.systemCall.bpf(15, arena.address(at), 16);
      console.log(JSON.stringify({
        attached, inode: laboratory.host.world.currentNamespace(), id: arena.view.getUint32(info + 4, true) }));
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const { attached, inode, id } = JSON.parse(line) as { attached: number; inode: string; id: number };
    expect(attached).toBe(0);
    const found = () => host.world.namespaces().namespaces.find((namespace) => namespace.inode === inode);
    // A name would keep it after the process.
    expect(found()).toMatchObject({ name: null });
    expect(outside.programExists(id)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');
    // Seen gone once is enough: the kernel takes its time, and gives the inode to whatever namespace is made next.
    const left = () => ({ program: outside.programExists(id), namespace: found() !== undefined });
    const deadline = performance.now() + 50_000;
    let last = left();
    while ((last.program || last.namespace) && performance.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
      last = left();
    }
    expect(last).toEqual({ program: false, namespace: false });
    expect(host.world.devices()).toEqual(devices);
    host.close();
  });

  /** Makes the kernel count the runs of programs for as long as the fd is open. */
  function enableStats(): Disposable {
    raw.write({});
    const fd = laboratory.host.systemCall.bpf(32, raw.address, 4);
    expect(fd).toBeGreaterThan(0);
    return { [Symbol.dispose]: () => void laboratory.host.world.close(fd) };
  }

  it('covers the directory of bpffs in its own mounts alone', () => {
    const inside = statSync('/sys/fs/bpf').dev;
    laboratory.close();
    expect(statSync('/sys/fs/bpf').dev).not.toBe(inside);
  });
};

liveSuite('the laboratory on Linux', body, besideOthers);
