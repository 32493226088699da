import { describe, expect, test } from 'vitest';
import { flag, type Laboratory, linkType } from '../../src/index.js';
import { BOGUS, UNUSED_ID } from './bench.js';
import { CgroupBench } from './cgroup-bench.js';

const { ALLOW_OVERRIDE, ALLOW_MULTI, REPLACE, BEFORE, AFTER, ID, LINK, PREORDER } = flag;
const MULTI = ALLOW_MULTI;

/** Sections 10.3.1 and 10.4 of the specification: placing a new entry, and link create. */
export function chapter10Placing(makeLaboratory: () => Laboratory): void {
  const bench = new CgroupBench(makeLaboratory);

  describe('spec 10.3.1: placing a new entry', () => {
    test.each([
      ['relative without direction', MULTI, BOGUS],
      ['ID without direction', MULTI | ID, UNUSED_ID],
      ['LINK without direction', MULTI | LINK, 0],
      ['relative with both directions', MULTI | BEFORE | AFTER, BOGUS],
      ['ID with both directions', MULTI | BEFORE | AFTER | ID, UNUSED_ID],
      ['a program beside a link by fd', MULTI | BEFORE | LINK, BOGUS],
      ['a program beside a link by id', MULTI | AFTER | LINK | ID, UNUSED_ID],
      ['ID with 0 and no direction', MULTI | ID, 0],
    ] as const)(
      'spec 10.3.1 #1, 10.3 #11: %s is EINVAL before any look-up, also on an empty list',
      (_, flags, relative) => {
        const { parent } = bench;
        expect(bench.attach(parent, bench.program(), { flags, relative })).toBe('EINVAL');
        bench.fill(parent, [bench.program()]);
        expect(bench.attach(parent, bench.program(), { flags, relative })).toBe('EINVAL');
      },
    );
    test('spec 10.3.1 #1: a link beside a program is EINVAL before any look-up', () => {
      const { parent } = bench;
      const [direct, owned] = bench.programs(2) as [number, number];
      bench.fill(parent, [direct]);
      for (const relative of [direct, BOGUS]) {
        expect(bench.createLink(parent, owned, { flags: BEFORE, relative })).toBe('EINVAL');
      }
      expect(bench.createLink(parent, owned, { flags: AFTER | ID, relative: UNUSED_ID })).toBe('EINVAL');
    });
    test('spec 10.3.1 #1: BEFORE and AFTER without anchor go together on an empty list alone', () => {
      const { parent } = bench;
      const [first, second] = bench.programs(2) as [number, number];
      const flags = MULTI | BEFORE | AFTER;
      expect(bench.attach(parent, first, { flags })).toBe(0);
      expect(bench.attach(parent, second, { flags })).toBe('EINVAL');
      expect(bench.createLink(parent, second, { flags: BEFORE | AFTER })).toBe('EINVAL');
      expect(bench.createLink(bench.child, second, { flags: BEFORE | AFTER })).toBeTypeOf('number');
    });
    test.each([
      ['not open', MULTI | BEFORE, (): number => BOGUS, 'EBADF'],
      ['a file', MULTI | AFTER, (): number => bench.laboratory.openFile(), 'EINVAL'],
      ['the fd of a link', MULTI | BEFORE, (): number => bench.link(bench.parent, bench.program()), 'EINVAL'],
      ['id 0', MULTI | BEFORE | ID, (): number => 0, 'ENOENT'],
      ['an unused id', MULTI | AFTER | ID, (): number => UNUSED_ID, 'ENOENT'],
      ['another type, which is not looked at', MULTI | BEFORE, (): number => bench.otherProgram(), 'ENOENT'],
      ['a program that is not here', MULTI | BEFORE, (): number => bench.program(), 'ENOENT'],
    ] as const)('spec 10.3.1 #2: a program as anchor that is %s', (_, flags, anchor, code) => {
      bench.fill(bench.parent, [bench.program()]);
      expect(bench.attach(bench.parent, bench.program(), { flags, relative: anchor() })).toBe(code);
    });
    test.each([
      ['fd 0', BEFORE | LINK, (): number => 0, 'EINVAL'],
      ['not open', AFTER | LINK, (): number => BOGUS, 'EBADF'],
      ['the fd of a program', BEFORE | LINK, (): number => bench.program(), 'EINVAL'],
      ['id 0', BEFORE | LINK | ID, (): number => 0, 'ENOENT'],
      ['an unused id', AFTER | LINK | ID, (): number => UNUSED_ID, 'ENOENT'],
      [
        'a link of another cgroup',
        BEFORE | LINK,
        (): number => bench.link(bench.child, bench.program()),
        'ENOENT',
      ],
    ] as const)('spec 10.3.1 #2: a link as anchor that is %s', (_, flags, anchor, code) => {
      bench.link(bench.parent, bench.program());
      expect(bench.createLink(bench.parent, bench.program(), { flags, relative: anchor() })).toBe(code);
    });
    test('spec 10.3.1 #2: a link of another layer as anchor is ENOENT', () => {
      const { raw, laboratory, parent } = bench;
      const device = laboratory.addDevice();
      const relative = raw.linkCreate({ target: device, program: laboratory.loadVerdict(-1) }) as number;
      bench.link(parent, bench.program());
      const flags = BEFORE | LINK;
      expect(bench.createLink(parent, bench.program(), { flags, relative })).toBe('ENOENT');
    });
    test('spec 10.3.1 #3: without anchor BEFORE is the front and everything else the end', () => {
      const { parent } = bench;
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      bench.fill(parent, [a, b]);
      expect(bench.attach(parent, c, { flags: MULTI | BEFORE })).toBe(0);
      expect(bench.attach(parent, d, { flags: MULTI | AFTER })).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([c, a, b, d]));
    });
    test('spec 10.3.1 #3: PREORDER plays no part in it', () => {
      const { parent } = bench;
      const [a, b, c] = bench.programs(3) as [number, number, number];
      bench.fill(parent, [a]);
      bench.fill(parent, [b], MULTI | PREORDER);
      expect(bench.attach(parent, c, { flags: MULTI | BEFORE })).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([c, a, b]));
    });
    test('spec 10.3.1 #4: directly before or after a program, by fd and by id', () => {
      const { parent, raw } = bench;
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      bench.fill(parent, [a, b]);
      expect(bench.attach(parent, c, { flags: MULTI | BEFORE, relative: b })).toBe(0);
      expect(bench.attach(parent, d, { flags: MULTI | AFTER | ID, relative: raw.idOf(a) })).toBe(0);
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, d, c, b]), revision: 5 });
    });
    test('spec 10.3.1 #4: directly before or after a link, by fd and by id', () => {
      const { parent } = bench;
      const [a, b, c, d] = bench.programs(4) as [number, number, number, number];
      const [first, second] = [bench.link(parent, a), bench.link(parent, b)];
      const { id } = bench.linkInfo(first);
      expect(bench.createLink(parent, c, { flags: BEFORE | LINK, relative: second })).toBeTypeOf('number');
      expect(bench.createLink(parent, d, { flags: AFTER | LINK | ID, relative: id })).toBeTypeOf('number');
      expect(bench.query(parent)).toMatchObject({ programs: bench.ids([a, d, c, b]), revision: 5 });
    });
    test("spec 10.3.1 #4: a program matches no link's program", () => {
      const { parent } = bench;
      const [owned, fresh] = bench.programs(2) as [number, number];
      bench.link(parent, owned);
      expect(bench.attach(parent, fresh, { flags: MULTI | BEFORE, relative: owned })).toBe('ENOENT');
      bench.fill(parent, [owned]);
      expect(bench.attach(parent, fresh, { flags: MULTI | BEFORE, relative: owned })).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([owned, fresh, owned]));
    });
    test('spec 10.3.1 #4: a link matches only its own entry', () => {
      const { parent } = bench;
      const [shared, fresh] = bench.programs(2) as [number, number];
      bench.fill(parent, [shared]);
      bench.link(parent, shared);
      const relative = bench.link(parent, shared);
      expect(bench.createLink(parent, fresh, { flags: BEFORE | LINK, relative })).toBeTypeOf('number');
      expect(bench.order(parent)).toEqual(bench.ids([shared, shared, fresh, shared]));
    });
    test('spec 10.3.1 #4: a defunct link matches nothing', () => {
      const { parent, raw } = bench;
      const relative = bench.link(parent, bench.program());
      bench.link(parent, bench.program());
      expect(raw.linkDetach(relative)).toBe(0);
      const flags = AFTER | LINK;
      expect(bench.createLink(parent, bench.program(), { flags, relative })).toBe('ENOENT');
    });
    test.each([
      [MULTI, MULTI | PREORDER],
      [MULTI | PREORDER, MULTI],
    ])('spec 10.3.1 #4: an anchor of another PREORDER is EINVAL (%i beside %i)', (flags, anchored) => {
      const { parent } = bench;
      const [anchor, fresh] = bench.programs(2) as [number, number];
      bench.fill(parent, [anchor], anchored);
      expect(bench.attach(parent, fresh, { flags: flags | BEFORE, relative: anchor })).toBe('EINVAL');
      expect(bench.attach(parent, fresh, { flags: anchored | BEFORE, relative: anchor })).toBe(0);
      expect(bench.order(parent)).toEqual(bench.ids([fresh, anchor]));
    });
    test('spec 10.3.1 #4: so is a link of another PREORDER', () => {
      const { parent } = bench;
      const relative = bench.link(parent, bench.program(), PREORDER);
      const program = bench.program();
      expect(bench.createLink(parent, program, { flags: AFTER | LINK, relative })).toBe('EINVAL');
      const flags = AFTER | LINK | PREORDER;
      expect(bench.createLink(parent, program, { flags, relative })).toBeTypeOf('number');
    });
    test('spec 10.3.1, 15.8 #13: an empty list of mode NONE or OVERRIDE asks for the same', () => {
      for (const [mode, cgroup] of [
        [0, bench.parent],
        [ALLOW_OVERRIDE, bench.add()],
      ] as const) {
        const program = bench.program();
        expect(bench.attach(cgroup, program, { flags: mode, relative: BOGUS })).toBe('EINVAL');
        expect(bench.attach(cgroup, program, { flags: mode | BEFORE, relative: BOGUS })).toBe('EBADF');
        expect(bench.attach(cgroup, program, { flags: mode | AFTER, relative: program })).toBe('ENOENT');
        expect(bench.attach(cgroup, program, { flags: mode | BEFORE | AFTER })).toBe(0);
      }
    });
    test('spec 10.3.1: no temporary reference is kept', () => {
      const { parent, raw } = bench;
      const [a, b, c] = bench.programs(3) as [number, number, number];
      const [id] = bench.fill(parent, [a, b]);
      expect(bench.attach(parent, c, { flags: MULTI | BEFORE | ID, relative: id! })).toBe(0);
      expect(bench.detach(parent, a)).toBe(0);
      raw.close(a);
      expect(raw.programById(id!)).toBe('ENOENT');
    });
  });

  describe('spec 10.4: link create', () => {
    test.each([ALLOW_MULTI, ALLOW_OVERRIDE, REPLACE, 128, 1 << 20])(
      'spec 10.4: flag %i is EINVAL before the target, also beside a direction',
      (bit) => {
        const program = bench.program();
        const nowhere = { path: '', fd: BOGUS };
        expect(bench.createLink(nowhere, program, { flags: bit })).toBe('EINVAL');
        expect(bench.createLink(bench.parent, program, { flags: bit | BEFORE })).toBe('EINVAL');
        expect(bench.createLink(nowhere, program)).toBe('EBADF');
      },
    );
    test('spec 10.4: then as an attach of mode MULTI from the revision on', () => {
      const { parent, child } = bench;
      const program = bench.program();
      bench.fill(parent, [bench.program()], 0);
      expect(bench.createLink(child, program, { revision: 9 })).toBe('ESTALE');
      expect(bench.createLink(child, program, { flags: BEFORE, relative: BOGUS })).toBe('EPERM');
      expect(bench.createLink(parent, program)).toBe('EPERM');
      const { path, fd } = bench.add();
      expect(bench.createLink({ path, fd }, program, { revision: 1 })).toBeTypeOf('number');
      expect(bench.query({ path, fd })).toMatchObject({ mode: ALLOW_MULTI, revision: 2, count: 1 });
    });
    test('spec 10.4: no duplicate is looked for', () => {
      const { parent } = bench;
      const program = bench.program();
      bench.fill(parent, [program]);
      bench.link(parent, program);
      bench.link(parent, program);
      expect(bench.query(parent)).toMatchObject({ count: 3, revision: 4 });
    });
    test('spec 10.4: one that fails consumes a link id and leaves nothing behind', () => {
      const { parent } = bench;
      const first = bench.linkInfo(bench.link(parent, bench.program())).id;
      expect(bench.createLink(parent, bench.program(), { revision: 9 })).toBe('ESTALE');
      const { id } = bench.linkInfo(bench.link(parent, bench.program()));
      // Links of other processes of the machine may come in between.
      expect(id).toBeGreaterThan(first + 1);
      expect(bench.query(parent).count).toBe(2);
    });
    test('spec 10.4: info names the cgroup and the attach type', () => {
      const { parent, host } = bench;
      const program = bench.program();
      const { id } = host.world.cgroups().find(({ path }) => path === parent.path)!;
      expect(bench.linkInfo(bench.link(parent, program))).toMatchObject({
        type: linkType.CGROUP,
        program: bench.raw.idOf(program),
        cgroupId: id,
        attachType: 0,
      });
    });
  });
}
