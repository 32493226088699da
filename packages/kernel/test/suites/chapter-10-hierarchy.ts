import { describe, expect, test } from 'vitest';
import { flag, type Laboratory } from '../../src/index.js';
import { type BenchCgroup, CgroupBench } from './cgroup-bench.js';

const { ALLOW_OVERRIDE, ALLOW_MULTI, REPLACE, PREORDER } = flag;
const NONE = 0;

/** Section 10.5 of the specification: who may attach below whom, and what acts in a cgroup. */
export function chapter10Hierarchy(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);
  const put = (cgroup: BenchCgroup, mode: number) => bench.fill(cgroup, [bench.program()], mode);

  describe('spec 10.5: attach permission', () => {
    test.each([
      ['NONE', NONE, 'EPERM', 'EPERM', 'EPERM'],
      ['OVERRIDE', ALLOW_OVERRIDE, 0, 0, 0],
      ['MULTI', ALLOW_MULTI, 0, 0, 0],
    ] as const)('spec 10.5, 10.3 #6: below %s', (_, mode, ...codes) => {
      put(bench.parent, mode);
      const below = [NONE, ALLOW_OVERRIDE, ALLOW_MULTI].map((flags) => {
        const program = bench.program();
        const result = bench.attach(bench.child, program, { flags });
        if (result === 0) bench.detach(bench.child, program);
        return result;
      });
      expect(below).toEqual(codes);
    });
    test('spec 10.5, 10.3 #6: a link is refused alike', () => {
      put(bench.parent, NONE);
      expect(bench.createLink(bench.child, bench.program())).toBe('EPERM');
    });
    test('spec 10.5: an ancestor without entries does not count, the one above it does', () => {
      const { child } = bench;
      const leaf = bench.add(child);
      put(bench.parent, NONE);
      expect(bench.attach(leaf, bench.program())).toBe('EPERM');
    });
    test('spec 10.5: the nearest ancestor with entries decides', () => {
      const { parent, child } = bench;
      const leaf = bench.add(child);
      put(child, ALLOW_MULTI);
      put(parent, NONE);
      expect(bench.attach(leaf, bench.program())).toBe(0);
      expect(bench.attach(child, bench.program())).toBe('EPERM');
    });
    test('spec 10.5: OVERRIDE nearer than NONE allows too', () => {
      const { parent, child } = bench;
      const leaf = bench.add(child);
      put(child, ALLOW_OVERRIDE);
      put(parent, NONE);
      expect(bench.attach(leaf, bench.program(), { flags: NONE })).toBe(0);
    });
    test('spec 10.5: NONE may come above children that have entries; it blocks more and REPLACE, not what is there', () => {
      const { parent, child } = bench;
      const [old, fresh] = bench.programs(2) as [number, number];
      bench.fill(child, [old]);
      const [above] = put(parent, NONE);
      expect(bench.attach(child, fresh)).toBe('EPERM');
      expect(bench.attach(child, fresh, { flags: ALLOW_MULTI | REPLACE, replace: old })).toBe('EPERM');
      expect(bench.query(child)).toMatchObject({ count: 1, revision: 2 });
      expect(bench.effective(child)).toEqual(bench.ids([old]));
      expect(bench.effective(parent)).toEqual([above]);
      expect(bench.detach(child, old)).toBe(0);
      expect(bench.effective(child)).toEqual([above]);
    });
    test('spec 10.5: only what is above counts', () => {
      put(bench.child, NONE);
      expect(bench.attach(bench.parent, bench.program())).toBe(0);
    });
  });

  describe('spec 10.5: effective list', () => {
    test('spec 10.5: without entries of its own a cgroup takes the nearest that are above', () => {
      const leaf = bench.add(bench.child);
      const [above] = put(bench.parent, NONE);
      expect(bench.effective(leaf)).toEqual([above]);
      expect(bench.query(leaf)).toMatchObject({ count: 0, revision: 1 });
    });
    test('spec 10.5: below OVERRIDE its own replace those above', () => {
      put(bench.parent, ALLOW_OVERRIDE);
      const [own] = put(bench.child, NONE);
      expect(bench.effective(bench.child)).toEqual([own]);
    });
    test.each([
      ['NONE', NONE],
      ['OVERRIDE', ALLOW_OVERRIDE],
      ['MULTI', ALLOW_MULTI],
    ])('spec 10.5: those above of mode MULTI follow own ones of mode %s', (_, mode) => {
      const [above] = put(bench.parent, ALLOW_MULTI);
      const [own] = put(bench.child, mode);
      expect(bench.effective(bench.child)).toEqual([own, above]);
    });
    test('spec 10.5: one that does not share is skipped, those above it are looked at again', () => {
      const { parent, child } = bench;
      const leaf = bench.add(child);
      const [top] = put(parent, ALLOW_MULTI);
      const [middle] = put(child, ALLOW_OVERRIDE);
      const [own] = put(leaf, ALLOW_MULTI);
      expect(bench.effective(leaf)).toEqual([own, top]);
      expect(bench.effective(child)).toEqual([middle, top]);
    });
    test('spec 10.5: the example: root{0,1,6ᴾ} / mid{2} / leaf{3,4,5ᴾ,7ᴾ} gives 6 5 7 3 4 2 0 1', () => {
      const { parent: root, child: mid } = bench;
      const leaf = bench.add(mid);
      const programs = bench.programs(8);
      const pick = (...indexes: number[]) => indexes.map((i) => programs[i]!);
      const first = ALLOW_MULTI | PREORDER;
      bench.fill(root, pick(0, 1));
      bench.fill(root, pick(6), first);
      bench.fill(mid, pick(2));
      bench.fill(leaf, pick(3, 4));
      bench.fill(leaf, pick(5, 7), first);
      expect(bench.effective(leaf)).toEqual(bench.ids(pick(6, 5, 7, 3, 4, 2, 0, 1)));
      expect(bench.effective(mid)).toEqual(bench.ids(pick(6, 2, 0, 1)));
      expect(bench.effective(root)).toEqual(bench.ids(pick(6, 0, 1)));
    });
    test('spec 10.5: links count like programs', () => {
      const { parent, child } = bench;
      const [a, b, c] = bench.programs(3) as [number, number, number];
      bench.link(parent, a, PREORDER);
      bench.link(child, b);
      bench.link(parent, c);
      expect(bench.effective(child)).toEqual(bench.ids([a, b, c]));
    });
    test('spec 10.5: it follows every change above', () => {
      const { parent, child } = bench;
      const [a, b, c] = bench.programs(3) as [number, number, number];
      bench.fill(child, [a]);
      const link = bench.link(parent, b);
      expect(bench.effective(child)).toEqual(bench.ids([a, b]));
      expect(bench.raw.linkUpdate(link, c)).toBe(0);
      expect(bench.effective(child)).toEqual(bench.ids([a, c]));
      expect(bench.raw.linkDetach(link)).toBe(0);
      expect(bench.effective(child)).toEqual(bench.ids([a]));
      expect(bench.revision(child)).toBe(2);
    });
    test('spec 10.5: a fresh cgroup has what acts above', () => {
      const [above] = put(bench.child, ALLOW_MULTI);
      expect(bench.effective(bench.add(bench.child))).toEqual([above]);
    });
    test('spec 10.5: capacity is per cgroup, effective lists may be longer', () => {
      const { parent, child } = bench;
      const programs = bench.programs(127);
      bench.fill(parent, programs.slice(0, 64));
      bench.fill(child, programs.slice(64));
      expect(bench.effective(child)).toEqual(bench.ids([...programs.slice(64), ...programs.slice(0, 64)]));
    });
  });
}
