import { readFileSync } from 'node:fs';
import { MprogError } from '@mprog/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fdOf, RawCalls } from '../../../test/suites/raw-calls.js';
import { attachType, command, flag, programType } from '../../index.js';
import { SimulatedKernel } from '../simulated-kernel.js';
import { SimulatedLaboratory } from '../simulated-laboratory.js';
import { fromBase64, toBase64 } from './base64.js';

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** Fills cgroups with entries of each kind and mode, and opens one that is removed then. */
function shareCgroup({ kernel, host }: SimulatedLaboratory, raw: RawCalls): void {
  const [above, below, gone] = ['/app', '/app/web', '/gone'].map((path) => {
    kernel.cgroups.add(path);
    return host.world.openCgroup(path);
  }) as [number, number, number];
  const skb = () => fdOf(raw.load([], 168, programType.CGROUP_SKB));
  const type = attachType.CGROUP_INET_EGRESS;
  raw.attach({ target: above, type, program: skb(), flags: flag.ALLOW_MULTI | flag.PREORDER });
  raw.linkCreate({ target: above, type, program: skb() });
  raw.attach({ target: below, type, program: skb(), flags: flag.ALLOW_OVERRIDE });
  raw.attach({ target: below, type: attachType.CGROUP_INET_INGRESS, program: skb() });
  raw.detach({ target: below, type: attachType.CGROUP_INET_INGRESS });
  raw.linkCreate({ target: gone, type, program: skb() });
  kernel.cgroups.remove('/gone');
}

/** A kernel with something of every kind. */
function busyKernel(): SimulatedKernel {
  const laboratory = new SimulatedLaboratory({ bootId: 'boot', now: () => 1_000, netkit: true });
  const { kernel } = laboratory;
  const raw = new RawCalls(laboratory.host);
  const device = laboratory.addDevice('eth0');
  laboratory.setQdisc(device, 'ingress', true);
  const blue = kernel.addNamespace('blue');
  const there = kernel.addDevice('eth1', blue);
  shareCgroup(laboratory, raw);
  const pair = laboratory.addNetkitPair('drop');
  const onPrimary = { target: pair.primary, type: attachType.NETKIT_PRIMARY };
  raw.attach({ ...onPrimary, program: laboratory.loadVerdict(-1) });
  raw.detach(onPrimary);
  raw.linkCreate({ ...onPrimary, type: attachType.NETKIT_PEER, program: laboratory.loadVerdict(-1) });
  raw.attach({ target: device, program: laboratory.loadVerdict(-1, { name: 'direct' }) });
  const link = raw.linkCreate({
    target: device,
    program: laboratory.loadVerdict(0, { name: 'owned' }),
  }) as number;
  const defunct = raw.linkCreate({ target: device, program: laboratory.loadVerdict(2) }) as number;
  raw.linkDetach(defunct);
  laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog');
  raw.call(command.OBJ_PIN, 16, [
    [0, raw.text(0, '/sys/fs/bpf/mprog/link'), 8],
    [8, link],
  ]);
  laboratory.host.world.within({ inode: blue }, () => {
    raw.attach({ target: there, type: attachType.TCX_EGRESS, program: laboratory.loadVerdict(-1) });
  });
  const object = new Uint8Array(readFileSync(new URL('../../../objects/firewall.bpf.o', import.meta.url)));
  const { programs } = laboratory.host.objects.load(object, { name: 'firewall.bpf.o' });
  raw.call(command.ENABLE_STATS, 4, []);
  const array = raw.call(command.MAP_CREATE, 72, [
    [0, 3],
    [4, 4],
    [8, 4],
    [12, 4],
  ]) as number;
  raw.put(0, [1, 0, 0, 0, programs[0]!.fd, 0, 0, 0]);
  raw.call(command.MAP_UPDATE_ELEM, 32, [
    [0, array],
    [8, raw.at(0), 8],
    [16, raw.at(4), 8],
  ]);
  return kernel;
}

