import { describe, expect, test } from 'vitest';
import { attachType, type Capability, command, flag, type Laboratory, programType } from '../../src/index.js';
import { Bench, BOGUS, UNUSED_ID } from './bench.js';
import { type Field, fdOf, type Result } from './raw-calls.js';

const { TCX_INGRESS, TCX_EGRESS, CGROUP_INET_INGRESS, CGROUP_DEVICE } = attachType;
const { REPLACE, BEFORE, AFTER, ID, LINK, ALLOW_OVERRIDE, ALLOW_MULTI, PREORDER } = flag;
const XDP = 37;
const UNKNOWN = 1 << 20;

/** Chapter 7 of the specification: what the commands check before a layer is asked. */
export function chapter7(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);
  const as = <Value>(capabilities: readonly Capability[], action: () => Value): Value =>
    bench.laboratory.withCapabilities(capabilities, action);

  describe('spec 7.1: PROG_ATTACH', () => {
    const junk: readonly Field[] = [[32, 1]];

    test('spec 7.1 #1: junk behind the last field beats everything', () => {
      expect(bench.raw.attach({ target: 0, type: 9999, program: BOGUS }, junk, 36)).toBe('EINVAL');
    });
    test.each([33, 35, 39, 44, 48, 9999, 0xffff_ffff])(
      'spec 7.1 #2: attach type %i maps to no program type',
      (type) => {
        expect(bench.raw.attach({ target: bench.device, type, program: BOGUS })).toBe('EINVAL');
      },
    );
    test.each([ALLOW_OVERRIDE, ALLOW_MULTI, PREORDER, UNKNOWN, 128, 0x8000_0000])(
      'spec 7.1 #3: tcx refuses flag %i, before the program is looked at',
      (flags) => {
        expect(bench.raw.attach({ target: bench.device, program: BOGUS, flags: flags | BEFORE })).toBe(
          'EINVAL',
        );
      },
    );
    test.each([REPLACE, BEFORE, AFTER, ID, LINK])(
      'spec 7.1 #3: tcx takes flag %i to the program',
      (flags) => {
        expect(bench.raw.attach({ target: bench.device, program: BOGUS, flags })).toBe('EBADF');
      },
    );
    test.each([ALLOW_OVERRIDE, ALLOW_MULTI, PREORDER, REPLACE, BEFORE, AFTER, ID, LINK])(
      'spec 7.1 #3: cgroup types take flag %i to the program',
      (flags) => {
        const fields = { target: BOGUS, type: CGROUP_INET_INGRESS, program: BOGUS, flags };
        expect(bench.raw.attach(fields)).toBe('EBADF');
      },
    );
    test.each([UNKNOWN, 128])('spec 7.1 #3: cgroup types refuse flag %i', (flags) => {
      expect(bench.raw.attach({ target: BOGUS, type: CGROUP_INET_INGRESS, program: BOGUS, flags })).toBe(
        'EINVAL',
      );
    });
    test.each([
      ['BEFORE', { flags: BEFORE }],
      ['LINK', { flags: LINK }],
      ['a relative', { relative: 1 }],
      ['an expected revision', { revision: 1 }],
    ])('spec 7.1 #3: other attach types refuse %s', (_, fields) => {
      expect(bench.raw.attach({ target: BOGUS, type: XDP, program: BOGUS, ...fields })).toBe('EINVAL');
    });
    test.each([ALLOW_OVERRIDE, ALLOW_MULTI, PREORDER, REPLACE])(
      'spec 7.1 #3: other attach types take flag %i to the program',
      (flags) => {
        expect(bench.raw.attach({ target: BOGUS, type: XDP, program: BOGUS, flags })).toBe('EBADF');
      },
    );
    test('spec 7.1 #4: the program must be open, a program and of the mapped type', () => {
      const { raw, device } = bench;
      expect(raw.attach({ target: device, program: BOGUS })).toBe('EBADF');
      expect(raw.attach({ target: device, program: bench.laboratory.openFile() })).toBe('EINVAL');
      expect(raw.attach({ target: device, program: bench.map() })).toBe('EINVAL');
      expect(raw.attach({ target: device, program: bench.otherProgram() })).toBe('EINVAL');
      expect(raw.attach({ target: 0, program: BOGUS })).toBe('EBADF');
    });
    test('spec 7.1 #5: a missing capability shows as EINVAL', () => {
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const attach = () => bench.raw.attach({ target: BOGUS, type: CGROUP_INET_INGRESS, program });
      expect(as(['CAP_BPF'], attach)).toBe('EINVAL');
    });
    test('spec 7.1 #6: then the layer: an unknown device is ENODEV', () => {
      expect(bench.raw.attach({ target: 0, program: bench.program() })).toBe('ENODEV');
    });
    test('spec 7.1: replace_bpf_fd is looked at with REPLACE alone', () => {
      const { raw, device } = bench;
      expect(raw.attach({ target: device, program: bench.program(), replace: BOGUS })).toBe(0);
      expect(raw.attach({ target: device, program: bench.program(), flags: REPLACE, replace: BOGUS })).toBe(
        'EBADF',
      );
    });
  });

  describe('spec 7.2: PROG_DETACH', () => {
    test('spec 7.2 #1: junk behind the last field', () => {
      bench.attach(bench.programs(1));
      expect(bench.raw.detach({ target: bench.device }, [[32, 1]], 36)).toBe('EINVAL');
    });
    test('spec 7.2 #2: the flag mask comes before the program', () => {
      expect(bench.raw.detach({ target: bench.device, program: BOGUS, flags: ALLOW_MULTI })).toBe('EINVAL');
    });
    test('spec 7.2 #2: a program that is named must be open, a program and of the type', () => {
      const { raw, device } = bench;
      expect(raw.detach({ target: device, program: BOGUS })).toBe('EBADF');
      expect(raw.detach({ target: device, program: bench.laboratory.openFile() })).toBe('EINVAL');
      expect(raw.detach({ target: device, program: bench.otherProgram() })).toBe('EINVAL');
      expect(raw.detach({ target: 0, program: BOGUS })).toBe('EBADF');
    });
    test('spec 7.2 #2: without a program it needs a capability, after the mask and before the device', () => {
      const { raw } = bench;
      as(['CAP_BPF'], () => {
        expect(raw.detach({ target: 0 })).toBe('EPERM');
        expect(raw.detach({ target: 0, flags: UNKNOWN })).toBe('EINVAL');
      });
      expect(as(['CAP_NET_ADMIN'], () => raw.detach({ target: 0 }))).toBe('ENODEV');
      expect(as(['CAP_SYS_ADMIN'], () => raw.detach({ target: 0 }))).toBe('ENODEV');
    });
    test('spec 7.2 #3: cgroup types refuse flags and a relative, before their target', () => {
      const { raw } = bench;
      expect(raw.detach({ target: BOGUS, type: CGROUP_INET_INGRESS, flags: BEFORE })).toBe('EINVAL');
      expect(raw.detach({ target: BOGUS, type: CGROUP_INET_INGRESS, relative: 1 })).toBe('EINVAL');
    });
    test('spec 7.2 #4: other attach types refuse flags, a relative and a revision', () => {
      for (const fields of [{ flags: BEFORE }, { relative: 1 }, { revision: 1 }]) {
        expect(bench.raw.detach({ target: BOGUS, type: XDP, ...fields })).toBe('EINVAL');
      }
    });
    test('spec 7.2 #5: an unknown attach type', () => {
      expect(bench.raw.detach({ target: bench.device, type: 9999 })).toBe('EINVAL');
    });
    test('spec 7.2: replace_bpf_fd is never looked at', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(1));
      expect(raw.detach({ target: device, replace: BOGUS })).toBe(0);
    });
  });

  describe('spec 7.3: PROG_QUERY', () => {
    const query = (fields: readonly Field[], size: number = 64): Result =>
      bench.raw.call(command.PROG_QUERY, size, fields);

    test('spec 7.3 #1: the capability comes first', () => {
      as(['CAP_BPF'], () => {
        expect(query([[4, 9999]])).toBe('EPERM');
        expect(query([[8, 2]])).toBe('EPERM');
      });
    });
    test.each([['CAP_NET_ADMIN'], ['CAP_SYS_ADMIN']] as const)('spec 7.3 #1: %s suffices', (capability) => {
      expect(
        as([capability], () =>
          query([
            [0, bench.device],
            [4, TCX_INGRESS],
          ]),
        ),
      ).toBe(0);
    });
    test('spec 7.3 #2: junk behind the last field', () => {
      expect(
        query(
          [
            [0, bench.device],
            [4, TCX_INGRESS],
            [64, 1],
          ],
          68,
        ),
      ).toBe('EINVAL');
    });
    test('spec 7.3 #3: an unknown query flag comes before the device', () => {
      expect(
        query([
          [4, TCX_INGRESS],
          [8, 2],
        ]),
      ).toBe('EINVAL');
    });
    test('spec 7.3 #4: for tcx ENODEV comes before the EINVAL for EFFECTIVE and attach_flags', () => {
      const effective = (target: number) =>
        query([
          [0, target],
          [4, TCX_INGRESS],
          [8, 1],
        ]);
      expect(effective(0)).toBe('ENODEV');
      expect(effective(bench.device)).toBe('EINVAL');
      const flagged = (target: number) =>
        query([
          [0, target],
          [4, TCX_INGRESS],
          [12, 1],
        ]);
      expect(flagged(0)).toBe('ENODEV');
      expect(flagged(bench.device)).toBe('EINVAL');
    });
    test.each([9999, XDP])('spec 7.3 #4: attach type %i has no query', (type) => {
      expect(query([[4, type]])).toBe('EINVAL');
    });
  });

  describe('spec 7.4: LINK_CREATE', () => {
    test('spec 7.4 #1: junk behind the last field', () => {
      expect(bench.raw.linkCreate({ target: 0, program: BOGUS }, [[64, 1]], 68)).toBe('EINVAL');
    });
    test('spec 7.4 #2: the program, of any type', () => {
      const { raw, device } = bench;
      expect(raw.linkCreate({ target: device, program: BOGUS, type: 9999 })).toBe('EBADF');
      expect(raw.linkCreate({ target: device, program: bench.laboratory.openFile() })).toBe('EINVAL');
    });
    test('spec 7.4 #3: compatibility, as it is', () => {
      const { raw, device } = bench;
      expect(raw.linkCreate({ target: device, program: bench.program(), type: 9999 })).toBe('EINVAL');
      expect(raw.linkCreate({ target: device, program: bench.otherProgram() })).toBe('EINVAL');
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const create = () => raw.linkCreate({ target: BOGUS, type: CGROUP_INET_INGRESS, program });
      expect(as(['CAP_BPF'], create)).toBe('EPERM');
    });
    test('spec 7.4 #4: then the layer: an unknown device is ENODEV', () => {
      expect(bench.raw.linkCreate({ target: 0, program: bench.program() })).toBe('ENODEV');
    });
    test('spec 7.4 #4: success gives the fd of the new link', () => {
      const link = bench.link(bench.program());
      expect(bench.raw.linkInfo(link).type).toBe(11);
      expect(bench.laboratory.host.world.objectKind(link)).toBe('link');
    });
  });

  describe('spec 7.5: LINK_UPDATE', () => {
    test('spec 7.5 #1: junk behind the last field', () => {
      expect(bench.raw.linkUpdate(BOGUS, BOGUS, 0, 0, [[16, 1]])).toBe('EINVAL');
    });
    test.each([BEFORE, ALLOW_MULTI, LINK, UNKNOWN])('spec 7.5 #2: flag %i comes before the link', (flags) => {
      expect(bench.raw.linkUpdate(BOGUS, BOGUS, flags)).toBe('EINVAL');
    });
    test('spec 7.5 #3: the link comes before the new program', () => {
      const { raw } = bench;
      expect(raw.linkUpdate(BOGUS, bench.laboratory.openFile())).toBe('EBADF');
      expect(raw.linkUpdate(bench.program(), BOGUS)).toBe('EINVAL');
    });
    test('spec 7.5 #4: the new program, of any type, comes before the old one', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      expect(raw.linkUpdate(link, BOGUS, REPLACE, 0)).toBe('EBADF');
      expect(raw.linkUpdate(link, bench.laboratory.openFile(), REPLACE, BOGUS)).toBe('EINVAL');
    });
    test('spec 7.5 #5: REPLACE: the old program, also for 0', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      expect(raw.linkUpdate(link, bench.program(), REPLACE, BOGUS)).toBe('EBADF');
      expect(raw.linkUpdate(link, bench.program(), REPLACE, 0)).toBe('EINVAL');
      expect(raw.linkUpdate(link, bench.program(), REPLACE, bench.laboratory.openFile())).toBe('EINVAL');
    });
    test('spec 7.5 #5: an old program without REPLACE', () => {
      const program = bench.program();
      expect(bench.raw.linkUpdate(bench.link(program), bench.program(), 0, program)).toBe('EINVAL');
    });
    test('spec 7.5 #6a: a defunct link is ENOLINK, before everything else of the layer', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      raw.linkDetach(link);
      expect(raw.linkUpdate(link, bench.program())).toBe('ENOLINK');
      expect(raw.linkUpdate(link, bench.program(), REPLACE, bench.program())).toBe('ENOLINK');
      expect(raw.linkUpdate(link, bench.otherProgram())).toBe('ENOLINK');
    });
    test('spec 7.5 #6b: another old program than the current one is EPERM', () => {
      const { raw } = bench;
      const program = bench.program();
      const link = bench.link(program);
      expect(raw.linkUpdate(link, bench.program(), REPLACE, bench.program())).toBe('EPERM');
      expect(raw.linkUpdate(link, program, REPLACE, bench.program())).toBe('EPERM');
      expect(raw.linkUpdate(link, bench.otherProgram(), REPLACE, bench.program())).toBe('EPERM');
      expect(raw.linkUpdate(link, bench.program(), REPLACE, program)).toBe(0);
    });
    test('spec 7.5 #6c: the program that it has already: nothing changes', () => {
      const { raw, device } = bench;
      const program = bench.program();
      const link = bench.link(program);
      const before = raw.query(device);
      expect(raw.linkUpdate(link, program)).toBe(0);
      expect(raw.linkUpdate(link, program, REPLACE, program)).toBe(0);
      expect(raw.query(device)).toEqual(before);
    });
    test('spec 7.5 #6d: a program that is in the hook already is EEXIST', () => {
      const { raw } = bench;
      const [first, second, third] = bench.programs(3) as [number, number, number];
      const link = bench.link(first);
      bench.attach([second]);
      bench.link(third);
      expect(raw.linkUpdate(link, second)).toBe('EEXIST');
      expect(raw.linkUpdate(link, third)).toBe('EEXIST');
    });
    test('spec 7.5 #6e: a program of another type is EINVAL', () => {
      expect(bench.raw.linkUpdate(bench.link(bench.program()), bench.otherProgram())).toBe('EINVAL');
    });
    test('spec 7.5 #6g: it replaces in place, and the revision grows by one', () => {
      const { raw, device } = bench;
      const [first, second, third, fourth] = bench.programs(4) as [number, number, number, number];
      bench.attach([first]);
      const link = bench.link(second);
      bench.attach([third]);
      const before = raw.query(device);
      expect(raw.linkUpdate(link, fourth)).toBe(0);
      expect(raw.query(device)).toEqual({
        ...before,
        revision: before.revision + 1,
        programs: [before.programs[0], raw.idOf(fourth), before.programs[2]],
      });
    });
  });

  describe('spec 7.6: compatibility', () => {
    test.each([0, TCX_INGRESS, TCX_EGRESS, CGROUP_DEVICE, 9999])(
      'spec 7.6: SCHED_CLS loaded with expected attach type %i attaches',
      (expected) => {
        const { raw, device } = bench;
        const program = fdOf(raw.load([[68, expected]]));
        expect(raw.attach({ target: device, program })).toBe(0);
        expect(raw.linkCreate({ target: device, type: TCX_EGRESS, program })).toBeTypeOf('number');
      },
    );
    test.each([CGROUP_INET_INGRESS, CGROUP_DEVICE, XDP, 9999])(
      'spec 7.6: SCHED_CLS does not go to attach type %i',
      (type) => {
        const { raw, device } = bench;
        const program = bench.program();
        expect(raw.attach({ target: device, type, program })).toBe('EINVAL');
        expect(raw.linkCreate({ target: device, type, program })).toBe('EINVAL');
      },
    );
    test('spec 7.6: CGROUP_SKB needs CAP_NET_ADMIN before its attach type is looked at', () => {
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const create = () => bench.raw.linkCreate({ target: BOGUS, type: CGROUP_DEVICE, program });
      expect(as(['CAP_BPF'], create)).toBe('EPERM');
      expect(create()).toBe('EINVAL');
    });
    test('spec 7.6: CGROUP_SOCKOPT: the attach type must be the expected one', () => {
      const { raw } = bench;
      const program = fdOf(raw.load([[68, attachType.CGROUP_GETSOCKOPT]], 168, programType.CGROUP_SOCKOPT));
      const create = (type: number) => raw.linkCreate({ target: BOGUS, type, program });
      expect(create(attachType.CGROUP_SETSOCKOPT)).toBe('EINVAL');
    });
    test('spec 7.6: others: the attach type must map to the program type', () => {
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_DEVICE });
      expect(bench.raw.linkCreate({ target: BOGUS, type: TCX_INGRESS, program })).toBe('EINVAL');
      expect(bench.raw.linkCreate({ target: BOGUS, type: CGROUP_INET_INGRESS, program })).toBe('EINVAL');
    });
  });

  describe('spec 7.7: LINK_DETACH', () => {
    test('spec 7.7: junk behind the last field, a bad fd', () => {
      const { raw } = bench;
      expect(raw.linkDetach(bench.link(bench.program()), [[4, 1]])).toBe('EINVAL');
      expect(raw.linkDetach(BOGUS)).toBe('EBADF');
      expect(raw.linkDetach(bench.program())).toBe('EINVAL');
    });
    test('spec 7.7: the link becomes defunct; repeating it returns 0 and changes nothing', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(1));
      const link = bench.link(bench.program());
      expect(raw.linkDetach(link)).toBe(0);
      expect(raw.linkInfo(link).ifindex).toBe(0);
      const before = raw.query(device);
      expect(before).toMatchObject({ count: 1, revision: 4 });
      expect(raw.linkDetach(link)).toBe(0);
      expect(raw.query(device)).toEqual(before);
    });
  });

  describe('spec 7.8: ids', () => {
    const openers = [
      ['PROG_GET_FD_BY_ID', 4],
      ['LINK_GET_FD_BY_ID', 4],
      ['MAP_GET_FD_BY_ID', 12],
      ['BTF_GET_FD_BY_ID', 16],
    ] as const;
    const walkers = ['PROG_GET_NEXT_ID', 'LINK_GET_NEXT_ID', 'MAP_GET_NEXT_ID', 'BTF_GET_NEXT_ID'] as const;

    test.each(openers)('spec 7.8: %s: padding, then CAP_SYS_ADMIN, then the id', (name, end) => {
      const { raw } = bench;
      as(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => {
        expect(raw.call(command[name], end + 4, [[end, 1]])).toBe('EINVAL');
        expect(raw.call(command[name], end, [[0, UNUSED_ID]])).toBe('EPERM');
      });
      expect(raw.call(command[name], end, [[0, UNUSED_ID]])).toBe('ENOENT');
      expect(raw.call(command[name], end, [[0, 0]])).toBe('ENOENT');
    });
    test('spec 7.8: a fresh fd holds one more reference', () => {
      const { raw, device } = bench;
      const link = bench.link(bench.program());
      const second = fdOf(raw.linkById(raw.linkInfo(link).id));
      raw.close(link);
      expect(raw.query(device).count).toBe(1);
      raw.close(second);
      expect(raw.query(device).count).toBe(0);
    });
    test.each(walkers)('spec 7.8: %s: padding and start_id come before CAP_SYS_ADMIN', (name) => {
      const { raw } = bench;
      as(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => {
        expect(raw.nextId(command[name], 0, [[8, 1]])).toBe('EINVAL');
        expect(raw.nextId(command[name], 0x7fff_ffff)).toBe('EINVAL');
        expect(raw.nextId(command[name], 0xffff_ffff)).toBe('EINVAL');
        expect(raw.nextId(command[name], 0)).toBe('EPERM');
      });
      expect(raw.nextId(command[name], 0x7fff_fffe)).toBe('ENOENT');
    });
    test.each([
      ['PROG_GET_NEXT_ID', () => bench.program()],
      ['LINK_GET_NEXT_ID', () => bench.link(bench.program())],
      ['MAP_GET_NEXT_ID', () => bench.map()],
    ] as const)('spec 7.8: %s gives the smallest id above', (name, make) => {
      const { raw } = bench;
      const id = raw.idOf(make());
      expect(raw.nextId(command[name], id - 1)).toBe(id);
      raw.call(command[name], 8, [
        [0, 0x7fff_fffe],
        [4, 77],
      ]);
      expect(raw.field(4)).toBe(77);
    });
  });

  describe('spec 7.9: OBJ_GET_INFO_BY_FD', () => {
    const infoCall = (fd: number, length: number, address: number = bench.raw.at()): Result =>
      bench.raw.call(command.OBJ_GET_INFO_BY_FD, 16, [
        [0, fd],
        [4, length],
        [8, address, 8],
      ]);

    test('spec 7.9: a bad fd is EBADFD, what is no BPF object EINVAL', () => {
      expect(infoCall(BOGUS, 64)).toBe('EBADFD');
      expect(infoCall(bench.laboratory.openFile(), 64)).toBe('EINVAL');
    });
    test('spec 7.9: the tail behind the known structure must be zero', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      raw.bytes(0, 512).fill(0);
      raw.put(300, [1]);
      expect(infoCall(link, 512)).toBe('E2BIG');
      raw.put(300, [0]);
      expect(infoCall(link, 512)).toBe(0);
      expect(raw.field(4)).toBe(64);
    });
    test('spec 7.9: it is cut to what the caller has room for', () => {
      const { raw } = bench;
      const program = bench.program();
      raw.bytes(0, 512).fill(0xee);
      raw.bytes(0, 8).fill(0);
      expect(infoCall(program, 8)).toBe(0);
      expect([raw.u32(0), raw.field(4), raw.bytes(8, 1)[0]]).toEqual([programType.SCHED_CLS, 8, 0xee]);
    });
    test('spec 7.9: it needs no capability', () => {
      const program = bench.program();
      expect(as([], () => infoCall(program, 232))).toBe(0);
    });
    test('spec 7.9: of a defunct link: type, id, program and attach type as before, no interface', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      const before = raw.linkInfo(link);
      expect(before.ifindex).toBe(bench.device);
      raw.linkDetach(link);
      expect(raw.linkInfo(link)).toEqual({ ...before, ifindex: 0 });
    });
  });

  describe('spec 7.10: capabilities', () => {
    const load = (type: number) => () => {
      const result = bench.raw.load([], 168, type);
      if (typeof result === 'number') bench.raw.close(result);
      return typeof result === 'number' ? 'ok' : result;
    };

    test.each([
      [['CAP_BPF', 'CAP_NET_ADMIN'], 'ok'],
      [['CAP_SYS_ADMIN'], 'ok'],
      [['CAP_BPF'], 'EPERM'],
      [['CAP_NET_ADMIN'], 'EPERM'],
      [['CAP_PERFMON'], 'EPERM'],
      [[], 'EPERM'],
    ] as const)('spec 7.10: load SCHED_CLS with %j: %s', (capabilities, expected) => {
      expect(as(capabilities, load(programType.SCHED_CLS))).toBe(expected);
    });
    test.each([
      [['CAP_BPF'], 'ok'],
      [['CAP_SYS_ADMIN'], 'ok'],
      [['CAP_NET_ADMIN'], 'EPERM'],
      [[], 'EPERM'],
    ] as const)('spec 7.10: load CGROUP_SKB with %j: %s', (capabilities, expected) => {
      expect(as(capabilities, load(programType.CGROUP_SKB))).toBe(expected);
    });
    test('spec 7.10: attach, replace, relative by id, detach with program, links and info need none', () => {
      const { raw, device } = bench;
      const [first, second, third, fourth] = bench.programs(4) as [number, number, number, number];
      const id = raw.idOf(first);
      as([], () => {
        expect(raw.attach({ target: device, program: first })).toBe(0);
        expect(raw.attach({ target: device, program: second, flags: BEFORE | ID, relative: id })).toBe(0);
        expect(raw.attach({ target: device, program: third, flags: REPLACE, replace: second })).toBe(0);
        expect(raw.detach({ target: device, program: first })).toBe(0);
        const link = fdOf(raw.linkCreate({ target: device, program: second }));
        expect(raw.linkUpdate(link, fourth)).toBe(0);
        expect(raw.linkInfo(link).ifindex).toBe(device);
        expect(raw.linkDetach(link)).toBe(0);
        raw.close(link);
      });
    });
    test('spec 7.10: ids need CAP_SYS_ADMIN', () => {
      const { raw } = bench;
      const id = raw.idOf(bench.program());
      expect(as(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => raw.programById(id))).toBe('EPERM');
      expect(as(['CAP_SYS_ADMIN'], () => raw.programById(id))).toBeTypeOf('number');
    });
  });
}
