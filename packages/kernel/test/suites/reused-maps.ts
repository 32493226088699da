import { readFileSync } from 'node:fs';
import type { MprogError } from '@mprog/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  Kernel,
  type Laboratory,
  type LoadedObject,
  mapType,
  programType,
  type ReusedMap,
  verdict,
} from '../../src/index.js';
import { refused } from './refused.js';
import { because, onlyWhere } from './spec-15-bench.js';
import { exit, helper, instruction, join, load64 } from './spec-15-programs.js';

const object = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../objects/${name}`, import.meta.url)));

const HASH: number = mapType.HASH;
const ARRAY: number = mapType.ARRAY;

/**
 * Loads that take maps over from an earlier one.
 *
 * @param verifies whether the kernel looks at what a program does with a map
 */
export function reusedMapsSuite(makeLaboratory: () => Laboratory, verifies: boolean): void {
  let laboratory: Laboratory;
  let kernel: Kernel;
  let loaded: LoadedObject[];

  beforeEach(() => {
    laboratory = makeLaboratory();
    kernel = new Kernel(laboratory.host);
    loaded = [];
  });

  afterEach(() => {
    for (const { close } of loaded) close();
    laboratory.close();
  });

  const load = (
    name: string,
    maps?: readonly ReusedMap[],
    bytes: Uint8Array = object(name),
  ): LoadedObject => {
    const result = laboratory.host.objects.load(bytes, { name, ...(maps === undefined ? {} : { maps }) });
    loaded.push(result);
    return result;
  };
  const idOf = ({ maps }: LoadedObject, name: string) => kernel.maps.info(fdOf(maps, name)).id;
  const fdOf = (maps: LoadedObject['maps'], name: string) => maps.find((map) => map.name === name)!.fd;
  const mapIds = ({ programs }: LoadedObject) => kernel.programs.info(programs[0]!.fd).mapIds;

  it('lists the maps of an object, and makes none', () => {
    const { objects } = laboratory.host;
    expect(objects.inspectMaps(object('firewall.bpf.o'), 'firewall.bpf.o')).toEqual([
      {
        name: 'blocked',
        section: null,
        type: HASH,
        keySize: 2,
        valueSize: 1,
        maxEntries: 64,
        readOnly: false,
      },
    ]);
    const variables = { type: ARRAY, keySize: 4, maxEntries: 1 };
    const maps = objects.inspectMaps(object('parts.bpf.o'), 'parts.bpf.o');
    expect([...maps].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'parts_bp.bss', section: '.bss', ...variables, valueSize: 8, readOnly: false },
      { name: 'parts_bp.data', section: '.data', ...variables, valueSize: 8, readOnly: false },
      { name: 'parts_bp.rodata', section: '.rodata', ...variables, valueSize: 4, readOnly: true },
    ]);
    expect(objects.inspectMaps(object('stop.bpf.o'), 'stop.bpf.o')).toEqual([]);
  });

  it('the next load has the map of the one before, with what is in it', () => {
    const first = load('firewall.bpf.o');
    const fd = fdOf(first.maps, 'blocked');
    kernel.maps.update(fd, Uint8Array.of(53, 0), Uint8Array.of(1));
    const id = idOf(first, 'blocked');
    const second = load('firewall.bpf.o', [{ name: 'blocked', fd }]);
    expect(first.maps.map(({ reused }) => reused)).toEqual([false]);
    expect(second.maps.map(({ name, reused }) => [name, reused])).toEqual([['blocked', true]]);
    expect(mapIds(second)).toEqual([id]);
    expect(second.programs[0]!.fd).not.toBe(first.programs[0]!.fd);
    first.close();
    expect(idOf(second, 'blocked')).toBe(id);
    expect(kernel.maps.lookup(fdOf(second.maps, 'blocked'), Uint8Array.of(53, 0), 1)).toEqual(
      Uint8Array.of(1),
    );
  });

  it('the caller keeps the fd that it gave', () => {
    const first = load('firewall.bpf.o');
    const fd = fdOf(first.maps, 'blocked');
    const second = load('firewall.bpf.o', [{ name: 'blocked', fd }]);
    second.close();
    expect(laboratory.host.world.objectKind(fd)).toBe('map');
  });

  it('variables keep their values, also from a file of another name; constants are always those of the load', () => {
    const first = load('parts.bpf.o');
    const value = (of: LoadedObject, name: string) => [
      ...kernel.maps.lookup(fdOf(of.maps, name), new Uint8Array(4), 8)!,
    ];
    kernel.maps.update(
      fdOf(first.maps, 'parts_bp.data'),
      new Uint8Array(4),
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0),
    );
    const maps = [
      { name: 'better_b.data', fd: fdOf(first.maps, 'parts_bp.data') },
      { name: 'better_b.bss', fd: fdOf(first.maps, 'parts_bp.bss') },
    ];
    const second = load('better.bpf.o', maps, object('parts.bpf.o'));
    expect(new Map(second.maps.map(({ name, reused }) => [name, reused]))).toEqual(
      new Map([
        ['better_b.rodata', false],
        ['better_b.data', true],
        ['better_b.bss', true],
      ]),
    );
    expect(value(second, 'better_b.data')[0]).toBe(9);
    expect(idOf(second, 'better_b.rodata')).not.toBe(idOf(first, 'parts_bp.rodata'));
    expect(new Set(mapIds(second))).toEqual(new Set(second.maps.map(({ name }) => idOf(second, name))));
  });

  it('takes no map that is no map, closed, of constants or of a name that the object has not', () => {
    const first = load('parts.bpf.o');
    const program = first.programs[0]!.fd;
    const fd = fdOf(first.maps, 'parts_bp.rodata');
    const message = (name: string, of: number) =>
      refused(() => load('parts.bpf.o', [{ name, fd: of }])).message;
    expect(message('parts_bp.data', program)).toBe(
      `load parts.bpf.o: map parts_bp.data can't be reused: fd ${program} is no map (EINVAL)`,
    );
    expect(message('parts_bp.rodata', fd)).toContain(
      'it holds constants, which every load has of its own (EINVAL)',
    );
    expect(message('parts_bp.dat', fd)).toMatch(
      /^load parts.bpf.o: no such map as parts_bp.dat \(ENOENT\); it has /,
    );
    expect(refused(() => load('parts.bpf.o', [{ name: 'parts_bp.data', fd: 54_321 }])).code).toBe('EBADF');
    expect(refused(() => load('stop.bpf.o', [{ name: 'x', fd }])).message).toContain(
      'the object has no maps',
    );
  });

  it('takes no map of another type or size, whatever else is right, and leaves nothing behind', () => {
    const shape = { type: HASH, keySize: 2, valueSize: 1, maxEntries: 64, name: 'blocked' };
    const reason = (change: Partial<typeof shape>): string => {
      using map = kernel.maps.create({ ...shape, ...change });
      const error = refused(() => load('firewall.bpf.o', [{ name: 'blocked', fd: map.fd }]));
      expect(error).toMatchObject({ code: 'EINVAL', data: { map: 'blocked' } });
      return error.message.replace("load firewall.bpf.o: map blocked can't be reused: ", '');
    };
    const fds = () => {
      const fd = laboratory.loadVerdict(verdict.PASS);
      laboratory.host.world.close(fd);
      return fd;
    };
    const free = fds();
    expect(reason({ type: ARRAY, keySize: 4 })).toBe(
      'its type is 2, and the object wants 1; its key size is 4, and the object wants 2 (EINVAL)',
    );
    expect(reason({ keySize: 4 })).toBe('its key size is 4, and the object wants 2 (EINVAL)');
    expect(reason({ valueSize: 8 })).toBe('its value size is 8, and the object wants 1 (EINVAL)');
    expect(fds()).toBe(free);
  });

  onlyWhere(
    verifies,
    because.verifier,
    'spec 15.4 g: the kernel compares the map with what the program does, not with what an object says',
    () => {
      // r1 = map; *(u32 *)(r10 - 4) = 0; r2 = r10 - 4; call map_lookup_elem; if (r0 == 0) goto out; r0 = *(u64 *)r0; out: exit
      const reads = (fd: number) =>
        join(
          load64(1, 1, fd),
          instruction(0x62, 10, 0, -4),
          instruction(0xbf, 2, 10),
          instruction(0x07, 2, 0, 0, -4),
          helper(1),
          instruction(0x15, 0, 0, 1, 0),
          instruction(0x79, 0, 0),
          exit,
        );
      const outcome = (shape: {
        keySize?: number;
        valueSize?: number;
        maxEntries?: number;
        type?: number;
      }) => {
        const form = { type: HASH, keySize: 4, valueSize: 8, maxEntries: 4, ...shape };
        using map = kernel.maps.create(form);
        try {
          kernel.programs.load({ type: programType.SCHED_CLS, instructions: reads(map.fd) }).close();
          return 'loads';
        } catch (error) {
          return (error as MprogError).code;
        }
      };
      expect(outcome({})).toBe('loads');
      expect(outcome({ type: ARRAY })).toBe('loads');
      expect(outcome({ maxEntries: 1 })).toBe('loads');
      expect(outcome({ valueSize: 16 })).toBe('loads');
      expect(outcome({ keySize: 2 })).toBe('loads');
      expect(outcome({ valueSize: 4 })).toBe('EACCES');
      expect(outcome({ keySize: 8 })).toBe('EINVAL');
    },
  );

  it('takes no map of several entries for variables, which are the value of one', () => {
    using map = kernel.maps.create({
      type: ARRAY,
      keySize: 4,
      valueSize: 8,
      maxEntries: 4096,
      name: 'parts_bp.data',
    });
    const reuse = () => load('parts.bpf.o', [{ name: 'parts_bp.data', fd: map.fd }]);
    expect(refused(reuse).message).toContain(
      'its number of entries is 4096, and the object wants 1 (EINVAL)',
    );
  });

  it('takes a map with room for another number of entries, or of another name', () => {
    using map = kernel.maps.create({ type: HASH, keySize: 2, valueSize: 1, maxEntries: 7, name: 'other' });
    const own = load('firewall.bpf.o', [{ name: 'blocked', fd: map.fd }]);
    expect(mapIds(own)).toEqual([kernel.maps.info(map.fd).id]);
    expect(own.maps.map(({ name }) => name)).toEqual(['blocked']);
    expect(kernel.maps.info(fdOf(own.maps, 'blocked')).maxEntries).toBe(7);
  });
}
