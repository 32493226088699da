import { describe, expect, test } from 'vitest';
import { type Capability, command, flag, type Laboratory, programType } from '../../src/index.js';
import { Bench, BOGUS, UNUSED_ID } from './bench.js';
import { fdOf, type Result } from './raw-calls.js';

const { REPLACE, BEFORE, ID } = flag;

/** Chapter 7.8 to 7.10: ids, info and capabilities. */
export function chapter7Objects(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);
  const as = <Value>(capabilities: readonly Capability[], action: () => Value): Value =>
    bench.laboratory.withCapabilities(capabilities, action);

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
    ] as const)('spec 7.10 "load SCHED_CLS": with %j: %s', (capabilities, expected) => {
      expect(as(capabilities, load(programType.SCHED_CLS))).toBe(expected);
    });
    test.each([
      [['CAP_BPF'], 'ok'],
      [['CAP_SYS_ADMIN'], 'ok'],
      [['CAP_NET_ADMIN'], 'EPERM'],
      [[], 'EPERM'],
    ] as const)('spec 7.10 "load CGROUP_SKB": with %j: %s', (capabilities, expected) => {
      expect(as(capabilities, load(programType.CGROUP_SKB))).toBe(expected);
    });
    test('spec 7.10 "tcx attach": replace, relative by id, detach with program, links and info need none either', () => {
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
    test('spec 7.10 "get fd by id": CAP_SYS_ADMIN', () => {
      const { raw } = bench;
      const id = raw.idOf(bench.program());
      expect(as(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => raw.programById(id))).toBe('EPERM');
      expect(as(['CAP_SYS_ADMIN'], () => raw.programById(id))).toBeTypeOf('number');
    });
  });
}
