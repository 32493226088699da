import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { command, type Laboratory } from '../../src/index.js';
import { eventually } from '../eventually.js';
import type { Field, RawCalls, Result } from './raw-calls.js';
import { loadBtf } from './spec-15-1-btf.js';
import {
  type Bench,
  because,
  benches,
  type Fault,
  holdsOrder,
  onlyWhere,
  type Traits,
} from './spec-15-bench.js';
import { btfType } from './spec-15-btf.js';

const layout = attr.mapCreate;
const NOT_OPEN = 987_654;
const TOKEN_FD = 65_536;
const NUMA_NODE = 4;
const kind = { HASH: 1, ARRAY: 2, PROG_ARRAY: 3 } as const;
const KERNEL_MEMORY = 4_194_256;

function create(bench: Bench, fields: readonly Field[], size = 92, raw: RawCalls = bench.raw): Result {
  const result = raw.call(command.MAP_CREATE, size, [
    [layout.type, kind.PROG_ARRAY],
    [layout.keySize, 4],
    [layout.valueSize, 4],
    [layout.maxEntries, 4],
    ...fields,
  ]);
  return bench.track(result, raw);
}

const faults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 96, fields: () => [[92, 1]] },
  { row: '#2: type 0', error: 'EINVAL', fields: () => [[layout.type, 0]] },
  { row: '#2: an unknown type', error: 'EINVAL', fields: () => [[layout.type, 999]] },
  { row: '#2: a type of keys alone', error: 'EINVAL', fields: () => [[layout.btfKeyType, 1]] },
  { row: '#2: a type of the kernel', error: 'EINVAL', fields: () => [[layout.btfVmlinuxValueType, 1]] },
  { row: '#2: map_extra', error: 'EINVAL', fields: () => [[layout.extra, 1, 8]] },
  {
    row: '#2: a NUMA node that there is not',
    error: 'EINVAL',
    flags: NUMA_NODE,
    fields: () => [[layout.numaNode, 9999]],
  },
  { row: '#3: keys of 8 bytes', error: 'EINVAL', fields: () => [[layout.keySize, 8]] },
  { row: '#3: values of 8 bytes', error: 'EINVAL', fields: () => [[layout.valueSize, 8]] },
  { row: '#3: no entries', error: 'EINVAL', fields: () => [[layout.maxEntries, 0]] },
  { row: '#3: an unknown flag', error: 'EINVAL', flags: 1 },
  {
    row: '#3c: a token fd that is not open',
    error: 'EBADF',
    flags: TOKEN_FD,
    fields: () => [[layout.tokenFd, NOT_OPEN]],
  },
  {
    row: '#3c: a token fd of something else',
    error: 'EINVAL',
    flags: TOKEN_FD,
    fields: () => [[layout.tokenFd, 0]],
  },
  { row: '#4: no CAP_BPF', error: 'EPERM', capabilities: ['CAP_NET_ADMIN', 'CAP_PERFMON'] },
  { row: '#5: a device', error: 'EINVAL', fields: () => [[layout.ifindex, 1]] },
  { row: '#5: too many entries', error: 'ENOMEM', fields: () => [[layout.maxEntries, 0xffff_ffff]] },
  { row: '#6: a name with a dash', error: 'EINVAL', fields: () => [[layout.name, 0x2d, 1]] },
];

