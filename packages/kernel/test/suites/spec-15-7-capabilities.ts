import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { type Capability, command, type Laboratory } from '../../src/index.js';
import type { Result } from './raw-calls.js';
import { loadBtf } from './spec-15-1-btf.js';
import { open, pin } from './spec-15-2-pins.js';
import { run } from './spec-15-3-test-run.js';
import { freeze, lookup, put, remove } from './spec-15-4-elements.js';
import { type Bench, because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { btfBlob } from './spec-15-btf.js';

const sets: readonly (readonly Capability[])[] = [
  [],
  ['CAP_BPF'],
  ['CAP_NET_ADMIN'],
  ['CAP_SYS_ADMIN'],
  ['CAP_PERFMON'],
];
const NO_ID = 0x7fff_fff0;
const TCX_INGRESS = 46;
const TASK_FD_QUERY = 20;
const PROG_BIND_MAP = 35;
/** Whether the call gets past the capability with none, with BPF, NET_ADMIN, SYS_ADMIN and PERFMON alone. */
type Row = readonly [boolean, boolean, boolean, boolean, boolean];

const nobody: Row = [false, false, false, true, false];
const bpf: Row = [false, true, false, true, false];
const network: Row = [false, false, true, true, false];
const everybody: Row = [true, true, true, true, true];

/** First errno by capability. */
export function spec15CapabilitiesSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  /** Makes a call with each capability alone; `once` is a call that succeeds or fails for another reason than EPERM. */
  const holds = (row: Row, once: (bench: Bench) => Result): void => {
    const bench = getBench();
    const passed = sets.map(
      (set) => bench.laboratory.withCapabilities(set, () => bench.track(once(bench))) !== 'EPERM',
    );
    expect(passed).toEqual(row);
  };
  const create = (bench: Bench, type: number, more: readonly (readonly [number, number])[] = []) =>
    bench.raw.call(command.MAP_CREATE, 92, [[0, type], [4, 4], [8, 4], [12, 1], ...more]);
  const blobOf = (bench: Bench) => {
    const blob = btfBlob();
    return [[attr.btfLoad.btf, bench.place(blob), 8] as const, [attr.btfLoad.size, blob.length] as const];
  };

  it('spec 15.7.3 "MAP_CREATE": hash, array and program array', () => {
    for (const type of [1, 2, 3]) holds(bpf, (bench) => create(bench, type));
  });

  it('spec 15.7.3 "PROG_LOAD CGROUP_SKB" "PROG_LOAD SCHED_CLS": what types need', () => {
    const loading = (type: number, expected: number) => (bench: Bench) =>
      bench.raw.load([[attr.progLoad.expectedAttachType, expected]], 168, type);
    for (const [type, expected] of [
      [8, 0],
      [1, 0],
    ] as const)
      holds(bpf, loading(type, expected));
    for (const [type, expected] of [
      [3, 0],
      [6, 0],
      [15, 0],
      [9, 2],
      [18, 8],
      [25, 21],
    ] as const)
      holds(nobody, loading(type, expected));
    const { laboratory } = getBench();
    const both = laboratory.withCapabilities(['CAP_BPF', 'CAP_NET_ADMIN'], () => loading(3, 0)(getBench()));
    expect(getBench().track(both)).toBeTypeOf('number');
  });

  it('spec 15.7.3 "BTF_LOAD": CAP_BPF', () => {
    holds(bpf, (bench) => bench.raw.call(command.BTF_LOAD, 40, blobOf(bench)));
  });

  it('spec 15.7.3 "OBJ_PIN, OBJ_GET": what anybody may do who has the fd', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const [a, b, map] = [bench.verdict(), bench.verdict(), bench.map()];
    const link = bench.fd(bench.raw.linkCreate({ target: bench.laboratory.addDevice(), program: a }));
    const maps = sets.map(() => bench.map());
    const calls: Readonly<Record<string, (bench: Bench) => Result>> = {
      pin: () => pin(bench, a, `${bench.mount}/a`),
      open: () => open(bench, `${bench.mount}/a`),
      put: () => put(bench, map, 0, a),
      lookup: () => lookup(bench, map, 0),
      remove: () => remove(bench, map, 0),
      freeze: () => freeze(bench, maps.pop()!),
      info: () => bench.raw.info(a),
      run: () => run(bench, a),
      attach: () => bench.raw.attach({ target, program: a }),
      detach: () => bench.raw.detach({ target, program: a }),
      create: () => bench.raw.linkCreate({ target, program: b }),
      update: () => bench.raw.linkUpdate(link, b),
      linkDetach: () => bench.raw.linkDetach(link),
    };
    for (const call of Object.values(calls)) holds(everybody, call);
  });

  it('spec 15.7.3 "PROG_DETACH tcx without fd": CAP_NET_ADMIN, before ENODEV', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    holds(network, () => bench.raw.detach({ target }));
    holds(network, () => bench.raw.detach({ target: NO_ID }));
    bench.laboratory.withCapabilities([], () => {
      expect(bench.raw.detach({ target, flags: 64 })).toBe('EINVAL');
      expect(bench.raw.detach({ target: NO_ID, program: 987_654 })).toBe('EBADF');
    });
  });

  it('spec 15.7.3 "PROG_QUERY": CAP_NET_ADMIN, before everything', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    holds(network, () => bench.raw.query(target).result);
    holds(network, () =>
      bench.raw.call(command.PROG_QUERY, 64, [
        [0, target],
        [4, TCX_INGRESS],
        [8, 99],
      ]),
    );
    holds(network, () => bench.raw.call(command.PROG_QUERY, 68, [[64, 1]]));
  });

  it('spec 15.7.3 "PROG, MAP, BTF, LINK _GET_FD_BY_ID": CAP_SYS_ADMIN', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const [program, map, btf] = [bench.verdict(), bench.map(), loadBtf(bench)];
    const link = bench.fd(bench.raw.linkCreate({ target, program }));
    const { raw } = bench;
    for (const [number, id] of [
      [command.PROG_GET_FD_BY_ID, raw.idOf(program)],
      [command.MAP_GET_FD_BY_ID, raw.idOf(map)],
      [command.BTF_GET_FD_BY_ID, bench.btfId(btf)],
      [command.LINK_GET_FD_BY_ID, raw.linkInfo(link).id],
    ] as const) {
      holds(nobody, () => raw.openById(number, id));
      holds(nobody, () => raw.openById(number, NO_ID));
    }
    for (const number of [
      command.PROG_GET_NEXT_ID,
      command.MAP_GET_NEXT_ID,
      command.BTF_GET_NEXT_ID,
      command.LINK_GET_NEXT_ID,
    ]) {
      holds(nobody, () => raw.nextId(number, 0));
      holds(everybody, () => raw.nextId(number, 0x7fff_ffff));
    }
  });

  it('spec 15.7.3 "ENABLE_STATS": CAP_SYS_ADMIN', () => {
    holds(nobody, (bench) => bench.raw.call(command.ENABLE_STATS, 4, []));
    holds(nobody, (bench) => bench.raw.call(command.ENABLE_STATS, 4, [[0, 1]]));
    holds(everybody, (bench) => bench.raw.call(command.ENABLE_STATS, 8, [[4, 1]]));
  });

  onlyWhere(
    linux,
    because.commands,
    'spec 15.7.3 "TASK_FD_QUERY 20" "OBJ_PIN, OBJ_GET": and PROG_BIND_MAP',
    () => {
      const bench = getBench();
      const [program, map] = [bench.verdict(), bench.map()];
      holds(nobody, () => bench.raw.call(TASK_FD_QUERY, 48, []));
      holds(everybody, () => bench.raw.call(TASK_FD_QUERY, 52, [[48, 1]]));
      holds(everybody, () =>
        bench.raw.call(PROG_BIND_MAP, 12, [
          [0, program],
          [4, map],
        ]),
      );
    },
  );

  it('spec 15.7.3 "unknown command": EINVAL for everybody', () => {
    const bench = getBench();
    for (const set of sets) {
      expect(bench.laboratory.withCapabilities(set, () => bench.raw.call(38, 4, []))).toBe('EINVAL');
    }
  });

  it('spec 15.7.3: the front comes before every capability', () => {
    const bench = getBench();
    const { systemCall } = bench.raw.host;
    bench.laboratory.withCapabilities([], () => {
      for (const number of Object.values(command)) {
        expect(systemCall.bpf(number, 0, 4097), `${number}`).toBe(-7);
        expect(systemCall.bpf(number, 0, 4), `${number}`).toBe(-14);
        expect(bench.raw.call(number, 172, [[168, 1]]), `${number}`).toBe('E2BIG');
      }
    });
  });
}
