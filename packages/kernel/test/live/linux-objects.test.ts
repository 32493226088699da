import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MprogError } from '@mprog/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachType } from '../../src/abi/attach-type.js';
import { cgroupAttachTypes } from '../../src/abi/cgroup-attach-type.js';
import { info } from '../../src/abi/info.js';
import { programType } from '../../src/abi/program-type.js';
import { foreignFunctions } from '../../src/linux/ffi.js';
import { openLinuxLaboratory } from '../../src/linux/index.js';
import { Libbpf } from '../../src/linux/libbpf.js';
import type { LinuxLaboratory } from '../../src/linux/linux-laboratory.js';
import type { LoadOptions } from '../../src/object-loader.js';
import { RawAttr } from './raw-attr.js';
import { liveSuite } from './requirements.js';

const read = (name: string) => readFileSync(fileURLToPath(new URL(`../../objects/${name}`, import.meta.url)));

liveSuite('objects through libbpf', () => {
  let laboratory: LinuxLaboratory;
  let raw: RawAttr;

  beforeEach(() => {
    laboratory = openLinuxLaboratory() as LinuxLaboratory;
    raw = new RawAttr(laboratory.host);
  });

  afterEach(() => laboratory.close());

  const load = (name: string, options: Partial<LoadOptions> = {}) =>
    laboratory.host.objects.load(read(name), { name, ...options });

  const refused = (action: () => unknown): MprogError => {
    try {
      action();
    } catch (error) {
      if (MprogError.is(error)) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  const descriptors = () => readdirSync('/proc/thread-self/fd').length;

  it('lists the programs of an object without loading them', () => {
    expect(laboratory.host.objects.inspect(read('audit.bpf.o'), 'audit.bpf.o')).toEqual([
      {
        name: 'audit_in',
        section: 'tcx/ingress',
        type: programType.SCHED_CLS,
        expectedAttachType: attachType.TCX_INGRESS,
        instructionCount: expect.any(Number),
      },
      {
        name: 'audit_out',
        section: 'tcx/egress',
        type: programType.SCHED_CLS,
        expectedAttachType: attachType.TCX_EGRESS,
        instructionCount: expect.any(Number),
      },
    ]);
  });

  it('knows the sections that libbpf 1.1 does not', () => {
    const programs = laboratory.host.objects.inspect(read('netkit.bpf.o'), 'netkit.bpf.o');
    expect(
      programs.map(({ section, type, expectedAttachType }) => [section, type, expectedAttachType]),
    ).toEqual([
      ['netkit/primary', programType.SCHED_CLS, attachType.NETKIT_PRIMARY],
      ['netkit/peer', programType.SCHED_CLS, attachType.NETKIT_PEER],
      ['tc', programType.SCHED_CLS, 0],
      ['classifier', programType.SCHED_CLS, 0],
    ]);
    using object = load('netkit.bpf.o');
    expect(object.programs).toHaveLength(4);
  });

  it('loads the programs of hooks of cgroups', () => {
    const programs = laboratory.host.objects.inspect(read('cgroup.bpf.o'), 'cgroup.bpf.o');
    expect(programs.map(({ name, type, expectedAttachType }) => [name, type, expectedAttachType])).toEqual([
      ['count_out', programType.CGROUP_SKB, attachType.CGROUP_INET_EGRESS],
      ['short_out', programType.CGROUP_SKB, attachType.CGROUP_INET_EGRESS],
      ['allow_in', programType.CGROUP_SKB, attachType.CGROUP_INET_INGRESS],
      ['no_telnet', programType.CGROUP_SOCK_ADDR, cgroupAttachTypes.inet4_connect],
      ['watch', programType.SOCK_OPS, cgroupAttachTypes.sock_ops],
    ]);
    using object = load('cgroup.bpf.o');
    expect(object.programs).toHaveLength(5);
  });

  it('loads all programs, or just the one that was asked for, and no fd stays behind', () => {
    const before = descriptors();
    const all = load('audit.bpf.o');
    expect(all.programs.map(({ name }) => name)).toEqual(['audit_in', 'audit_out']);
    expect(all.maps.map(({ name }) => name)).toEqual(['bytes']);
    for (const { fd } of all.programs) expect(laboratory.host.world.objectKind(fd)).toBe('program');
    for (const { fd } of all.maps) expect(laboratory.host.world.objectKind(fd)).toBe('map');
    all.close();
    all.close();

    const one = load('audit.bpf.o', { program: 'audit_out' });
    expect(one.programs.map(({ name }) => name)).toEqual(['audit_out']);
    one.close();
    expect(descriptors()).toBe(before);
  });

  it('closes on exec what it loaded', () => {
    using object = load('telemetry.bpf.o');
    const flags = readFileSync(`/proc/thread-self/fdinfo/${object.programs[0]!.fd}`, 'utf8');
    expect(Number.parseInt(/flags:\s+(\d+)/.exec(flags)![1]!, 8) & 0o2000000).not.toBe(0);
  });

  it('leaves an fd alone that was closed before and is somebody else’s by then', () => {
    const object = load('stop.bpf.o');
    const { fd } = object.programs[0]!;
    laboratory.host.world.close(fd);
    const others = [laboratory.loadVerdict(0)];
    while (others.at(-1)! < fd) others.push(laboratory.loadVerdict(0));
    expect(others.at(-1)).toBe(fd);
    object.close();
    expect(laboratory.host.world.objectKind(fd)).toBe('program');
    for (const other of others) laboratory.host.world.close(other);
  });

  it('loads programs that run: a firewall drops a blocked port, and what stands before it counts every packet', () => {
    const ifindex = laboratory.addDevice();
    using telemetry = load('telemetry.bpf.o');
    using firewall = load('firewall.bpf.o');
    using stop = load('stop.bpf.o');
    for (const { programs } of [telemetry, firewall, stop]) {
      expect(raw.attach({ ifindex }, programs[0]!.fd)).toBe(0);
    }
    expect(laboratory.sendPacket(ifindex, 'ingress', 53)).toBe('accepted');
    block(firewall.maps[0]!.fd, 53);
    expect(laboratory.sendPacket(ifindex, 'ingress', 53)).toBe('dropped');
    expect(laboratory.sendPacket(ifindex, 'ingress', 80)).toBe('accepted');
    expect(lookUp(telemetry.maps[0]!.fd)).toBe(3);
  });

  it('keeps 15 characters of a long name in the kernel and all of it in the listing', () => {
    using object = load('long-name.bpf.o');
    expect(object.programs[0]!.name).toBe('account_for_every_packet');
    const words = [0, 4, 8, 12].map((at) => raw.infoField(object.programs[0]!.fd, info.program.name + at));
    const name = Buffer.from(Uint32Array.from(words).buffer).toString('latin1');
    expect(name).toBe('account_for_eve\0');
  });

  it('loads as another type on demand', () => {
    using xdp = load('xdp.bpf.o');
    expect(xdp.programs[0]!.type).toBe(programType.XDP);
    expect(raw.infoField(xdp.programs[0]!.fd, info.program.type)).toBe(programType.XDP);
    using odd = load('unknown-section.bpf.o', { type: programType.SCHED_CLS });
    expect(raw.infoField(odd.programs[0]!.fd, info.program.type)).toBe(programType.SCHED_CLS);
  });

  it('names the programs of an object that has not the one asked for', () => {
    const error = refused(() => load('audit.bpf.o', { program: 'audit' }));
    expect(error).toMatchObject({ code: 'ENOENT', data: { programs: ['audit_in', 'audit_out'] } });
    expect(error.message).toBe(
      'load audit.bpf.o:audit: no such program (ENOENT); it has audit_in, audit_out',
    );
  });

  it('says which section stands for nothing', () => {
    const error = refused(() => load('unknown-section.bpf.o'));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain('section somewhere of nowhere stands for no program type');
  });

  it('hands the log of the verifier over', () => {
    const error = refused(() => load('rejected.bpf.o'));
    expect(error).toMatchObject({ code: 'EACCES', data: { program: 'reads_too_far' } });
    expect(error.message).toContain('the verifier rejects reads_too_far: R1 offset is outside of the packet');
    expect(error.data.log).toContain('invalid access to packet');
  });

  it('refuses what is no BPF object, in words', () => {
    const whole = read('telemetry.bpf.o');
    const foreign = Buffer.from(whole);
    foreign.writeUInt16LE(62, 18);
    const inspect = (bytes: Uint8Array) => refused(() => laboratory.host.objects.inspect(bytes, 'x.o'));
    for (const [bytes, words] of [
      [Buffer.alloc(0), 'the file is empty'],
      [Buffer.from('hello, world'), 'it is not an ELF file'],
      [whole.subarray(0, 20), 'the file is cut short'],
      [whole.subarray(0, whole.length - 1), 'the file is cut short'],
      [foreign, 'it holds code for x86-64, not BPF'],
    ] as const) {
      expect(inspect(bytes)).toMatchObject({
        code: 'ENOEXEC',
        message: expect.stringContaining(`read object x.o: ${words}`),
      });
    }
  });

  it('survives an object with any one byte changed', () => {
    const whole = read('stop.bpf.o');
    let refusals = 0;
    for (let at = 0; at < whole.length; at += 3) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      try {
        laboratory.host.objects.inspect(bytes, 'changed.o');
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOEXEC' });
        refusals++;
      }
    }
    expect(refusals).toBeGreaterThan(0);
  });

  it('passes on that a right is missing', () => {
    const error = laboratory.withCapabilities([], () => refused(() => load('stop.bpf.o')));
    expect(error.code).toBe('EPERM');
    expect(error.message).toContain('CAP_BPF and CAP_NET_ADMIN suffice');
  });

  it('says how to get libbpf', () => {
    const error = refused(() => new Libbpf(foreignFunctions(), 'libbpf.so.999'));
    expect(error.code).toBe('ELIBBPF');
    expect(error.message).toContain('libbpf.so.999 is not installed (ELIBBPF); apt-get install libbpf1');
  });

  it('says that a libbpf is too old or broken, and how to get another', () => {
    for (const [library, words] of [
      ['libc.so.6', 'libc.so.6 is too old or broken, it lacks bpf_object__open_mem'],
      ['/proc/self/status', '/proc/self/status is too old or broken'],
    ] as const) {
      const error = refused(() => new Libbpf(foreignFunctions(), library));
      expect(error.message).toBe(
        `read BPF objects: ${words} (ELIBBPF); apt-get install libbpf1, or its like elsewhere`,
      );
    }
  });

  function block(map: number, port: number): void {
    const { arena } = laboratory.host.systemCall;
    const [key, value] = [arena.reserve(8), arena.reserve(8)];
    arena.view.setUint16(key, port, true);
    arena.bytes[value] = 1;
    expect(element(2, map, key, value)).toBe(0);
  }

  function lookUp(map: number): number {
    const { arena } = laboratory.host.systemCall;
    const [key, value] = [arena.reserve(8), arena.reserve(8)];
    expect(element(1, map, key, value)).toBe(0);
    return arena.getUint64(value);
  }

  function element(number: number, map: number, key: number, value: number): number {
    const { arena } = laboratory.host.systemCall;
    const at = arena.reserve(32);
    arena.view.setUint32(at, map, true);
    arena.setPointer(at + 8, key);
    arena.setPointer(at + 16, value);
    return laboratory.host.systemCall.bpf(number, arena.address(at), 32);
  }
});