describe('saved kernels', () => {
  test('what is restored saves as what it came from', () => {
    const state = busyKernel().save();
    expect(SimulatedKernel.restore(copy(state)).save()).toEqual(state);
  });

  test('a restored kernel goes on as the saved one would', () => {
    const kernel = SimulatedKernel.restore(copy(busyKernel().save()));
    using host = kernel.openProcess();
    const raw = new RawCalls(host);
    const device = host.world.devices().find(({ name }) => name === 'eth0')!.ifindex;
    const before = raw.query(device);
    expect(before).toMatchObject({ count: 2, revision: 5 });
    kernel.exitProcess('process-1');
    // The pin holds the link, each slot its direct program; the rest went with the fds.
    expect(raw.query(device)).toEqual(before);
    expect([kernel.programs.size, kernel.links.size, kernel.maps.size]).toEqual([5, 1, 0]);
    host.world.pins.remove('/sys/fs/bpf/mprog/link');
    expect(raw.query(device)).toMatchObject({ count: 1, revision: 6, programs: [before.programs[0]] });
  });

  test.each([105, 36_500, 1e9])('programs are loaded and saved %d days after the start too', (days) => {
    const kernel = new SimulatedKernel({ bootTime: 0, now: () => days * 86_400_000 });
    const raw = new RawCalls(kernel.openProcess());
    fdOf(raw.load());
    const state = copy(kernel.save());
    expect(state.programs.items[0]?.loadTime).toBe(Math.min(2 ** 63, days * 86_400e9));
    expect(SimulatedKernel.restore(state).save()).toEqual(state);
  });

  test('a process of a saved kernel goes on with its fds', () => {
    const saved = busyKernel();
    const kernel = SimulatedKernel.restore(copy(saved.save()));
    const raw = new RawCalls(kernel.resumeProcess('process-1'));
    expect(raw.idOf(6)).toBe(new RawCalls(saved.resumeProcess('process-1')).idOf(6));
    expect(() => kernel.resumeProcess('process-9')).toThrow(/there is no such process \(ESRCH\)/);
  });

  test('cgroups go on: lists, modes, revisions, effective lists, and an open directory that was removed', () => {
    const saved = busyKernel();
    const kernel = SimulatedKernel.restore(copy(saved.save()));
    const raw = new RawCalls(kernel.resumeProcess('process-1'));
    const type = attachType.CGROUP_INET_EGRESS;
    const [above, below, gone] = [3, 4, 5];
    const before = new RawCalls(saved.resumeProcess('process-1'));
    for (const fd of [above, below]) {
      const answer = raw.query(fd, type);
      expect(answer.count).toBeGreaterThan(0);
      expect(answer).toEqual(before.query(fd, type));
    }
    expect(raw.revision(below, attachType.CGROUP_INET_INGRESS)).toBe(3);
    expect(raw.query(gone, type).result).toBe('ENOENT');
    kernel.cgroups.add('/gone');
    expect(raw.query(gone, type).result).toBe('ENOENT');
    const paths = kernel.cgroups.list().map(({ path }) => path);
    for (const path of paths.slice(1).reverse()) kernel.cgroups.remove(path);
    expect([...kernel.links.values()].filter(({ target }) => target?.kind === 'cgroup')).toEqual([]);
    expect(raw.query(above, type).result).toBe('ENOENT');
  });

  test('netkit goes on: pairs, policies, and revisions that no query shows', () => {
    const kernel = SimulatedKernel.restore(copy(busyKernel().save()));
    const raw = new RawCalls(kernel.resumeProcess('process-1'));
    const { primary, peer } = Object.fromEntries(
      [...kernel.initialNamespace.devices.values()].map(({ ifindex, netkit }) => [netkit?.role, ifindex]),
    ) as { primary: number; peer: number };
    const hook = { target: primary, type: attachType.NETKIT_PRIMARY };
    expect(raw.query(primary, attachType.NETKIT_PEER)).toMatchObject({ count: 1, revision: 2 });
    expect(raw.query(primary, hook.type)).toMatchObject({ count: 0, revision: 1 });
    const program = fdOf(raw.load());
    expect(raw.attach({ ...hook, program, revision: 1 })).toBe('ESTALE');
    expect(kernel.runtime.transmit(primary).fate).toBe('dropped');
    expect(raw.attach({ ...hook, program, revision: 3 })).toBe(0);
    kernel.removeDevice(peer);
    expect(raw.query(primary, hook.type).result).toBe('ENODEV');
  });

  test('ids go on where they were', () => {
    const saved = busyKernel();
    const kernel = SimulatedKernel.restore(copy(saved.save()));
    expect(kernel.programs.nextId).toBe(saved.programs.nextId);
    expect(kernel.addNamespace()).toBe(saved.addNamespace());
    expect(kernel.addDevice('eth9')).toBe(saved.addDevice('eth9'));
  });

  test.each([
    ['nothing', null],
    ['a number', 7],
    ['an empty object', {}],
    ['another format', { format: 'x', version: 1 }],
    ['another version', { format: 'mprog simulated kernel', version: 9 }],
  ])('%s is refused', (_, state) => {
    expect(() => SimulatedKernel.restore(state)).toThrow(/restore simulated kernel: state/);
  });

  // biome-ignore lint/suspicious/noExplicitAny: damage breaks the type on purpose
  type Thawed = any;
  type Damage = (state: Thawed) => void;
  const thawed = (): Thawed => copy(busyKernel().save());
  /** Of the netkit pair, the peer first. */
  const ends = (state: Thawed): Thawed[] =>
    state.namespaces[0].devices.map((device: Thawed) => device.netkit).filter(Boolean);
  test.each<[string, RegExp, Damage]>([
    [
      'two programs of one id',
      /id .* of another one/,
      (s) => (s.programs.items[1].id = s.programs.items[0].id),
    ],
    ['a link without its program', /program that is not there/, (s) => (s.links.items[0].program = 999)],
    [
      'a link that is not in its chain',
      /is not attached to its target/,
      (s) => (s.namespaces[0].devices[1].ingress.links[1] = 0),
    ],
    [
      'a chain with an unknown link',
      /the link 77/,
      (s) => (s.namespaces[0].devices[1].ingress.links[0] = 77),
    ],
    [
      'a chain with an unknown program',
      /program 99/,
      (s) => (s.namespaces[0].devices[1].ingress.programs[0] = 99),
    ],
    ['a program on a chain twice', /twice/, (s) => s.namespaces[0].devices[1].ingress.programs.fill(1)],
    [
      'a cgroup link that is in no list',
      /is not attached to its target/,
      (s) => s.cgroups[1].hooks[0].entries.pop(),
    ],
    [
      'a list with a link of another cgroup',
      /which is attached elsewhere/,
      (s) => (s.cgroups[2].hooks = s.cgroups[1].hooks.splice(0)),
    ],
    [
      'a list with an unknown program',
      /names a program that is not there/,
      (s) => (s.cgroups[1].hooks[0].entries[0].program = 99),
    ],
    [
      'a list with a program of another type',
      /of another type/,
      (s) => (s.cgroups[1].hooks[0].entries[0].program = s.namespaces[0].devices[1].ingress.programs[0]),
    ],
    [
      'an entry that is there twice',
      /has an entry twice/,
      (s) => (s.cgroups[1].hooks[0].entries[1] = s.cgroups[1].hooks[0].entries[0]),
    ],
    [
      'many entries where one is allowed',
      /entries that its mode does not allow/,
      (s) => (s.cgroups[1].hooks[0].mode = 1),
    ],
    ['a mode that does not exist', /has no such mode/, (s) => (s.cgroups[1].hooks[0].mode = 3)],
    ['a mode without entries', /has no such mode/, (s) => (s.cgroups[2].hooks[1].mode = 2)],
    [
      'a list of a revision that is too small',
      /impossible revision 2/,
      (s) => (s.cgroups[1].hooks[0].revision = 2),
    ],
    [
      'an attach type that is none of a cgroup',
      /attach type 46, which is none of a cgroup/,
      (s) => (s.cgroups[1].hooks[0].attachType = 46),
    ],
    ['an attach type twice', /is there twice/, (s) => s.cgroups[1].hooks.push(s.cgroups[1].hooks[0])],
    ['a cgroup twice', /is there twice/, (s) => s.cgroups.push(s.cgroups[1])],
    ['a cgroup below nothing', /below a cgroup that is not there/, (s) => (s.cgroups[1].path = '/x/y')],
    ['a netkit without its other end', /device that is not there/, (s) => (ends(s)[0].other.ifindex = 77)],
    ['a netkit whose other end is none', /is no end of a pair/, (s) => (ends(s)[0].other.ifindex = 1)],
    ['two ends of one role', /is no end of a pair/, (s) => (ends(s)[0].role = ends(s)[1].role)],
    ['netkit in a kernel without', /though the kernel has no netkit/, (s) => (s.netkit = false)],
    [
      'a netkit chain with an unknown link',
      /the link 77/,
      (s) => (ends(s)[1].chain = { ...ends(s)[0].chain, links: [77] }),
    ],
    ['an object that nothing holds', /which nothing holds/, (s) => (s.processes = [])],
    ['instructions that are no base64', /is not base64/, (s) => (s.programs.items[0].instructions = '*')],
    ['half an instruction', /half an instruction/, (s) => (s.programs.items[0].instructions = 'AAAA')],
    [
      'an fd of nothing',
      /map that is not there/,
      (s) => (s.processes[0].fds[4][1] = { kind: 'map', id: 50 }),
    ],
    ['a pinned file', /cannot be pinned/, (s) => (s.mounts[0][1][0][1][0][1] = { kind: 'file' })],
    [
      'a missing chain under a qdisc',
      /though ingress is there/,
      (s) => (s.namespaces[1].devices[0].qdisc = 'ingress'),
    ],
    ['a missing field', /has no field tag/, (s) => delete s.programs.items[0].tag],
    ['no namespace', /first network namespace/, (s) => (s.namespaces = [])],
  ])('%s is refused', (_, words, damage) => {
    const state = thawed();
    damage(state);
    expect(() => SimulatedKernel.restore(state)).toThrow(words);
  });

  const SEED = 31;
  test(`a value that is damaged anywhere is refused or restored, never worse (seed ${SEED})`, {
    timeout: 60_000,
  }, () => {
    const state = busyKernel().save();
    const junk = fc.oneof(
      fc.constantFrom(null, true, -1, 0, 1, 2, 3, 1e300, 0x7fff_ffff, '', '/', 'x', '__proto__', [], {}),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 8 }), junk, (path, value) => {
        const damaged = copy(state);
        replaceAt(damaged, path, value);
        try {
          const kernel = SimulatedKernel.restore(damaged);
          for (const key of [...kernel.processes.keys()]) kernel.exitProcess(key);
          kernel.save();
        } catch (error) {
          expect(MprogError.is(error), String((error as Error).stack)).toBe(true);
        }
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test(`base64 is what the platform's is (seed ${SEED})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
});

/** Follows a path of indices into nested values and puts another value there. */
function replaceAt(root: unknown, path: readonly number[], value: unknown): void {
  let at = root as Record<string, unknown>;
  for (const [depth, step] of path.entries()) {
    const keys = Object.keys(at);
    if (keys.length === 0) return;
    const key = keys[step % keys.length]!;
    const next = at[key];
    if (depth === path.length - 1 || typeof next !== 'object' || next === null) {
      at[key] = value;
      return;
    }
    at = next as Record<string, unknown>;
  }
}
