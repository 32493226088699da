import { describe, expect, test } from 'vitest';
import { flag, type Laboratory } from '../../src/index.js';
import { Bench, BOGUS } from './bench.js';

/** Chapter 3 of the specification: what of structure and revision shows through bpf(2). */
export function chapter3(makeLaboratory: () => Laboratory): void {
  const bench = new Bench(makeLaboratory);

  /** A hook that outlives its last program, so that the revision is seen going on. */
  const lastingHook = (): void => bench.laboratory.setQdisc(bench.device, 'clsact', true);

  describe('spec 3.1: structure', () => {
    test('spec 3.1: 63 programs fit, the 64th does not', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(63));
      expect(raw.attach({ target: device, program: bench.program() })).toBe('ERANGE');
      expect(raw.linkCreate({ target: device, program: bench.program() })).toBe('ERANGE');
      expect(raw.query(device).count).toBe(63);
    });
  });

  describe('spec 3.2: operations', () => {
    test('spec 3.2: each program that goes is released, whichever side of the bundle is active', () => {
      const { raw, device } = bench;
      const programs = bench.programs(4);
      const ids = bench.attach(programs);
      for (const program of programs) raw.close(program);
      for (const id of ids) {
        expect(raw.detach({ target: device, flags: flag.BEFORE })).toBe(0);
        expect(raw.programById(id)).toBe('ENOENT');
      }
    });
    test('spec 3.2: a detach through a link releases nothing', () => {
      const { raw } = bench;
      const program = bench.program();
      const link = bench.link(program);
      const id = raw.idOf(program);
      raw.close(program);
      expect(raw.linkDetach(link)).toBe(0);
      expect(raw.programById(id)).toBeTypeOf('number');
    });
  });

  describe('spec 3.3: revision', () => {
    test('spec 3.3 "bundle created": 1', () => {
      const { raw, device } = bench;
      lastingHook();
      expect(raw.revision(device)).toBe(1);
      expect(raw.attach({ target: device, program: bench.program(), revision: 1 })).toBe(0);
    });
    test('spec 3.3 "attach, detach, replace": each adds one, also through links', () => {
      const { raw, device } = bench;
      const [first, second, third, fourth] = bench.programs(4) as [number, number, number, number];
      const on = { target: device };
      lastingHook();
      const revisions: number[] = [];
      const after = (result: unknown): void => {
        expect(result).toBe(0);
        revisions.push(raw.revision(device));
      };
      after(raw.attach({ ...on, program: first }));
      after(raw.attach({ ...on, program: second, flags: flag.REPLACE, replace: first }));
      const link = bench.link(third);
      revisions.push(raw.revision(device));
      after(raw.linkUpdate(link, fourth));
      after(raw.detach({ ...on, program: second }));
      after(raw.linkDetach(link));
      const closed = bench.link(third);
      revisions.push(raw.revision(device));
      raw.close(closed);
      revisions.push(raw.revision(device));
      expect(revisions).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    });
    test('spec 3.3 "link update to the program it already has": unchanged', () => {
      const { raw, device } = bench;
      const program = bench.program();
      const link = bench.link(program);
      expect(raw.linkUpdate(link, program)).toBe(0);
      expect(raw.revision(device)).toBe(2);
    });
    test('spec 3.3 "detach/close of a link that is already defunct": unchanged', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(1));
      const link = bench.link(bench.program());
      expect(raw.linkDetach(link)).toBe(0);
      expect(raw.revision(device)).toBe(4);
      expect(raw.linkDetach(link)).toBe(0);
      raw.close(link);
      expect(raw.revision(device)).toBe(4);
    });
    test('spec 3.3 "any failed call, any query": unchanged', () => {
      const { raw, device } = bench;
      const program = bench.program();
      bench.attach([program]);
      const target = device;
      expect(raw.attach({ target, program })).toBe('EEXIST');
      expect(raw.attach({ target, program: bench.program(), flags: flag.BEFORE, relative: BOGUS })).toBe(
        'EBADF',
      );
      expect(raw.detach({ target, program: bench.program() })).toBe('ENOENT');
      expect(raw.linkCreate({ target, program })).toBe('EEXIST');
      expect(raw.query(target).revision).toBe(2);
      expect(raw.query(target).revision).toBe(2);
    });
    test('spec 3.3 "program removed by device removal": the hook is gone', () => {
      const { raw, device, laboratory } = bench;
      bench.attach(bench.programs(1));
      laboratory.removeDevice(device);
      expect(raw.query(device).result).toBe('ENODEV');
    });
    test('spec 3.3: an expected revision is compared in full 64 bits, 0 is not compared', () => {
      const { raw, device } = bench;
      bench.attach(bench.programs(1));
      const attempt = (revision: bigint): unknown =>
        raw.attach({ target: device, program: bench.program(), revision });
      for (const stale of [1n, 3n, (1n << 32n) + 2n, (1n << 63n) + 2n]) expect(attempt(stale)).toBe('ESTALE');
      expect([attempt(2n), attempt(0n)]).toEqual([0, 0]);
    });
  });
}
