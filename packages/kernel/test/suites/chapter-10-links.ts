import { describe, expect, test } from 'vitest';
import { attachType, flag, type Laboratory } from '../../src/index.js';
import { type BenchCgroup, CgroupBench } from './cgroup-bench.js';
import { fdOf } from './raw-calls.js';

const { ALLOW_MULTI, REPLACE, PREORDER } = flag;

/** Section 10.8 of the specification, and 7.5 for cgroups: links and removal. */
export function chapter10Links(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  describe('spec 7.5: LINK_UPDATE of a cgroup link', () => {
    test('spec 7.5 cgroup #6a: defunct, before the old program', () => {
      const { raw, parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      const link = bench.link(parent, a);
      raw.linkDetach(link);
      expect(raw.linkUpdate(link, b, REPLACE, b)).toBe('ENOLINK');
    });
    test('spec 7.5 cgroup #6b: another old program, before the type', () => {
      const { raw, parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      const link = bench.link(parent, a);
      expect(raw.linkUpdate(link, bench.otherProgram(), REPLACE, b)).toBe('EPERM');
      expect(raw.linkUpdate(link, b, REPLACE, a)).toBe(0);
    });
    test('spec 7.5 cgroup #6c: the program that it has counts as a change', () => {
      const { raw, parent } = bench;
      const program = bench.program();
      const link = bench.link(parent, program);
      expect(raw.linkUpdate(link, program)).toBe(0);
      expect(bench.query(parent)).toMatchObject({ count: 1, revision: 3 });
    });
    test('spec 7.5 cgroup #6d: a program that is here already is fine', () => {
      const { raw, parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      bench.fill(parent, [a]);
      const link = bench.link(parent, b);
      bench.link(parent, a);
      expect(raw.linkUpdate(link, a)).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([a, a, a]));
    });
    test('spec 7.5 cgroup #6e: another type', () => {
      const { raw, parent } = bench;
      const link = bench.link(parent, bench.program());
      expect(raw.linkUpdate(link, bench.otherProgram())).toBe('EINVAL');
      expect(bench.revision(parent)).toBe(2);
    });
    test('spec 7.5 cgroup #6g: in place, revision + 1, references move', () => {
      const { raw, parent } = bench;
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      bench.fill(parent, [a]);
      const link = bench.link(parent, b, PREORDER);
      bench.fill(parent, [c]);
      const { id, program } = bench.linkInfo(link);
      raw.close(b);
      expect(raw.linkUpdate(link, d)).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, d, c]), revision: 5 });
      expect(bench.effective(parent)).toEqual(bench.ids([d, a, c]));
      expect(bench.linkInfo(link)).toMatchObject({ id, program: raw.idOf(d) });
      expect(raw.programById(program)).toBe('ENOENT');
    });
  });

  describe('spec 10.8: links', () => {
    test('spec 10.8: detach removes the entry; the link stays, defunct; again is fine', () => {
      const { raw, parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      const link = bench.link(parent, a);
      bench.link(parent, b);
      const before = bench.linkInfo(link);
      expect(raw.linkDetach(link)).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([b]), revision: 4 });
      expect(bench.linkInfo(link)).toEqual({ ...before, cgroupId: '0' });
      expect(raw.linkDetach(link)).toBe(0);
      expect(bench.revision(parent)).toBe(4);
    });
    test('spec 10.8: the last close removes the entry, and the mode with the last entry', () => {
      const { raw, parent } = bench;
      const link = bench.link(parent, bench.program());
      raw.close(link);
      expect(bench.query(parent)).toMatchObject({ count: 0, mode: 0, revision: 3 });
      expect(bench.attach(parent, bench.program(), { flags: 0 })).toBe(0);
    });
    test('spec 10.8: a second fd keeps the link attached', () => {
      const { raw, parent } = bench;
      const link = bench.link(parent, bench.program());
      const second = fdOf(raw.linkById(bench.linkInfo(link).id));
      raw.close(link);
      expect(bench.query(parent)).toMatchObject({ count: 1, revision: 2 });
      raw.close(second);
      expect(bench.query(parent)).toMatchObject({ count: 0, revision: 3 });
    });
    test('spec 10.8: closing a defunct link changes nothing', () => {
      const { raw, parent } = bench;
      bench.fill(parent, bench.programs(1));
      const link = bench.link(parent, bench.program());
      raw.linkDetach(link);
      raw.close(link);
      expect(bench.query(parent)).toMatchObject({ count: 1, revision: 4 });
    });
  });

  describe('spec 10.8: removal', () => {
    const removed = (cgroup: BenchCgroup) => bench.laboratory.removeCgroup(cgroup.path);

    test('spec 10.8: direct programs are dropped', () => {
      const { raw, child } = bench;
      const program = bench.program();
      const [id] = bench.fill(child, [program]);
      raw.close(program);
      removed(child);
      expect(raw.programById(id!)).toBe('ENOENT');
    });
    test('spec 10.8: links become defunct and keep their programs', () => {
      const { raw, child } = bench;
      const program = bench.program();
      const link = bench.link(child, program);
      const before = bench.linkInfo(link);
      raw.close(program);
      removed(child);
      expect(bench.linkInfo(link)).toEqual({ ...before, cgroupId: '0' });
      expect(raw.linkUpdate(link, bench.program())).toBe('ENOLINK');
      expect(raw.linkDetach(link)).toBe(0);
      const again = fdOf(raw.programById(before.program));
      raw.close(link);
      raw.close(again);
      expect(raw.programById(before.program)).toBe('ENOENT');
    });
    test('spec 10.8: the parent keeps what it has', () => {
      const { parent, child } = bench;
      bench.fill(parent, bench.programs(1));
      bench.fill(child, bench.programs(1));
      removed(child);
      expect(bench.query(parent)).toMatchObject({ count: 1, revision: 2 });
    });
    test('spec 10.8: links of the parent are not touched, in whatever attach type', () => {
      const { raw, parent, child } = bench;
      const egress = { target: parent.fd, type: attachType.CGROUP_INET_EGRESS };
      const link = fdOf(raw.linkCreate({ ...egress, program: bench.program() }));
      const below = fdOf(raw.linkCreate({ ...egress, target: child.fd, program: bench.program() }));
      removed(child);
      expect(bench.linkInfo(link).cgroupId).not.toBe('0');
      expect(bench.linkInfo(below)).toMatchObject({ cgroupId: '0', attachType: egress.type });
      expect(bench.attach(parent, bench.program(), { flags: ALLOW_MULTI })).toBe(0);
    });
  });
}
