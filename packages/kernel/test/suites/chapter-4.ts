import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../core/test/chains.js';
import { ATTACH_COMBINATIONS, ATTACH_FULL, FULL } from '../../../core/test/combinations.js';
import { flag, type Laboratory } from '../../src/index.js';
import { Bench, BOGUS, UNUSED_ID } from './bench.js';
import { CombinationBench, type KernelRequest } from './combination-bench.js';

const { REPLACE, BEFORE, ID, LINK } = flag;

/** Chapter 4 of the specification, through PROG_ATTACH and LINK_CREATE. */
export function chapter4(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  describe('spec 4.1: order of checks', () => {
    const mixed: readonly Entry[] = [1, [2, 5], 3];
    const unresolved = (): 'EBADF' => 'EBADF';
    // Each request is wrong by its own row, and by as many of the later rows as one request can be.
    test.each<[row: string, what: string, entries: readonly Entry[], request: KernelRequest, code: string]>([
      ['1', 'stale', mixed, { revision: 99, program: 1, relative: unresolved, replace: 8 }, 'ESTALE'],
      ['1', 'stale on an empty hook', [], { revision: 2 }, 'ESTALE'],
      ['2', 'here directly', mixed, { program: 1, relative: unresolved, replace: 8, before: true }, 'EEXIST'],
      ['2', 'here through a link', mixed, { program: 2, relative: unresolved, replace: 8 }, 'EEXIST'],
      ['2', 'here through another link', mixed, { program: 2, link: 6 }, 'EEXIST'],
      ['3', 'not open', mixed, { relative: unresolved, replace: 8, before: true }, 'EBADF'],
      ['3', 'no program', mixed, { relative: () => 'EINVAL', replace: 2, before: true }, 'EINVAL'],
      ['3', 'unknown id', mixed, { relative: () => 'ENOENT', replace: 2, before: true }, 'ENOENT'],
      ['4a', 'O in no slot', mixed, { replace: 8, before: true }, 'ENOENT'],
      ['4b', 'O owned by a link', mixed, { replace: 2, before: true, relative: 77 }, 'EBUSY'],
      ['5', 'R absent', mixed, { before: true, after: true, relative: 77 }, 'ENOENT'],
      ['5', 'R a link elsewhere', mixed, { before: true, relative: -77 }, 'ENOENT'],
      ['6', 'not before R', mixed, { replace: 1, before: true, relative: 3 }, 'ERANGE'],
      ['7', 'R absent', mixed, { after: true, relative: 77 }, 'ENOENT'],
      ['7', 'R absent, O here', mixed, { replace: 1, after: true, relative: 77 }, 'ENOENT'],
      ['8', 'not after R', mixed, { replace: 3, after: true, relative: 1 }, 'ERANGE'],
      ['8', 'not where BEFORE is', mixed, { before: true, after: true, relative: 1 }, 'ERANGE'],
      ['9', 'a lone relative', mixed, { relative: 1 }, 'EINVAL'],
      ['9', 'a lone relative that is absent', mixed, { relative: 77 }, 'EINVAL'],
      ['9', 'a lone ID', mixed, { qualified: true }, 'EINVAL'],
    ])('spec 4.1 #%s: %s', (_row, _what, entries, request, code) => {
      const hook = new CombinationBench(bench, entries);
      const before = bench.raw.query(bench.device);
      expect(hook.attach(request)).toBe(code);
      expect(bench.raw.query(bench.device)).toEqual(before);
    });
    test('spec 4.1 #1 #2 #3 #4c: on a full hook', () => {
      const hook = new CombinationBench(bench, FULL);
      const attach = (request: KernelRequest): unknown => hook.attach({ program: 90, ...request });
      expect(attach({ revision: 99, program: 1, relative: unresolved })).toBe('ESTALE');
      expect(attach({ program: 1, relative: unresolved })).toBe('EEXIST');
      expect(attach({ relative: unresolved, before: true })).toBe('EBADF');
      expect(attach({ relative: 77, before: true })).toBe('ERANGE');
    });
  });

  describe('spec 4.2: the relative object', () => {
    /** Attaches before what `relative` names. */
    const attach = (flags: number, relative: number): unknown =>
      bench.raw.attach({ target: bench.device, program: bench.program(), flags: flags | BEFORE, relative });

    test('spec 4.2 "LINK, no ID, 0": EINVAL', () => {
      bench.attach(bench.programs(1));
      expect(attach(LINK, 0)).toBe('EINVAL');
    });
    test('spec 4.2 "LINK, no ID, fd": the link must be open and a link', () => {
      const { raw, device, laboratory } = bench;
      const program = bench.program();
      const link = bench.link(program);
      expect(attach(LINK, BOGUS)).toBe('EBADF');
      expect(attach(LINK, laboratory.openFile())).toBe('EINVAL');
      expect(attach(LINK, program)).toBe('EINVAL');
      expect(attach(LINK, link)).toBe(0);
      expect(raw.query(device)).toMatchObject({ count: 2, links: [0, raw.idOf(link)] });
    });
    test('spec 4.2 "LINK + ID": by id, and 0 is no id', () => {
      const { raw } = bench;
      const link = bench.link(bench.program());
      expect(attach(LINK | ID, 0)).toBe('ENOENT');
      expect(attach(LINK | ID, UNUSED_ID)).toBe('ENOENT');
      expect(attach(LINK | ID, raw.idOf(link))).toBe(0);
    });
    test('spec 4.2 "no LINK, no ID, 0": none', () => {
      const { raw, device } = bench;
      const [id] = bench.attach(bench.programs(1));
      expect(attach(0, 0)).toBe(0);
      expect(raw.order(device)[1]).toBe(id);
    });
    test('spec 4.2 "no LINK, no ID, fd": the program must be open, a program and of the type', () => {
      const { laboratory } = bench;
      const program = bench.program();
      bench.attach([program]);
      const link = bench.link(bench.program());
      expect(attach(0, BOGUS)).toBe('EBADF');
      expect(attach(0, laboratory.openFile())).toBe('EINVAL');
      expect(attach(0, link)).toBe('EINVAL');
      expect(attach(0, bench.otherProgram())).toBe('EINVAL');
      expect(attach(0, program)).toBe(0);
    });
    test('spec 4.2 "ID only": by id, 0 is no id, and the type must match', () => {
      const { raw } = bench;
      const [id] = bench.attach(bench.programs(1)) as [number];
      expect(attach(ID, 0)).toBe('ENOENT');
      expect(attach(ID, UNUSED_ID)).toBe('ENOENT');
      expect(attach(ID, raw.idOf(bench.otherProgram()))).toBe('EINVAL');
      expect(attach(ID, id)).toBe(0);
    });
    test('spec 4.2: a detach looks at the type only where it names a program', () => {
      const { raw, device } = bench;
      const program = bench.program();
      bench.attach([program]);
      const relative = bench.otherProgram();
      expect(raw.detach({ target: device, program, flags: BEFORE, relative })).toBe('EINVAL');
      expect(raw.detach({ target: device, flags: BEFORE, relative })).toBe('ENOENT');
    });
    test('spec 4.2: it is resolved also when no directive follows', () => {
      const { raw, device } = bench;
      const [here, fresh] = bench.programs(2) as [number, number];
      bench.attach([here]);
      const replace = { target: device, program: fresh, flags: REPLACE, replace: here };
      expect(raw.attach({ ...replace, relative: BOGUS })).toBe('EBADF');
      expect(raw.attach({ ...replace, flags: REPLACE | LINK })).toBe('EINVAL');
      expect(raw.detach({ target: device, program: here, relative: BOGUS })).toBe('EBADF');
    });
    test('spec 4.2: its reference is dropped', () => {
      const { raw, device } = bench;
      const [here, absent] = bench.programs(2) as [number, number];
      bench.attach([here]);
      const id = raw.idOf(absent);
      expect(attach(0, absent)).toBe('ENOENT');
      raw.close(absent);
      expect(raw.programById(id)).toBe('ENOENT');
      expect(raw.query(device).count).toBe(1);
    });
  });

  describe('spec 4.3: matching and positions', () => {
    test('spec 4.3: a relative program matches its slot, attached directly or through a link', () => {
      const hook = new CombinationBench(bench, [1, [2, 5], 3]);
      expect(hook.attach({ before: true, relative: 2 })).toBe(0);
      expect(hook.attach({ program: 8, after: true, relative: 3 })).toBe(0);
      expect(hook.entries()).toEqual([1, 9, [2, 5], 3, 8]);
    });
    test('spec 4.3: a relative link matches only the slot that it owns', () => {
      const { raw } = bench;
      const hook = new CombinationBench(bench, [1, [2, 5], [3, 6]]);
      expect(hook.attach({ after: true, relative: -5 })).toBe(0);
      expect(raw.linkDetach(hook.link(6))).toBe(0);
      bench.attach([hook.program(3)]);
      // Link 6 is defunct, though its program sits here directly.
      expect(hook.attach({ program: 8, before: true, relative: -6 })).toBe('ENOENT');
      expect(hook.entries()).toEqual([1, [2, 5], 9, 3]);
    });
    test('spec 4.3: entries from the position on move up by one and keep their links', () => {
      const hook = new CombinationBench(bench, [[1, 4], 2, [3, 6]]);
      expect(hook.attach({ before: true, relative: 2 })).toBe(0);
      expect(hook.entries()).toEqual([[1, 4], 9, 2, [3, 6]]);
    });
  });

  describe('spec 4.4: combinations', () => {
    test.each(ATTACH_COMBINATIONS)('spec 4.4 "%s": %s', (_row, _what, entries, request, outcome) => {
      const hook = new CombinationBench(bench, entries);
      const before = bench.raw.query(bench.device);
      const result = hook.attach(request);
      if (typeof outcome === 'string') {
        expect(result).toBe(outcome);
        expect(bench.raw.query(bench.device)).toEqual(before);
      } else {
        expect(result).toBe(0);
        expect(hook.entries()).toEqual(outcome);
      }
    });
    test('spec 4.4 "n = 63, anything but REPLACE": all of it', () => {
      const hook = new CombinationBench(bench, FULL);
      const before = bench.raw.query(bench.device);
      for (const [what, request] of ATTACH_FULL)
        expect([what, hook.attach({ program: 90, ...request })]).toEqual([what, 'ERANGE']);
      expect(bench.raw.query(bench.device)).toEqual(before);
    });
    test('spec 4.4 "n = 63, REPLACE": of the first, the last and one between', () => {
      const hook = new CombinationBench(bench, FULL);
      for (const old of [1, 30, 63]) expect(hook.attach({ program: 100 + old, replace: old })).toBe(0);
      expect(hook.entries()).toEqual(
        FULL.map((entry) => ([1, 30, 63].includes(entry as number) ? 100 + (entry as number) : entry)),
      );
    });
  });
}
