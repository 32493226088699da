import { describe, expect, test } from 'vitest';
import { attachType, command, flag, info, type Laboratory } from '../../src/index.js';
import { type BenchCgroup, CgroupBench } from './cgroup-bench.js';
import { fdOf } from './raw-calls.js';

const { ALLOW_MULTI, PREORDER } = flag;
const { CGROUP_INET_INGRESS, CGROUP_INET_EGRESS } = attachType;

/** Section 10.9 of the specification: run time; and 7.6 for programs that only inet_egress takes. */
export function chapter10Run(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  const attach = (cgroup: BenchCgroup, type: number, value: number, flags: number = ALLOW_MULTI) => {
    const program = bench.program(value, type);
    const result = bench.raw.attach({ target: cgroup.fd, type, program, flags });
    if (result !== 0) throw new Error(`attach: ${result}`);
    return program;
  };

  /** Sends a packet and says what became of it and how often each program ran. */
  const run = (cgroup: BenchCgroup, direction: 'ingress' | 'egress', programs: readonly number[]) => {
    const { raw, laboratory } = bench;
    const stats = fdOf(raw.call(command.ENABLE_STATS, 4, []));
    const fate = laboratory.sendCgroupPacket(cgroup.path, direction);
    const ran = programs.map((program) => {
      raw.info(program, info.program.size);
      return raw.u32(info.program.runCount);
    });
    raw.close(stats);
    return { fate, ran };
  };

  describe('spec 10.9: inet_egress', () => {
    test('spec 10.9: without programs a packet is allowed', () => {
      expect(run(bench.parent, 'egress', []).fate).toBe('allowed');
    });
    test.each([
      [0, 'refused'],
      [1, 'allowed'],
      [2, 'dropped'],
      [3, 'allowed'],
    ] as const)('spec 10.9, 15.8 #15: bit 0 of %i allows, bit 1 hints at congestion: %s', (value, fate) => {
      const program = attach(bench.parent, CGROUP_INET_EGRESS, value);
      expect(run(bench.parent, 'egress', [program])).toEqual({ fate, ran: [1] });
    });
    test.each([
      [[1, 0, 1], 'refused'],
      [[0, 3, 1], 'dropped'],
      [[2, 1, 1], 'dropped'],
      [[1, 1, 3], 'allowed'],
    ] as const)('spec 10.9, 15.8 #15: %j: all run, and every one must allow: %s', (values, fate) => {
      const programs = values.map((value) => attach(bench.parent, CGROUP_INET_EGRESS, value));
      expect(run(bench.parent, 'egress', programs)).toEqual({ fate, ran: [1, 1, 1] });
    });
  });

  describe('spec 10.9: inet_ingress', () => {
    test.each([
      [[], 'allowed'],
      [[1], 'allowed'],
      [[0], 'dropped'],
      [[1, 1], 'allowed'],
      [[0, 1, 1], 'dropped'],
    ] as const)('spec 10.9: %j: all run, 1 allows: %s', (values, fate) => {
      const programs = values.map((value) => attach(bench.parent, CGROUP_INET_INGRESS, value));
      expect(run(bench.parent, 'ingress', programs)).toEqual({ fate, ran: values.map(() => 1) });
    });
  });

  describe('spec 10.9: the effective list', () => {
    test('spec 10.9: those above run too', () => {
      const above = attach(bench.parent, CGROUP_INET_EGRESS, 0);
      const own = attach(bench.child, CGROUP_INET_EGRESS, 1);
      expect(run(bench.child, 'egress', [own, above])).toEqual({ fate: 'refused', ran: [1, 1] });
    });
    test('spec 10.9: what does not share is overridden', () => {
      const above = attach(bench.parent, CGROUP_INET_EGRESS, 0, flag.ALLOW_OVERRIDE);
      const own = attach(bench.child, CGROUP_INET_EGRESS, 1, 0);
      expect(run(bench.child, 'egress', [own, above])).toEqual({ fate: 'allowed', ran: [1, 0] });
      expect(run(bench.parent, 'egress', [own, above])).toEqual({ fate: 'refused', ran: [1, 1] });
    });
    test('spec 10.9: a link update hits exactly its own slot, also beside PREORDER entries', () => {
      const { raw, parent } = bench;
      const plain = attach(parent, CGROUP_INET_EGRESS, 1);
      const first = attach(parent, CGROUP_INET_EGRESS, 1, ALLOW_MULTI | PREORDER);
      const [old, fresh] = [bench.program(1, CGROUP_INET_EGRESS), bench.program(0, CGROUP_INET_EGRESS)];
      const link = fdOf(raw.linkCreate({ target: parent.fd, type: CGROUP_INET_EGRESS, program: old }));
      expect(raw.linkUpdate(link, fresh)).toBe(0);
      const programs = [plain, first, old, fresh];
      expect(run(parent, 'egress', programs)).toEqual({ fate: 'refused', ran: [1, 1, 0, 1] });
    });
    test('spec 10.9: a detach takes effect for the next packet', () => {
      const { raw, parent } = bench;
      const program = attach(parent, CGROUP_INET_EGRESS, 0);
      expect(run(parent, 'egress', []).fate).toBe('refused');
      expect(raw.detach({ target: parent.fd, type: CGROUP_INET_EGRESS, program })).toBe(0);
      expect(run(parent, 'egress', []).fate).toBe('allowed');
    });
  });

  describe('spec 7.6: CGROUP_SKB', () => {
    test.each([2, 3])('spec 7.6 "CGROUP_SKB": a program that returns %i is bound to inet_egress', (value) => {
      const { raw, parent } = bench;
      const program = bench.program(value, CGROUP_INET_EGRESS);
      expect(raw.attach({ target: parent.fd, type: CGROUP_INET_INGRESS, program })).toBe('EINVAL');
      expect(raw.linkCreate({ target: parent.fd, type: CGROUP_INET_INGRESS, program })).toBe('EINVAL');
      expect(raw.attach({ target: parent.fd, type: CGROUP_INET_EGRESS, program })).toBe(0);
    });
    test.each([
      [CGROUP_INET_EGRESS, CGROUP_INET_INGRESS],
      [CGROUP_INET_INGRESS, CGROUP_INET_EGRESS],
    ])(
      'spec 7.6 "CGROUP_SKB": one that returns 1 and is loaded for %i goes to %i as well',
      (expected, type) => {
        const { raw, parent } = bench;
        expect(raw.attach({ target: parent.fd, type, program: bench.program(1, expected) })).toBe(0);
        expect(
          raw.attach({ target: parent.fd, type: attachType.CGROUP_DEVICE, program: bench.program() }),
        ).toBe('EINVAL');
      },
    );
  });
}
