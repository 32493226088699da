import { describe, expect, test } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { attachType, command, flag, type Laboratory, queryFlag } from '../../src/index.js';
import { BOGUS } from './bench.js';
import { CgroupBench } from './cgroup-bench.js';
import type { Field } from './raw-calls.js';

const { ALLOW_OVERRIDE, ALLOW_MULTI, BEFORE, ID, PREORDER } = flag;
const { EFFECTIVE } = queryFlag;
const layout = attr.progQuery;

/** Sections 10.6 and 10.7 of the specification: detach and query. */
export function chapter10Query(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  describe('spec 10.6: detach', () => {
    test('spec 10.6: flags and anchors are EINVAL before the target', () => {
      const nowhere = { path: '', fd: BOGUS };
      expect(bench.detach(nowhere, BOGUS, { flags: ALLOW_MULTI })).toBe('EINVAL');
      expect(bench.detach(nowhere, BOGUS, { flags: BEFORE })).toBe('EINVAL');
      expect(bench.detach(nowhere, BOGUS, { relative: 1 })).toBe('EINVAL');
      expect(bench.detach(nowhere, BOGUS)).toBe('EBADF');
    });
    test('spec 10.6: the revision comes before the program', () => {
      const { parent } = bench;
      bench.fill(parent, bench.programs(1));
      expect(bench.detach(parent, BOGUS, { revision: 9 })).toBe('ESTALE');
      expect(bench.detach(parent, 0, { revision: 2 })).toBe('EINVAL');
    });
    test('spec 10.6: an empty list is ENOENT, with and without a program', () => {
      const { parent } = bench;
      for (const program of [bench.program(), 0, BOGUS, bench.otherProgram()]) {
        expect(bench.detach(parent, program)).toBe('ENOENT');
      }
      expect(bench.detach(parent, 0, { revision: 2 })).toBe('ESTALE');
    });
    test.each([
      ['none', () => 0],
      ['one that is not open', (): number => BOGUS],
      ['one of another type', (): number => bench.otherProgram()],
      ['a file', (): number => bench.laboratory.openFile()],
    ])('spec 10.6: mode MULTI: no program (%s) is EINVAL', (_, program) => {
      bench.fill(bench.parent, bench.programs(1));
      expect(bench.detach(bench.parent, program())).toBe('EINVAL');
      expect(bench.revision(bench.parent)).toBe(2);
    });
    test('spec 10.6: mode MULTI: a program that is absent or held by a link is ENOENT', () => {
      const { parent } = bench;
      const [owned, absent] = bench.programs(2) as [number, number];
      bench.link(parent, owned);
      expect(bench.detach(parent, owned)).toBe('ENOENT');
      expect(bench.detach(parent, absent)).toBe('ENOENT');
    });
    test('spec 10.6: mode MULTI: the direct entry goes, those of links stay', () => {
      const { parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      bench.link(parent, a);
      bench.fill(parent, [a, b]);
      expect(bench.detach(parent, a, { revision: 4 })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, b]), revision: 5 });
      expect(bench.detach(parent, a)).toBe('ENOENT');
    });
    test.each([
      ['NONE', 0],
      ['OVERRIDE', ALLOW_OVERRIDE],
    ])('spec 10.6: mode %s: the one entry goes, whatever program is named', (_, mode) => {
      const { parent } = bench;
      for (const program of [0, BOGUS, bench.program(), bench.otherProgram()]) {
        bench.fill(parent, bench.programs(1), mode);
        expect(bench.detach(parent, program)).toBe(0);
        expect(bench.query(parent)).toMatchObject({ count: 0, mode: 0 });
      }
      expect(bench.revision(parent)).toBe(9);
    });
    test('spec 10.6: a detached program loses its reference', () => {
      const { parent, raw } = bench;
      const program = bench.program();
      const [id] = bench.fill(parent, [program], 0);
      raw.close(program);
      expect(bench.detach(parent, 0)).toBe(0);
      expect(raw.programById(id!)).toBe('ENOENT');
    });
  });

  describe('spec 10.7: query', () => {
    test('spec 10.7 #1: unknown query flags come before the target, which comes before the arrays', () => {
      const nowhere = { path: '', fd: BOGUS };
      expect(bench.query(nowhere, { flags: 2 }).result).toBe('EINVAL');
      expect(bench.query(nowhere, { flags: EFFECTIVE, programFlags: true }).result).toBe('EBADF');
    });
    test('spec 10.7 #1: EFFECTIVE with an array for flags is EINVAL and writes nothing', () => {
      const answer = bench.query(bench.parent, { flags: EFFECTIVE, programFlags: true, count: 5 });
      expect(answer).toMatchObject({ result: 'EINVAL', count: 5, revision: 0 });
    });
    test.each([0, ALLOW_OVERRIDE, ALLOW_MULTI])(
      'spec 10.7 #1 #2: the input attach_flags is ignored, mode %i is written there',
      (mode) => {
        bench.fill(bench.parent, bench.programs(1), mode);
        const answer = bench.query(bench.parent, { attachFlags: 0xffff, programFlags: true });
        expect(answer).toMatchObject({ result: 0, mode, programFlags: [mode] });
      },
    );
    test('spec 10.7 #3: the flags of an entry are the mode, without PREORDER', () => {
      const { parent } = bench;
      bench.fill(parent, bench.programs(1));
      bench.fill(parent, bench.programs(1), ALLOW_MULTI | PREORDER);
      bench.link(parent, bench.program(), PREORDER);
      const { programFlags, mode } = bench.query(parent, { programFlags: true });
      expect([mode, programFlags]).toEqual([ALLOW_MULTI, [ALLOW_MULTI, ALLOW_MULTI, ALLOW_MULTI]]);
    });
    test('spec 10.7 #1: link arrays are never written', () => {
      bench.link(bench.parent, bench.program());
      expect(bench.query(bench.parent)).toMatchObject({ count: 1, links: [] });
      expect(bench.query(bench.parent, { flags: EFFECTIVE })).toMatchObject({ count: 1, links: [] });
    });
    test('spec 10.7 #2: of EFFECTIVE mode and revision are 0', () => {
      const { parent, child } = bench;
      bench.fill(parent, bench.programs(2));
      bench.fill(child, bench.programs(1));
      const answer = bench.query(child, { flags: EFFECTIVE, attachFlags: 7 });
      expect(answer).toMatchObject({ result: 0, mode: 0, revision: 0, count: 3 });
    });
    test.each([
      ['count 0', { count: 0 }],
      ['no array', { ids: false }],
    ])('spec 10.7 #3: %s: counts are written, entries are not', (_, fields) => {
      bench.fill(bench.parent, bench.programs(3));
      const answer = bench.query(bench.parent, { ...fields, programFlags: true });
      expect(answer).toMatchObject({ result: 0, count: 3, revision: 4, programs: [], programFlags: [] });
    });
    test('spec 10.7 #3: too small a count: as many as fit, the full number and ENOSPC', () => {
      const { parent, child } = bench;
      const programs = bench.programs(3);
      const ids = bench.fill(parent, programs);
      const answer = bench.query(parent, { count: 2, programFlags: true });
      expect(answer).toMatchObject({ result: 'ENOSPC', count: 3, revision: 4, programs: ids.slice(0, 2) });
      expect(answer.programFlags).toEqual([ALLOW_MULTI, ALLOW_MULTI]);
      const effective = bench.query(child, { count: 1, flags: EFFECTIVE });
      expect(effective).toMatchObject({ result: 'ENOSPC', count: 3, programs: ids.slice(0, 1) });
    });
    test('spec 10.7 #3: nothing there is a success', () => {
      expect(bench.query(bench.parent, { programFlags: true })).toMatchObject({ result: 0, count: 0 });
      expect(bench.query(bench.parent, { flags: EFFECTIVE })).toMatchObject({ result: 0, count: 0 });
    });
    test.each([0, EFFECTIVE])(
      'spec 10.7 #2: the revision is written only where the attr reaches (flags %i)',
      (flags) => {
        const { raw, parent } = bench;
        bench.fill(parent, bench.programs(1));
        const whole = flags === EFFECTIVE ? 0 : 2;
        for (const [size, expected] of [
          [layout.end, whole],
          [layout.revision, 77],
        ] as const) {
          raw.call(command.PROG_QUERY, size, [
            [layout.target, parent.fd],
            [layout.attachType, attachType.CGROUP_INET_INGRESS],
            [layout.queryFlags, flags],
            [layout.revision, 77],
          ]);
          expect([raw.field(layout.count), raw.field(layout.revision)]).toEqual([1, expected]);
        }
      },
    );
    test('spec 10.7 #3, 15.8 #14: an array that cannot be written is EFAULT after the counts', () => {
      const { raw, parent } = bench;
      bench.fill(parent, bench.programs(2));
      const common: readonly Field[] = [
        [layout.target, parent.fd],
        [layout.attachType, attachType.CGROUP_INET_INGRESS],
        [layout.count, 9],
      ];
      const query = (more: readonly Field[]) =>
        raw.call(command.PROG_QUERY, layout.end, [...common, ...more]);
      expect(query([[layout.programIds, raw.nowhere, 8]])).toBe('EFAULT');
      expect([raw.field(layout.count), raw.field(layout.revision)]).toEqual([2, 3]);
      const flagsNowhere = query([
        [layout.programIds, raw.at(0), 8],
        [layout.programFlags, raw.nowhere, 8],
      ]);
      expect(flagsNowhere).toBe('EFAULT');
      // All ids go out before the first of the flags.
      expect([raw.u32(0), raw.u32(4)]).toEqual(bench.order(parent));
    });
    test('spec 10.7: the anchor flags of a change leave no trace in it', () => {
      const { parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      bench.fill(parent, [a]);
      const flags = ALLOW_MULTI | BEFORE | ID;
      expect(bench.attach(parent, b, { flags, relative: bench.raw.idOf(a) })).toBe(0);
      expect(bench.query(parent, { programFlags: true })).toMatchObject({ mode: ALLOW_MULTI, count: 2 });
    });
  });
}
