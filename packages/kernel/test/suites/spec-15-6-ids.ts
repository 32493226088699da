import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { loadBtf } from './spec-15-1-btf.js';
import { code } from './spec-15-1-load.js';
import { pin } from './spec-15-2-pins.js';
import { run } from './spec-15-3-test-run.js';
import { lookup, put, remove } from './spec-15-4-elements.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { tailCalls } from './spec-15-programs.js';

const NO_ID = 0x7fff_fff0;
const LAST_START = 0x7fff_fffe;
const flag = { RDONLY: 8, WRONLY: 16, TOKEN_FD: 65_536 } as const;

const openers = {
  program: [command.PROG_GET_FD_BY_ID, 4],
  map: [command.MAP_GET_FD_BY_ID, 12],
  btf: [command.BTF_GET_FD_BY_ID, 16],
  link: [command.LINK_GET_FD_BY_ID, 4],
} as const;
const walkers = {
  program: command.PROG_GET_NEXT_ID,
  map: command.MAP_GET_NEXT_ID,
  btf: command.BTF_GET_NEXT_ID,
  link: command.LINK_GET_NEXT_ID,
} as const;
/** Where each is opened by id: the beginning of its row. */
const rows = {
  program: 'PROG 13, LINK 30',
  map: 'MAP_GET_FD_BY_ID 14',
  btf: 'BTF_GET_FD_BY_ID 19',
  link: 'PROG 13, LINK 30',
} as const;
type Kind = keyof typeof openers;
const kinds = Object.keys(openers) as readonly Kind[];

