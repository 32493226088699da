import { describe, expect, test } from 'vitest';
import { attachType, type Capability, command, flag, type Laboratory, programType } from '../../src/index.js';
import { Bench, BOGUS } from './bench.js';
import { type Field, fdOf, type Result } from './raw-calls.js';

const { TCX_INGRESS, TCX_EGRESS, CGROUP_INET_INGRESS, CGROUP_DEVICE } = attachType;
const { REPLACE, BEFORE, AFTER, ID, LINK, ALLOW_OVERRIDE, ALLOW_MULTI, PREORDER } = flag;
const XDP = 37;
const UNKNOWN = 1 << 20;

/** Chapter 7.1 to 7.3 and 7.6: attach, detach, query and what goes together. */
export function chapter7Hooks(makeLaboratory: () => Laboratory): void {
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

  describe('spec 7.6: compatibility', () => {
    test.each([0, TCX_INGRESS, TCX_EGRESS, CGROUP_DEVICE, 9999])(
      'spec 7.6 "SCHED_CLS": loaded with expected attach type %i attaches',
      (expected) => {
        const { raw, device } = bench;
        const program = fdOf(raw.load([[68, expected]]));
        expect(raw.attach({ target: device, program })).toBe(0);
        expect(raw.linkCreate({ target: device, type: TCX_EGRESS, program })).toBeTypeOf('number');
      },
    );
    test.each([CGROUP_INET_INGRESS, CGROUP_DEVICE, XDP, 9999])(
      'spec 7.6 "SCHED_CLS": it does not go to attach type %i',
      (type) => {
        const { raw, device } = bench;
        const program = bench.program();
        expect(raw.attach({ target: device, type, program })).toBe('EINVAL');
        expect(raw.linkCreate({ target: device, type, program })).toBe('EINVAL');
      },
    );
    test('spec 7.6 "CGROUP_SKB": it needs CAP_NET_ADMIN before its attach type is looked at', () => {
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_SKB });
      const create = () => bench.raw.linkCreate({ target: BOGUS, type: CGROUP_DEVICE, program });
      expect(as(['CAP_BPF'], create)).toBe('EPERM');
      expect(create()).toBe('EINVAL');
    });
    test('spec 7.6 "CGROUP_SOCK, CGROUP_SOCK_ADDR, CGROUP_SOCKOPT": the attach type must be the expected one', () => {
      const { raw } = bench;
      const program = fdOf(raw.load([[68, attachType.CGROUP_GETSOCKOPT]], 168, programType.CGROUP_SOCKOPT));
      const create = (type: number) => raw.linkCreate({ target: BOGUS, type, program });
      expect(create(attachType.CGROUP_SETSOCKOPT)).toBe('EINVAL');
    });
    test('spec 7.6 "others": the attach type must map to the program type', () => {
      const program = bench.laboratory.loadVerdict(1, { type: programType.CGROUP_DEVICE });
      expect(bench.raw.linkCreate({ target: BOGUS, type: TCX_INGRESS, program })).toBe('EINVAL');
      expect(bench.raw.linkCreate({ target: BOGUS, type: CGROUP_INET_INGRESS, program })).toBe('EINVAL');
    });
  });
}
