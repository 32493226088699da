import { describe, expect, test } from 'vitest';
import type { Entry } from '../../../core/test/chains.js';
import {
  DETACH_BY_POSITION,
  DETACH_BY_PROGRAM,
  DETACH_FULL,
  DETACH_QUIRKS,
  FULL,
} from '../../../core/test/combinations.js';
import type { Laboratory } from '../../src/index.js';
import { Bench } from './bench.js';
import { CombinationBench, type KernelRequest } from './combination-bench.js';
import type { Result } from './raw-calls.js';

/** Chapter 5 of the specification, through PROG_DETACH and links. */
export function chapter5(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  /** Detaches and compares what is left: all but the program that `gone` names, or all. */
  const expectGone = (entries: readonly Entry[], request: KernelRequest, gone: Result): void => {
    const hook = new CombinationBench(bench, entries);
    expect(hook.detach(request)).toBe(typeof gone === 'string' ? gone : 0);
    expect(hook.entries()).toEqual(
      entries.filter((entry) => (typeof entry === 'number' ? entry : entry[0]) !== gone),
    );
  };

  describe('spec 5.1: order of checks', () => {
    const mixed: readonly Entry[] = [1, [2, 5], 3];
    const unresolved = (): 'EBADF' => 'EBADF';
    // Each request is wrong by its own row, and by as many of the later rows as one request can be.
    test.each<[row: string, what: string, entries: readonly Entry[], request: KernelRequest, code: string]>([
      ['1', 'REPLACE', mixed, { detachReplace: true, revision: 99, program: 8 }, 'EINVAL'],
      ['1', 'REPLACE alone', mixed, { detachReplace: true, program: 1 }, 'EINVAL'],
      ['2', 'stale', mixed, { revision: 99, relative: unresolved, program: 8 }, 'ESTALE'],
      ['4', 'not open', mixed, { relative: unresolved, program: 8 }, 'EBADF'],
      ['4', 'no program', mixed, { relative: () => 'EINVAL', program: 2 }, 'EINVAL'],
      ['4', 'unknown id', mixed, { relative: () => 'ENOENT', program: 2 }, 'ENOENT'],
      ['5', 'D in no slot', mixed, { program: 8, before: true }, 'ENOENT'],
      ['6', 'D owned by a link', mixed, { program: 2, before: true, relative: 77 }, 'EBUSY'],
      ['7', 'R absent', mixed, { program: 3, before: true, after: true, relative: 77 }, 'ENOENT'],
      ['7', 'R absent, no D', mixed, { before: true, relative: 77 }, 'ENOENT'],
      ['8', 'D not before R', mixed, { program: 1, before: true, relative: 3 }, 'ERANGE'],
      ['9', 'R absent', mixed, { program: 3, after: true, relative: 77 }, 'ENOENT'],
      ['9', 'R absent, no D', mixed, { after: true, relative: 77 }, 'ENOENT'],
      ['10', 'D not after R', mixed, { program: 3, after: true, relative: 1 }, 'ERANGE'],
      ['10', 'not where BEFORE is', mixed, { before: true, after: true, relative: 3 }, 'ERANGE'],
      ['11', 'a lone relative', mixed, { relative: 1 }, 'EINVAL'],
      ['11', 'a lone ID', mixed, { qualified: true }, 'EINVAL'],
      ['13', 'the last, owned by a link', [1, [2, 5]], {}, 'EBUSY'],
      ['13', 'the one before R, owned by a link', mixed, { before: true, relative: 3 }, 'EBUSY'],
      ['13', 'the one after R, owned by a link', mixed, { after: true, relative: 1 }, 'EBUSY'],
    ])('spec 5.1 #%s: %s', (_row, _what, entries, request, code) => {
      const before = bench.raw.revision(bench.device);
      expectGone(entries, request, code);
      expect(bench.raw.revision(bench.device)).toBe(before + entries.length);
    });
    test('spec 5.1 #4 #11 #12: on a full hook', () => {
      const hook = new CombinationBench(bench, FULL);
      expect(hook.detach({ relative: unresolved })).toBe('EBADF');
      expect(hook.detach({ relative: 1 })).toBe('EINVAL');
      expect(hook.detach({})).toBe('ERANGE');
      expect(hook.entries()).toEqual(FULL);
    });
    test('spec 5.1 #1 #2 #3: on an empty hook with a bundle', () => {
      bench.laboratory.setQdisc(bench.device, 'clsact', true);
      expectGone([], { detachReplace: true, revision: 99 }, 'EINVAL');
      expectGone([], { revision: 99 }, 'ESTALE');
      expectGone([], { relative: () => 'EBADF', before: true }, 'ENOENT');
      expectGone([], { program: 1 }, 'ENOENT');
    });
  });

  describe('spec 5.2: which slot', () => {
    test.each(DETACH_BY_POSITION)('spec 5.2 no D "%s": %s', (_row, _what, entries, request, gone) => {
      expectGone(entries, request, gone);
    });
    test.each(DETACH_BY_PROGRAM)('spec 5.2 with D "%s": %s', (_row, _what, entries, request, gone) => {
      expectGone(entries, request, gone);
    });
    test('spec 5.2, full-hook quirk: what is ERANGE with 63 works with 62', () => {
      const hook = new CombinationBench(bench, FULL);
      for (const [what, request] of DETACH_QUIRKS) {
        expect([what, hook.detach(request)]).toEqual([what, 'ERANGE']);
        expect([what, hook.detach({ program: 1 }), hook.detach(request)]).toEqual([what, 0, 0]);
        expect(hook.entries()).toEqual(FULL.slice(1, 62));
        expect([hook.attach({ program: 1, before: true }), hook.attach({ program: 63 })]).toEqual([0, 0]);
      }
    });
    test('spec 5.2, full-hook quirk: what works with 63', () => {
      const hook = new CombinationBench(bench, FULL);
      for (const [what, request, gone] of DETACH_FULL) {
        expect([what, hook.detach(request)]).toEqual([what, 0]);
        expect(hook.entries()).toEqual(FULL.filter((entry) => entry !== gone));
        const place = gone === 1 ? { before: true } : { after: true, relative: gone - 1 };
        expect(hook.attach({ program: gone, ...place })).toBe(0);
      }
    });
    test('spec 5.2, full-hook quirk: a link detaches itself with 63, and by position it is ERANGE too', () => {
      const hook = new CombinationBench(bench, [...FULL.slice(0, 62), [63, 5]]);
      expect(hook.detach({})).toBe('ERANGE');
      expect(bench.raw.linkDetach(hook.link(5))).toBe(0);
      expect(hook.entries()).toEqual(FULL.slice(0, 62));
    });
    test('spec 5.2: a link detaches itself', () => {
      const hook = new CombinationBench(bench, [1, [2, 5], 3]);
      expect(bench.raw.linkDetach(hook.link(5))).toBe(0);
      expect(hook.entries()).toEqual([1, 3]);
    });
  });
}