/** Ids and statistics. */
export function spec15IdsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  const make = (kind: Kind): number => {
    const bench = getBench();
    if (kind === 'program') return bench.verdict();
    if (kind === 'map') return bench.map();
    if (kind === 'btf') return loadBtf(bench);
    const target = bench.laboratory.addDevice();
    return bench.fd(bench.raw.linkCreate({ target, program: bench.verdict() }));
  };
  const idOf = (kind: Kind, fd: number) => (kind === 'btf' ? getBench().btfId(fd) : getBench().raw.idOf(fd));
  const openById = (kind: Kind, id: number, more: readonly Field[] = [], size: number = openers[kind][1]) => {
    const bench = getBench();
    return bench.track(bench.raw.call(openers[kind][0], size, [[0, id], ...more]));
  };

  it.each(kinds.map((kind) => [rows[kind], kind] as const))(
    'spec 15.6 "%s": %s: junk, then the capability, then the id',
    (_row, kind) => {
      const { laboratory } = getBench();
      const id = idOf(kind, make(kind));
      const end = openers[kind][1];
      const junk: Field = [end, 1];
      const open = (more: readonly Field[] = [], which: number = id) => openById(kind, which, more, end + 4);
      expect(open([junk])).toBe('EINVAL');
      expect(open()).toBeTypeOf('number');
      expect([0, NO_ID, 0x7fff_ffff, 0xffff_ffff].map((which) => open([], which))).toEqual(
        new Array(4).fill('ENOENT'),
      );
      laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => {
        expect(open([junk])).toBe('EINVAL');
        expect(open()).toBe('EPERM');
        expect(open([], NO_ID)).toBe('EPERM');
      });
      expect(open([junk], NO_ID)).toBe('EINVAL');
    },
  );

  it('spec 15.6 "MAP_GET_FD_BY_ID 14": flags, and bytes 4 to 7, which it ignores', () => {
    const { laboratory } = getBench();
    const id = idOf('map', make('map'));
    const open = (flags: number, which: number = id) => openById('map', which, [[8, flags]]);
    for (let bit = 0; bit < 32; bit++) {
      const known = bit === 3 || bit === 4;
      expect(typeof open(2 ** bit), `bit ${bit}`).toBe(known ? 'number' : 'string');
      if (!known) expect(open(2 ** bit)).toBe('EINVAL');
    }
    expect(open(flag.RDONLY | flag.WRONLY)).toBe('EINVAL');
    expect(open(1, NO_ID)).toBe('EINVAL');
    expect(laboratory.withCapabilities([], () => open(1))).toBe('EINVAL');
    expect(laboratory.withCapabilities([], () => open(8))).toBe('EPERM');
    expect(openById('map', id, [[4, 0xffff_ffff]])).toBeTypeOf('number');
  });

  it('spec 15.6 "MAP_GET_FD_BY_ID 14": opened for reading or writing', () => {
    const bench = getBench();
    const map = bench.map();
    const id = bench.raw.idOf(map);
    const program = bench.verdict();
    expect(put(bench, map, 0, program)).toBe(0);
    const reading = bench.fd(openById('map', id, [[8, flag.RDONLY]]));
    const writing = bench.fd(openById('map', id, [[8, flag.WRONLY]]));
    expect([lookup(bench, reading, 0), remove(bench, reading, 0)]).toEqual([
      bench.raw.idOf(program),
      'EPERM',
    ]);
    expect([lookup(bench, writing, 0), remove(bench, writing, 0)]).toEqual(['EPERM', 0]);
  });

  it('spec 15.6 "BTF_GET_FD_BY_ID 19": flags', () => {
    const { laboratory } = getBench();
    const id = idOf('btf', make('btf'));
    const open = (flags: number, token: number = 0, which: number = id) =>
      openById('btf', which, [
        [8, flags],
        [12, token],
      ]);
    for (let bit = 0; bit < 32; bit++) if (bit !== 16) expect(open(2 ** bit), `bit ${bit}`).toBe('EINVAL');
    expect(open(0, 987_654)).toBeTypeOf('number');
    expect(open(flag.TOKEN_FD, 987_654)).toBe('EBADF');
    expect(open(flag.TOKEN_FD, 0)).toBe('EINVAL');
    expect(laboratory.withCapabilities([], () => open(flag.TOKEN_FD, 987_654))).toBe('EBADF');
    expect(laboratory.withCapabilities([], () => open(1))).toBe('EINVAL');
  });

  it.each(kinds)('spec 15.6 "*_GET_NEXT_ID": %s', (kind) => {
    const bench = getBench();
    const { laboratory, raw } = bench;
    const id = idOf(kind, make(kind));
    const number = walkers[kind];
    const UNTOUCHED = 0xdddd_dddd;
    const next = (start: number, more: readonly Field[] = [], size: number = 8): Result => {
      const result = raw.call(number, size, [[0, start], [4, UNTOUCHED], ...more]);
      return result === 0 ? raw.field(4) : result;
    };
    expect(next(id - 1)).toBe(id);
    expect(next(0x7fff_ffff)).toBe('EINVAL');
    expect(next(0xffff_ffff)).toBe('EINVAL');
    expect(next(LAST_START)).toBe('ENOENT');
    expect(raw.field(4)).toBe(UNTOUCHED);
    expect(next(0, [[8, 1]], 12)).toBe('EINVAL');
    expect(next(0)).toBeLessThanOrEqual(id);
    laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => {
      expect(next(0x7fff_ffff)).toBe('EINVAL');
      expect(next(0, [[8, 1]], 12)).toBe('EINVAL');
      expect(next(0)).toBe('EPERM');
      expect(next(LAST_START)).toBe('EPERM');
    });
    // Without any byte the start is 0, and the id still goes to offset 4.
    expect(
      raw.call(number, 0, [
        [0, LAST_START],
        [4, UNTOUCHED],
      ]),
    ).toBe(0);
    expect(raw.field(4)).not.toBe(UNTOUCHED);
    const { systemCall } = raw.host;
    expect(systemCall.bpf(number, bench.atEnd([0, 0, 0, 0]), 4)).toBe(-14);
    expect(systemCall.bpf(number, bench.atEnd([0xfe, 0xff, 0xff, 0x7f]), 4)).toBe(-2);
    expect(systemCall.bpf(number, 0, 0)).toBe(-14);
  });

  it('spec 15.6 "ENABLE_STATS 32": junk, then the capability, then the type', () => {
    const bench = getBench();
    const enable = (type: number, junk: number = 0) =>
      bench.track(
        bench.raw.call(command.ENABLE_STATS, 8, [
          [0, type],
          [4, junk],
        ]),
      );
    expect([enable(0, 1), enable(1, 1), enable(1)]).toEqual(['EINVAL', 'EINVAL', 'EINVAL']);
    bench.laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON'], () => {
      expect([enable(0, 1), enable(1), enable(0)]).toEqual(['EINVAL', 'EPERM', 'EPERM']);
    });
    const statistics = bench.fd(enable(0));
    expect(bench.raw.info(statistics)).toBe('EINVAL');
    expect(pin(bench, statistics, `${bench.mount}/x`)).toBe('EINVAL');
  });

  onlyWhere(!linux, because.fullTable, 'spec 15.6 "ENABLE_STATS 32": EMFILE comes last, for ids too', () => {
    const crowded = getBench().crowded(0);
    for (const kind of kinds) {
      const id = idOf(kind, make(kind));
      const [number, size] = openers[kind];
      expect(crowded.call(number, size, [[0, id]]), kind).toBe('EMFILE');
      expect(crowded.call(number, size, [[0, NO_ID]]), kind).toBe('ENOENT');
      expect(
        crowded.call(number, size + 4, [
          [0, id],
          [size, 1],
        ]),
        kind,
      ).toBe('EINVAL');
      expect(crowded.nextId(walkers[kind], 0), kind).toBeTypeOf('number');
    }
    expect(crowded.call(command.ENABLE_STATS, 4, [])).toBe('EMFILE');
    expect(crowded.call(command.ENABLE_STATS, 4, [[0, 1]])).toBe('EINVAL');
  });

  const runs = (fd: number): readonly [count: number, time: number] => {
    const { raw } = getBench();
    expect(raw.info(fd)).toBe(0);
    return [raw.u32(info.program.runCount), raw.u32(info.program.runTime)];
  };

  it('spec 15.6 a: runs are counted while an fd is open, also those of a test run', () => {
    const bench = getBench();
    const program = bench.verdict();
    const first = bench.fd(bench.raw.call(command.ENABLE_STATS, 4, []));
    const second = bench.fd(bench.raw.call(command.ENABLE_STATS, 4, []));
    expect(run(bench, program)).toBe(0);
    expect(runs(program)[0]).toBe(1);
    expect(run(bench, program, [[attr.testRun.repeat, 41]])).toBe(0);
    expect(runs(program)[0]).toBe(42);
    bench.closeFd(first);
    expect(run(bench, program)).toBe(0);
    expect(runs(program)[0]).toBe(43);
    bench.closeFd(second);
    const after = Array.from({ length: 20 }, () => {
      const [before] = runs(program);
      expect(run(bench, program)).toBe(0);
      return runs(program)[0] - before;
    });
    // Whoever else has such an fd on this machine keeps counting alive, so one quiet moment has to do.
    expect(after).toContain(0);
    expect(runs(program)[0]).toBeGreaterThanOrEqual(43);
  });

  onlyWhere(linux, because.verifier, 'spec 15.6 a: the entered program alone counts, with its time', () => {
    const bench = getBench();
    const map = bench.map();
    const caller = bench.fd(bench.raw.load(code(bench, tailCalls(map, 0, 5))));
    const called = bench.verdict(9);
    expect(put(bench, map, 0, called)).toBe(0);
    const statistics = bench.fd(bench.raw.call(command.ENABLE_STATS, 4, []));
    expect(run(bench, caller, [[attr.testRun.repeat, 1000]])).toBe(0);
    expect(bench.raw.field(attr.testRun.result)).toBe(9);
    expect(runs(caller)[0]).toBe(1000);
    expect(runs(caller)[1]).toBeGreaterThan(0);
    expect(runs(called)).toEqual([0, 0]);
    bench.closeFd(statistics);
  });
}
