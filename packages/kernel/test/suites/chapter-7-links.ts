import { describe, expect, test } from 'vitest';
import { attachType, type Capability, flag, type Laboratory, programType } from '../../src/index.js';
import { Bench, BOGUS } from './bench.js';

const { CGROUP_INET_INGRESS } = attachType;
const { REPLACE, BEFORE, LINK, ALLOW_MULTI } = flag;
const UNKNOWN = 1 << 20;

/** Chapter 7.4, 7.5 and 7.7: links. */
export function chapter7Links(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);
  const as = <Value>(capabilities: readonly Capability[], action: () => Value): Value =>
    bench.laboratory.withCapabilities(capabilities, action);

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
}
