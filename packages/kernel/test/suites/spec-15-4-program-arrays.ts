import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import type { Laboratory } from '../../src/index.js';
import { eventually } from '../eventually.js';
import type { Field, Result } from './raw-calls.js';
import { code, named } from './spec-15-1-load.js';
import { run } from './spec-15-3-test-run.js';
import { lookup, put, remove } from './spec-15-4-elements.js';
import { type Bench, benches, type Traits } from './spec-15-bench.js';
import { tailCalls, usesMap } from './spec-15-programs.js';

const layout = attr.progLoad;
const SCHED_CLS = 3;
const XDP = 6;
const TCX_INGRESS = 46;
const MAP_GET_FD_BY_ID = 14;

/** Program arrays: who may be in one, and what they hold. */
export function spec15ProgramArraysSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const load = (type: number, expected: number, fields: readonly Field[] = []): Result => {
    const bench = getBench();
    return bench.track(bench.raw.load([[layout.expectedAttachType, expected], ...fields], 168, type));
  };
  const loaded = (type: number, expected: number, fields: readonly Field[] = []): number =>
    getBench().fd(load(type, expected, fields));

  it('spec 15.4 MAP_UPDATE_ELEM #9 a: the first program put in decides on type and expected attach type', () => {
    const bench = getBench();
    const map = bench.map();
    expect(put(bench, map, 0, loaded(SCHED_CLS, TCX_INGRESS))).toBe(0);
    expect(put(bench, map, 1, loaded(SCHED_CLS, TCX_INGRESS))).toBe(0);
    expect(put(bench, map, 1, loaded(SCHED_CLS, 0))).toBe('EINVAL');
    expect(put(bench, map, 1, loaded(SCHED_CLS, 47))).toBe('EINVAL');
    expect(put(bench, map, 1, loaded(XDP, TCX_INGRESS))).toBe('EINVAL');
    expect(put(bench, map, 4, loaded(SCHED_CLS, 0))).toBe('E2BIG');
  });

  it('spec 15.4 MAP_UPDATE_ELEM #9 a: the owner stays for ever', () => {
    const bench = getBench();
    const map = bench.map();
    const program = loaded(SCHED_CLS, 0);
    expect(put(bench, map, 0, program)).toBe(0);
    expect(remove(bench, map, 0)).toBe(0);
    bench.closeFd(program);
    expect(put(bench, map, 0, loaded(XDP, 0))).toBe('EINVAL');
  });

  it('spec 15.4 a: a program loaded with the map decides just as well, and must fit', () => {
    const bench = getBench();
    const map = bench.map();
    expect(load(SCHED_CLS, 0, code(bench, usesMap(map)))).toBeTypeOf('number');
    expect(put(bench, map, 0, loaded(SCHED_CLS, TCX_INGRESS))).toBe('EINVAL');
    expect(put(bench, map, 0, loaded(SCHED_CLS, 0))).toBe(0);
    expect(load(SCHED_CLS, TCX_INGRESS, code(bench, usesMap(map)))).toBe('EINVAL');
    expect(load(XDP, 0, code(bench, usesMap(map)))).toBe('EINVAL');
    expect(load(SCHED_CLS, 0, code(bench, usesMap(map)))).toBeTypeOf('number');
  });

  it('spec 15.4 a: a failed update or load decides nothing', () => {
    const bench = getBench();
    const map = bench.map();
    expect(put(bench, map, 4, loaded(SCHED_CLS, 0))).toBe('E2BIG');
    expect(load(SCHED_CLS, 0, [...code(bench, usesMap(map)), ...named('-')])).toBe('EINVAL');
    expect(put(bench, map, 0, loaded(XDP, 0))).toBe(0);
  });

  it('spec 15.4 a: license, name and tag play no part', () => {
    const bench = getBench();
    const map = bench.map();
    const other: readonly Field[] = [[layout.license, bench.text('other'), 8], ...named('other')];
    expect(put(bench, map, 0, loaded(SCHED_CLS, 0))).toBe(0);
    expect(put(bench, map, 1, loaded(SCHED_CLS, 0, other))).toBe(0);
  });

  it('spec 15.4: success replaces what was there, the same program too', () => {
    const bench = getBench();
    const map = bench.map();
    const [a, b] = [bench.verdict(), bench.verdict()];
    for (const program of [a, a, b]) {
      expect(put(bench, map, 0, program)).toBe(0);
      expect(lookup(bench, map, 0)).toBe(bench.raw.idOf(program));
    }
  });

  /** A program that only a slot holds; returns its id. */
  const onlyInSlot = (bench: Bench, map: number, index: number): number => {
    const program = bench.verdict();
    const id = bench.raw.idOf(program);
    expect(put(bench, map, index, program)).toBe(0);
    bench.closeFd(program);
    return id;
  };

  it('spec 15.4 c: a slot owns one reference; delete and replace drop it at once', () => {
    const bench = getBench();
    const map = bench.map();
    const [a, b] = [onlyInSlot(bench, map, 0), onlyInSlot(bench, map, 1)];
    expect([a, b].map((id) => bench.exists('program', id))).toEqual([true, true]);
    expect(remove(bench, map, 0)).toBe(0);
    expect(bench.exists('program', a)).toBe(false);
    const c = onlyInSlot(bench, map, 1);
    expect([b, c].map((id) => bench.exists('program', id))).toEqual([false, true]);
  });

  it('spec 15.4 d: with its last fd an array gives its programs back', () => {
    const bench = getBench();
    const map = bench.map();
    const id = onlyInSlot(bench, map, 0);
    const mapId = bench.raw.idOf(map);
    bench.closeFd(map);
    eventually('release of the program', () => !bench.exists('program', id));
    eventually('end of the map', () => !bench.isListed('map', mapId));
  });

  it('spec 15.4 d: so it does with its last pin, and while a loaded program refers to it', () => {
    const bench = getBench();
    const map = bench.map();
    const id = onlyInSlot(bench, map, 0);
    const mapId = bench.raw.idOf(map);
    expect(load(SCHED_CLS, 0, code(bench, usesMap(map)))).toBeTypeOf('number');
    const pinned = `${bench.mount}/map`;
    expect(
      bench.raw.call(6, 20, [
        [0, bench.text(pinned), 8],
        [8, map],
      ]),
    ).toBe(0);
    bench.closeFd(map);
    expect(bench.exists('program', id)).toBe(true);
    bench.laboratory.host.world.pins.remove(pinned);
    eventually('release of the program', () => !bench.exists('program', id));
    // An array that is being cleared must not be opened by id again and again, so it is opened once.
    const again = bench.fd(bench.raw.openById(MAP_GET_FD_BY_ID, mapId));
    expect(lookup(bench, again, 0)).toBe('ENOENT');
  });

  it('spec 15.4 d: a program in a slot of its own array does not keep itself alive', () => {
    const bench = getBench();
    const map = bench.map();
    const program = loaded(SCHED_CLS, 0, code(bench, usesMap(map)));
    const id = bench.raw.idOf(program);
    expect(put(bench, map, 0, program)).toBe(0);
    bench.closeFd(program);
    expect(bench.exists('program', id)).toBe(true);
    bench.closeFd(map);
    eventually('release of the program', () => !bench.exists('program', id));
  });

  it('spec 15.4 a d: tail calls reach a fitting program, and fall through once the array is cleared', () => {
    const bench = getBench();
    const map = bench.map();
    const caller = loaded(SCHED_CLS, 0, code(bench, tailCalls(map, 0, 5)));
    const calls = () => {
      expect(run(bench, caller)).toBe(0);
      return bench.raw.field(attr.testRun.result);
    };
    expect(calls()).toBe(5);
    expect(put(bench, map, 0, bench.verdict(9))).toBe(0);
    expect(calls()).toBe(9);
    const packet = bench.place(new Uint8Array(64));
    bench.closeFd(map);
    eventually('clearing of the array', () => {
      const result = bench.raw.call(10, 76, [
        [0, caller],
        [8, 64],
        [16, packet, 8],
      ]);
      return result === 0 && bench.raw.field(attr.testRun.result) === 5;
    });
  });

  it('spec 15.4 e: a loaded program holds its maps until it is gone', () => {
    const bench = getBench();
    const map = bench.map([[0, 2]]);
    const mapId = bench.raw.idOf(map);
    const program = loaded(SCHED_CLS, 0, code(bench, usesMap(map)));
    bench.closeFd(map);
    expect(bench.isListed('map', mapId)).toBe(true);
    bench.closeFd(program);
    eventually('end of the map', () => !bench.isListed('map', mapId));
  });
}