/** MAP_CREATE. */
export function spec15MapCreateSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const made = (...fields: readonly Field[]) => create(getBench(), fields);
  const shaped = (type: number, keySize: number, valueSize: number, entries: number, flags: number = 0) =>
    made(
      [layout.type, type],
      [layout.keySize, keySize],
      [layout.valueSize, valueSize],
      [layout.maxEntries, entries],
      [layout.flags, flags],
    );

  describe('MAP_CREATE in its order', () => {
    holdsOrder('15.4', traits, getBench, layout.flags, faults, (bench, { fields, size }) =>
      create(bench, fields, size),
    );
  });

  it('spec 15.4 #2: a NUMA node counts with its flag, and −1 is any', () => {
    expect(made([layout.numaNode, 9999])).toBeTypeOf('number');
    expect(made([layout.flags, NUMA_NODE])).toBeTypeOf('number');
    expect(made([layout.flags, NUMA_NODE], [layout.numaNode, -1])).toBeTypeOf('number');
  });

  it('spec 15.4 #2 #6b: types of keys and values come with BTF', () => {
    const bench = getBench();
    const typed = (btf: number, ...fields: readonly Field[]) =>
      made([layout.type, kind.ARRAY], [layout.btfFd, btf], ...fields);
    const types: readonly Field[] = [
      [layout.btfKeyType, btfType.INT],
      [layout.btfValueType, btfType.INT],
    ];
    expect(typed(NOT_OPEN)).toBeTypeOf('number');
    expect(typed(NOT_OPEN, ...types)).toBe('EBADF');
    expect(typed(bench.map(), ...types)).toBe('EINVAL');
    expect(typed(loadBtf(bench), ...types)).toBeTypeOf('number');
    expect(typed(loadBtf(bench), types[0]!)).toBe('EINVAL');
  });

  it('spec 15.4 #6b: BTF of keys and values is looked up after the name, and a map holds it', () => {
    const bench = getBench();
    const types: readonly Field[] = [
      [layout.type, kind.ARRAY],
      [layout.btfKeyType, btfType.INT],
      [layout.btfValueType, btfType.INT],
    ];
    expect(made(...types, [layout.btfFd, NOT_OPEN], [layout.name, 0x2d, 1])).toBe('EINVAL');
    const withoutRight = () => made(...types, [layout.btfFd, NOT_OPEN]);
    expect(bench.laboratory.withCapabilities([], withoutRight)).toBe('EPERM');
    const btf = loadBtf(bench);
    const id = bench.btfId(btf);
    const map = bench.fd(made(...types, [layout.btfFd, btf]));
    bench.closeFd(btf);
    expect(bench.exists('btf', id)).toBe(true);
    expect(bench.raw.info(map, 100)).toBe(0);
    const { btfId, btfKeyType, btfValueType } = info.map;
    expect([btfId, btfKeyType, btfValueType].map((at) => bench.raw.u32(at))).toEqual([id, 1, 1]);
    bench.closeFd(map);
    eventually('release of the BTF', () => !bench.exists('btf', id));
  });

  it('spec 15.4 #3: flags of the three kinds', () => {
    const known = {
      [kind.PROG_ARRAY]: [2, 3, 4],
      [kind.ARRAY]: [2, 3, 4, 7, 8, 10, 12],
      [kind.HASH]: [0, 2, 3, 4, 6, 7, 8],
    };
    for (const [type, bits] of Object.entries(known)) {
      for (let bit = 0; bit < 32; bit++) {
        if (bit === 16) continue;
        const result = shaped(Number(type), 4, 4, 1, 2 ** bit);
        expect(typeof result, `type ${type}, bit ${bit}`).toBe(bits.includes(bit) ? 'number' : 'string');
        if (!bits.includes(bit)) expect(result).toBe('EINVAL');
      }
      expect(shaped(Number(type), 4, 4, 1, 24)).toBe('EINVAL');
    }
  });

  it('spec 15.4 #3b: sizes of arrays and hashes', () => {
    expect(shaped(kind.ARRAY, 8, 4, 1)).toBe('EINVAL');
    expect(shaped(kind.ARRAY, 4, 0, 1)).toBe('EINVAL');
    expect(shaped(kind.ARRAY, 4, 4, 0)).toBe('EINVAL');
    expect(shaped(kind.ARRAY, 4, 100, 1)).toBeTypeOf('number');
    expect(shaped(kind.HASH, 0, 4, 1)).toBe('EINVAL');
    expect(shaped(kind.HASH, 4, 0, 1)).toBe('EINVAL');
    expect(shaped(kind.HASH, 4, 4, 0)).toBe('EINVAL');
    expect(shaped(kind.HASH, 3, 7, 1)).toBeTypeOf('number');
  });

  it('spec 15.4 #3b: huge values are E2BIG, before the capability', () => {
    const { laboratory } = getBench();
    laboratory.withCapabilities([], () => {
      expect(shaped(kind.ARRAY, 4, 0x8000_0000, 1)).toBe('E2BIG');
      expect(shaped(kind.ARRAY, 4, 0x7fff_ffff, 1)).toBe('EPERM');
      expect(shaped(kind.HASH, 4, KERNEL_MEMORY - 4, 1)).toBe('E2BIG');
      expect(shaped(kind.HASH, KERNEL_MEMORY - 4, 4, 1)).toBe('E2BIG');
      expect(shaped(kind.HASH, 4, KERNEL_MEMORY - 5, 1)).toBe('EPERM');
    });
  });

  it('spec 15.4 #5: too many entries', () => {
    expect(shaped(kind.PROG_ARRAY, 4, 4, 0xffff_ffff)).toBe('ENOMEM');
    expect(shaped(kind.ARRAY, 4, 4, 0xffff_ffff)).toBe('ENOMEM');
    expect(shaped(kind.HASH, 4, 4, 0xffff_ffff)).toBe('E2BIG');
    expect(shaped(kind.HASH, 4, 4, 0x800_0001)).toBe('E2BIG');
  });

  it('spec 15.4 #6: the name is kept as that of programs is', () => {
    const bench = getBench();
    const named = (text: string) =>
      made(...[...text].map((letter, i): Field => [layout.name + i, letter.charCodeAt(0), 1]));
    expect(named('abcdefghijklmnop')).toBe('EINVAL');
    expect(bench.raw.info(bench.fd(named('A.z_09\0-')), 100)).toBe(0);
    expect(new TextDecoder().decode(bench.raw.bytes(info.map.name, 16))).toBe('A.z_09'.padEnd(16, '\0'));
  });

  onlyWhere(
    traits.readOnly === undefined,
    because.fullTable,
    'spec 15.4 #7: EMFILE comes last and has consumed an id',
    () => {
      const bench = getBench();
      const crowded = bench.crowded(0);
      for (const fault of faults) {
        if (fault.capabilities !== undefined) continue;
        const flags: readonly Field[] = fault.flags === undefined ? [] : [[layout.flags, fault.flags]];
        const fields = [...(fault.fields?.(bench) ?? []), ...flags];
        expect(create(bench, fields, fault.size ?? 92, crowded), fault.row).toBe(fault.error);
      }
      const first = bench.raw.idOf(bench.map());
      expect(create(bench, [], 92, crowded)).toBe('EMFILE');
      expect(bench.exists('map', first + 1)).toBe(false);
      expect(bench.raw.idOf(bench.map())).toBe(first + 2);
    },
  );

  it('spec 15.4: RDONLY and WRONLY at creation bind the fd', () => {
    const bench = getBench();
    const lookup = (map: number) =>
      bench.raw.call(command.MAP_LOOKUP_ELEM, 32, [
        [0, map],
        [8, bench.place([0, 0, 0, 0]), 8],
        [16, bench.place([0, 0, 0, 0]), 8],
      ]);
    const [reading, writing] = [8, 16].map((flags) => bench.fd(shaped(kind.ARRAY, 4, 4, 1, flags)));
    expect([lookup(reading!), lookup(writing!)]).toEqual([0, 'EPERM']);
  });
}
