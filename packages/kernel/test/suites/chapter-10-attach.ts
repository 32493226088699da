import { describe, expect, test } from 'vitest';
import { attachType, flag, type Laboratory, programType } from '../../src/index.js';
import { BOGUS, UNUSED_ID } from './bench.js';
import { CgroupBench } from './cgroup-bench.js';
import { fdOf } from './raw-calls.js';

const { ALLOW_OVERRIDE, ALLOW_MULTI, REPLACE, BEFORE, AFTER, ID, LINK, PREORDER } = flag;
const MULTI_REPLACE = ALLOW_MULTI | REPLACE;
const type = attachType.CGROUP_INET_INGRESS;

/** Sections 10.1 to 10.3 of the specification: state of a cgroup, targets, and the order of checks of attach. */
export function chapter10Attach(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  describe('spec 10.1: state per cgroup and attach type', () => {
    test('spec 10.1: an unused list has mode 0 and revision 1', () => {
      expect(bench.query(bench.parent)).toMatchObject({ result: 0, mode: 0, revision: 1, count: 0 });
    });
    test.each([
      ['NONE', 0],
      ['OVERRIDE', ALLOW_OVERRIDE],
      ['MULTI', ALLOW_MULTI],
    ] as const)('spec 10.1: the mode is that of the entries: %s', (_, mode) => {
      bench.fill(bench.parent, [bench.program()], mode);
      expect(bench.query(bench.parent)).toMatchObject({ mode, count: 1, revision: 2 });
    });
    test('spec 10.1: the mode is forgotten when the list becomes empty, the revision goes on', () => {
      const { parent } = bench;
      const program = bench.program();
      bench.fill(parent, [program]);
      expect(bench.detach(parent, program)).toBe(0);
      expect(bench.query(parent)).toMatchObject({ mode: 0, count: 0, revision: 3 });
      bench.fill(parent, [program], ALLOW_OVERRIDE);
      expect(bench.query(parent)).toMatchObject({ mode: ALLOW_OVERRIDE, count: 1, revision: 4 });
    });
    test('spec 10.1: links attach in mode MULTI', () => {
      bench.link(bench.parent, bench.program());
      expect(bench.query(bench.parent)).toMatchObject({ mode: ALLOW_MULTI, revision: 2 });
    });
    test('spec 10.1: each attach type has a list of its own', () => {
      const { raw, parent } = bench;
      const egress = attachType.CGROUP_INET_EGRESS;
      bench.fill(parent, [bench.program()]);
      const program = bench.program();
      expect(raw.attach({ target: parent.fd, type: egress, program })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ mode: ALLOW_MULTI, count: 1, revision: 2 });
      expect(bench.query(parent, { type: egress })).toMatchObject({ mode: 0, count: 1, revision: 2 });
    });
    test('spec 10.1: a failed attach changes nothing', () => {
      expect(bench.attach(bench.parent, bench.program(), { revision: 9 })).toBe('ESTALE');
      expect(bench.query(bench.parent)).toMatchObject({ mode: 0, revision: 1, count: 0 });
    });
  });

  describe('spec 10.2: targets', () => {
    const everywhere = (target: number) => {
      const { raw } = bench;
      const program = bench.program();
      return [
        raw.attach({ target, program, type }),
        raw.detach({ target, program, type }),
        raw.linkCreate({ target, program, type }),
        bench.query({ path: '', fd: target }).result,
      ];
    };
    test.each([
      ['an fd that is not open', (): number => BOGUS],
      ['a file', (): number => bench.laboratory.openFile()],
      ['a program', (): number => bench.program()],
      ['a link', (): number => bench.link(bench.parent, bench.program())],
    ])('spec 10.2: %s is EBADF', (_, target) => {
      expect(everywhere(target())).toEqual(['EBADF', 'EBADF', 'EBADF', 'EBADF']);
    });
    test('spec 10.2: a removed cgroup is ENOENT', () => {
      bench.laboratory.removeCgroup(bench.child.path);
      expect(everywhere(bench.child.fd)).toEqual(['ENOENT', 'ENOENT', 'ENOENT', 'ENOENT']);
    });
  });

  describe('spec 10.3: attach, order of checks', () => {
    test('spec 10.3 #1: the target comes before everything else', () => {
      const fields = { flags: MULTI_REPLACE | ALLOW_OVERRIDE | BEFORE, replace: BOGUS, revision: 9 };
      expect(bench.attach({ path: '', fd: BOGUS }, bench.program(), fields)).toBe('EBADF');
      bench.laboratory.removeCgroup(bench.child.path);
      expect(bench.attach(bench.child, bench.program(), fields)).toBe('ENOENT');
    });
    test.each([
      ['not open', (): number => BOGUS, 'EBADF'],
      ['a file', (): number => bench.laboratory.openFile(), 'EINVAL'],
      ['of another type', (): number => bench.otherProgram(), 'EINVAL'],
      ['a link', (): number => bench.link(bench.parent, bench.program()), 'EINVAL'],
    ] as const)('spec 10.3 #2: MULTI and REPLACE: a program to replace that is %s', (_, replace, code) => {
      const fields = { flags: MULTI_REPLACE, replace: replace(), revision: 9 };
      expect(bench.attach(bench.parent, bench.program(), fields)).toBe(code);
    });
    test('spec 10.3 #2: it is looked up before the modes are', () => {
      const fields = { flags: MULTI_REPLACE | ALLOW_OVERRIDE, replace: BOGUS };
      expect(bench.attach(bench.parent, bench.program(), fields)).toBe('EBADF');
    });
    test('spec 10.3 #3: OVERRIDE and MULTI together, before the revision', () => {
      const fields = { flags: ALLOW_OVERRIDE | ALLOW_MULTI, revision: 9 };
      expect(bench.attach(bench.parent, bench.program(), fields)).toBe('EINVAL');
    });
    test.each([REPLACE, REPLACE | ALLOW_OVERRIDE])(
      'spec 10.3 #3: REPLACE without MULTI (flags %i), and then nothing is looked up',
      (flags) => {
        const fields = { flags, replace: BOGUS, revision: 9 };
        expect(bench.attach(bench.parent, bench.program(), fields)).toBe('EINVAL');
      },
    );
    test.each([BEFORE, AFTER, BEFORE | AFTER])(
      'spec 10.3 #4: REPLACE with BEFORE or AFTER (flags %i), before the revision',
      (directions) => {
        const [old, fresh] = bench.programs(2) as [number, number];
        bench.fill(bench.parent, [old]);
        const fields = { flags: MULTI_REPLACE | directions, replace: old, revision: 9 };
        expect(bench.attach(bench.parent, fresh, fields)).toBe('EINVAL');
      },
    );
    test('spec 10.3 #5: another revision than the expected one, before what ancestors forbid', () => {
      bench.fill(bench.parent, [bench.program()], 0);
      expect(bench.attach(bench.child, bench.program(), { revision: 2 })).toBe('ESTALE');
      expect(bench.attach(bench.child, bench.program(), { revision: 1 })).toBe('EPERM');
    });
    test('spec 10.3 #5: all 64 bits count', () => {
      const revision = 2n ** 32n + 1n;
      expect(bench.attach(bench.parent, bench.program(), { revision })).toBe('ESTALE');
      expect(bench.attach(bench.parent, bench.program(), { revision: 1 })).toBe(0);
    });
    test.each([
      ['NONE', 0, [ALLOW_OVERRIDE, ALLOW_MULTI]],
      ['OVERRIDE', ALLOW_OVERRIDE, [0, ALLOW_MULTI]],
      ['MULTI', ALLOW_MULTI, [0, ALLOW_OVERRIDE]],
    ] as const)('spec 10.3 #7: a list of mode %s takes no other mode', (_, mode, others) => {
      bench.fill(bench.parent, [bench.program()], mode);
      for (const flags of others)
        expect(bench.attach(bench.parent, bench.program(), { flags })).toBe('EPERM');
      const link = bench.createLink(bench.parent, bench.program());
      if (mode === ALLOW_MULTI) expect(link).toBeTypeOf('number');
      else expect(link).toBe('EPERM');
    });
    test('spec 10.3 #8: 64 entries are the most, for every kind of attach, also for REPLACE', () => {
      const { parent } = bench;
      const programs = bench.programs(66);
      const [fresh, last] = [programs[65]!, programs[64]!];
      bench.fill(parent, programs.slice(0, 63));
      bench.link(parent, programs[63]!);
      expect(bench.query(parent).count).toBe(64);
      expect(bench.attach(parent, fresh)).toBe('E2BIG');
      expect(bench.attach(parent, fresh, { flags: ALLOW_MULTI | BEFORE })).toBe('E2BIG');
      expect(bench.attach(parent, fresh, { flags: MULTI_REPLACE, replace: programs[0]! })).toBe('E2BIG');
      expect(bench.createLink(parent, last)).toBe('E2BIG');
    });
    test('spec 10.3 #8: after the mode, before duplicates, absent programs and anchors', () => {
      const { parent } = bench;
      const programs = bench.programs(65);
      const [fresh] = programs.slice(64) as [number];
      bench.fill(parent, programs.slice(0, 64));
      expect(bench.attach(parent, fresh, { flags: 0 })).toBe('EPERM');
      expect(bench.attach(parent, programs[3]!)).toBe('E2BIG');
      expect(bench.attach(parent, fresh, { flags: MULTI_REPLACE, replace: fresh })).toBe('E2BIG');
      expect(bench.attach(parent, fresh, { flags: ALLOW_MULTI | BEFORE, relative: BOGUS })).toBe('E2BIG');
      expect(bench.attach(parent, fresh, { flags: ALLOW_MULTI | LINK })).toBe('E2BIG');
    });
    test('spec 10.3 #9: MULTI: a program that is here directly, before anchors and absent programs', () => {
      const { parent } = bench;
      const [here, absent] = bench.programs(2) as [number, number];
      bench.fill(parent, [here]);
      expect(bench.attach(parent, here)).toBe('EINVAL');
      expect(bench.attach(parent, here, { flags: ALLOW_MULTI | BEFORE, relative: BOGUS })).toBe('EINVAL');
      expect(bench.attach(parent, here, { flags: MULTI_REPLACE, replace: absent })).toBe('EINVAL');
      expect(bench.revision(parent)).toBe(2);
    });
    test('spec 10.3 #9: one that a link holds is no duplicate, nor are those of links', () => {
      const { parent, raw } = bench;
      const program = bench.program();
      bench.link(parent, program);
      bench.fill(parent, [program]);
      bench.link(parent, program);
      const id = raw.idOf(program);
      expect(bench.order(parent)).toEqual([id, id, id]);
      expect(bench.attach(parent, program)).toBe('EINVAL');
    });
    test('spec 10.3 #10: REPLACE: the old program is no direct entry', () => {
      const { parent } = bench;
      const [here, owned, fresh] = bench.programs(3) as [number, number, number];
      const replace = (old: number) => bench.attach(parent, fresh, { flags: MULTI_REPLACE, replace: old });
      expect(replace(here)).toBe('ENOENT');
      bench.fill(parent, [here]);
      bench.link(parent, owned);
      expect(replace(owned)).toBe('ENOENT');
      expect(replace(fresh)).toBe('ENOENT');
      expect(replace(here)).toBe(0);
    });

    test.each([
      ['NONE', 0],
      ['OVERRIDE', ALLOW_OVERRIDE],
    ] as const)('spec 10.3: mode %s: the one entry is overwritten, and nothing is looked up', (_, mode) => {
      const { parent, raw } = bench;
      const [first, second] = bench.programs(2) as [number, number];
      bench.fill(parent, [first], mode);
      const flags = mode | BEFORE | AFTER | ID | LINK;
      expect(bench.attach(parent, second, { flags, relative: UNUSED_ID })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ mode, programs: [raw.idOf(second)], revision: 3 });
      expect(bench.attach(parent, second, { flags: mode })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: [raw.idOf(second)], revision: 4 });
    });
    test('spec 10.3: an overwritten program loses its reference', () => {
      const { parent, raw } = bench;
      const [first, second] = bench.programs(2) as [number, number];
      const [id] = bench.fill(parent, [first], 0);
      raw.close(first);
      expect(bench.attach(parent, second, { flags: 0 })).toBe(0);
      expect(raw.programById(id!)).toBe('ENOENT');
    });
    test('spec 10.3: REPLACE keeps the place and looks at no anchor', () => {
      const { parent } = bench;
      const [a, b, c, fresh] = bench.programs(4) as [number, number, number, number];
      bench.fill(parent, [a, b, c]);
      const flags = MULTI_REPLACE | ID | LINK;
      expect(bench.attach(parent, fresh, { flags, replace: b, relative: UNUSED_ID })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, fresh, c]), revision: 5 });
    });
    test('spec 10.3: replacing a program by itself is fine and counts', () => {
      const { parent } = bench;
      const [a, b] = bench.programs(2) as [number, number];
      bench.fill(parent, [a, b]);
      expect(bench.attach(parent, a, { flags: MULTI_REPLACE, replace: a })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, b]), revision: 4 });
    });
    test('spec 10.3: a replaced entry takes the PREORDER of the request', () => {
      const { parent, child } = bench;
      const [above, below, fresh] = bench.programs(3) as [number, number, number];
      bench.fill(parent, [above]);
      bench.fill(child, [below]);
      expect(bench.effective(child)).toEqual(bench.ids([below, above]));
      const replace = { flags: MULTI_REPLACE | PREORDER, replace: above };
      expect(bench.attach(parent, fresh, replace)).toBe(0);
      expect(bench.effective(child)).toEqual(bench.ids([fresh, below]));
      expect(bench.attach(parent, above, { flags: MULTI_REPLACE, replace: fresh })).toBe(0);
      expect(bench.effective(child)).toEqual(bench.ids([below, above]));
    });
    test('spec 10.3: flags that no cgroup knows are refused before the target', () => {
      const program = bench.program();
      for (const bit of [128, 1 << 20]) {
        expect(bench.attach({ path: '', fd: BOGUS }, program, { flags: ALLOW_MULTI | bit })).toBe('EINVAL');
      }
    });
    test('spec 10.3: a type without INET is attached alike', () => {
      const { raw, parent } = bench;
      const program = fdOf(raw.load([[68, attachType.CGROUP_GETSOCKOPT]], 168, programType.CGROUP_SOCKOPT));
      const hook = { target: parent.fd, type: attachType.CGROUP_GETSOCKOPT };
      expect(raw.attach({ ...hook, program, flags: ALLOW_MULTI, revision: 1 })).toBe(0);
      expect(raw.attach({ ...hook, program, flags: ALLOW_MULTI })).toBe('EINVAL');
      expect(raw.attach({ ...hook, program, flags: ALLOW_OVERRIDE })).toBe('EPERM');
    });
  });
}
