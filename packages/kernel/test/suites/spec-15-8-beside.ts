import { expect, it } from 'vitest';
import { command, type Laboratory } from '../../src/index.js';
import { loadBtf } from './spec-15-1-btf.js';
import { open, pin } from './spec-15-2-pins.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';

const NOT_OPEN = 987_654;
const other = {
  RAW_TRACEPOINT_OPEN: 17,
  TASK_FD_QUERY: 20,
  LOOKUP_AND_DELETE: 21,
  ITER_CREATE: 33,
  PROG_BIND_MAP: 35,
  TOKEN_CREATE: 36,
} as const;

/** What chapter 15 adds to the ones before it. */
export function spec15BesideSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);

  onlyWhere(traits.readOnly !== undefined, because.commands, 'spec 15.8 #1: more commands answer', () => {
    const bench = getBench();
    const { raw } = bench;
    const key = bench.place([0, 0, 0, 0]);
    expect(raw.call(other.RAW_TRACEPOINT_OPEN, 16, [[8, NOT_OPEN]])).toBe('EBADF');
    expect(raw.call(other.TASK_FD_QUERY, 48, [[0, 0x7fff_fff0]])).toBe('ENOENT');
    const element = [
      [0, bench.map([[0, 2]])],
      [8, key, 8],
      [16, key, 8],
    ] as const;
    expect(raw.call(other.LOOKUP_AND_DELETE, 32, element)).toBe('ENOTSUPP');
    expect(raw.call(other.ITER_CREATE, 8, [[0, NOT_OPEN]])).toBe('EBADF');
    expect(raw.call(other.PROG_BIND_MAP, 12, [[0, NOT_OPEN]])).toBe('EBADF');
    expect(raw.call(other.TOKEN_CREATE, 8, [[4, NOT_OPEN]])).toBe('EBADF');
  });

  it('spec 15.8 #2: junk from byte 168 on is E2BIG for every command, and wins over EINVAL', () => {
    const { raw } = getBench();
    for (const number of [...Object.values(command), 38, 1000]) {
      expect(
        raw.call(number, 172, [
          [100, 1],
          [168, 1],
        ]),
        `${number}`,
      ).toBe('E2BIG');
      expect(raw.call(number, 169, [[168, 1, 1]]), `${number}`).toBe('E2BIG');
    }
  });

  it('spec 15.8 #3: programs, maps, BTF and links count their ids apart, and do not reuse them soon', () => {
    const bench = getBench();
    for (const make of [() => bench.verdict(), () => bench.map(), () => loadBtf(bench)]) {
      const ids = Array.from({ length: 3 }, () => {
        const fd = make();
        expect(bench.raw.info(fd, 16)).toBe(0);
        const kind = bench.laboratory.host.world.objectKind(fd);
        const id = bench.raw.u32(kind === 'btf' ? 12 : 4);
        bench.closeFd(fd);
        return id;
      });
      expect(ids[0]).toBeGreaterThan(0);
      expect(ids[1]).toBeGreaterThan(ids[0]!);
      expect(ids[2]).toBeGreaterThan(ids[1]!);
    }
  });

  it('spec 15.8 #5: interface numbers that cannot be are ENODEV', () => {
    const bench = getBench();
    const { raw } = bench;
    const program = bench.verdict();
    for (const target of [0, 0x8000_0000, 0xffff_ffff, 0x7fff_ffff]) {
      expect(raw.attach({ target, program }), `${target}`).toBe('ENODEV');
      expect(raw.linkCreate({ target, program }), `${target}`).toBe('ENODEV');
      expect(raw.query(target).result, `${target}`).toBe('ENODEV');
      expect(raw.detach({ target, program }), `${target}`).toBe('ENODEV');
    }
  });

  it('spec 15.8 #6: any expected attach type attaches', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    for (const expected of [0, 46, 47, 54, 99]) {
      const program = bench.fd(bench.raw.load([[68, expected]]));
      expect(bench.raw.attach({ target, program }), `${expected}`).toBe(0);
      expect(bench.raw.detach({ target, program }), `${expected}`).toBe(0);
    }
  });

  it('spec 15.8 #8: a program opened in another way is the same object', () => {
    const bench = getBench();
    const { raw } = bench;
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    expect(pin(bench, program, `${bench.mount}/a`)).toBe(0);
    expect(raw.attach({ target, program })).toBe(0);
    const again = [bench.fd(open(bench, `${bench.mount}/a`)), bench.fd(raw.programById(raw.idOf(program)))];
    for (const same of [program, ...again]) expect(raw.attach({ target, program: same })).toBe('EEXIST');
    expect(raw.detach({ target, program: again[0]! })).toBe(0);
    expect(raw.order(target)).toEqual([]);
  });
}
