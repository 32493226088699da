import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
import { loadBtf } from './spec-15-1-btf.js';
import { element, freeze } from './spec-15-4-elements.js';
import {
  type Bench,
  because,
  benches,
  type Fault,
  holdsOrder,
  onlyWhere,
  type Traits,
} from './spec-15-bench.js';
import { btfBlob, btfType } from './spec-15-btf.js';

const layout = attr.getInfo;
const NOT_OPEN = 987_654;
const FILLING = 0xee;
const KERNEL_BTF = 1;

/** Values of 32 bits at offsets. */
export type Words = Readonly<Record<number, number>>;

/** What an info call left behind. */
export interface Told {
  readonly result: Result;
  /** `info_len` afterwards. */
  readonly length: number;
  readonly bytes: Uint8Array;
  word(at: number): number;
}

/**
 * Asks for info with a structure that is full of a filling but for some words.
 *
 * @param room bytes of the structure; those behind `length` show whether more was written
 */
export function tell(
  bench: Bench,
  fd: number,
  length: number,
  words: Words = {},
  filling: number = FILLING,
  room: number = 256,
): Told {
  const structure = bench.place(new Uint8Array(room).fill(filling));
  const view = bench.raw.host.systemCall.arena.view;
  const at = bench.raw.buffer + bench.offset(structure);
  for (const [offset, value] of Object.entries(words)) view.setUint32(at + Number(offset), value, true);
  const result = bench.raw.call(command.OBJ_GET_INFO_BY_FD, layout.end, [
    [layout.fd, fd],
    [layout.length, length],
    [layout.info, structure, 8],
  ]);
  const bytes = Uint8Array.from(bench.read(structure, room));
  return {
    result,
    length: bench.raw.field(layout.length),
    bytes,
    word: (offset) => new DataView(bytes.buffer).getUint32(offset, true),
  };
}

/** Two words for an address. */
export function pointer(at: number, address: number): Words {
  return { [at]: address % 2 ** 32, [at + 4]: Math.floor(address / 2 ** 32) };
}

const faults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 20, fields: () => [[16, 1]] },
  { row: '#2: an fd that is not open', error: 'EBADFD', fields: () => [[layout.fd, NOT_OPEN]] },
  { row: '#2: a plain file', error: 'EINVAL', fields: () => [[layout.fd, 0]] },
  {
    row: '#2: an fd of statistics',
    error: 'EINVAL',
    fields: (bench) => [[layout.fd, bench.fd(bench.raw.call(command.ENABLE_STATS, 4, []))]],
  },
  { row: '#3: more than a page', error: 'E2BIG', fields: () => [[layout.length, 4097]] },
  {
    row: '#4: junk behind the known part',
    error: 'E2BIG',
    fields: (bench) => {
      const bytes = new Uint8Array(240);
      bytes[228] = 1;
      return [
        [layout.length, 240],
        [layout.info, bench.place(bytes), 8],
      ];
    },
  },
  { row: '#5: no structure', error: 'EFAULT', fields: () => [[layout.info, 0, 8]] },
];

/** The table of OBJ_GET_INFO_BY_FD, and maps, BTF and links. */
export function spec15InfoSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  describe('OBJ_GET_INFO_BY_FD in its order', () => {
    holdsOrder('15.5', traits, getBench, 20, faults, (bench, { fields, size = layout.end }) =>
      bench.raw.call(command.OBJ_GET_INFO_BY_FD, size, [
        [layout.fd, bench.verdict()],
        [layout.length, info.program.size],
        [layout.info, bench.place(new Uint8Array(info.program.size)), 8],
        ...fields,
      ]),
    );
  });

  /** One object of each kind, with the size that is known and the one that is written. */
  const objects = (): readonly (readonly [fd: number, known: number, size: number])[] => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    const link = bench.fd(bench.raw.linkCreate({ target, program }));
    return [
      [program, 228, 232],
      [bench.map(), 100, 104],
      [loadBtf(bench), 32, 32],
      [link, 64, 64],
    ];
  };

  it('spec 15.5 #4 #7, 15.8 #4: known and written sizes of the four kinds', () => {
    const bench = getBench();
    for (const [fd, known, size] of objects()) {
      for (const at of [known, known + 1, 255]) {
        expect(tell(bench, fd, 256, { [at - (at % 4)]: 1 << (8 * (at % 4)) }, 0).result, `${size}`).toBe(
          'E2BIG',
        );
      }
      expect(tell(bench, fd, 256, {}, 0)).toMatchObject({ result: 0, length: size });
      expect(tell(bench, fd, 4096, {}, 0, 4096)).toMatchObject({ result: 0, length: size });
      expect(tell(bench, fd, known, {}, 0)).toMatchObject({ result: 0, length: known });
    }
  });

  it('spec 15.5 #5: the structure must be readable up to its length', () => {
    const bench = getBench();
    for (const [fd, , size] of objects()) {
      const last = bench.atEnd(new Uint8Array(size));
      const at = (address: number, length: number) => {
        // What an earlier call wrote is read again.
        bench.atEnd(new Uint8Array(size));
        return bench.raw.call(command.OBJ_GET_INFO_BY_FD, layout.end, [
          [layout.fd, fd],
          [layout.length, length],
          [layout.info, address, 8],
        ]);
      };
      expect(at(last, size)).toBe(0);
      expect(at(last + 1, size)).toBe('EFAULT');
      expect(at(last + 1, size - 1)).toBe(0);
      expect(at(last, size + 1)).toBe('EFAULT');
      expect(at(0, 0)).toBe(0);
      expect(at(0, 1)).toBe('EFAULT');
    }
  });

  onlyWhere(linux, because.readOnly, 'spec 15.5 #5: an unwritable structure is EFAULT', () => {
    const bench = getBench();
    for (const [fd, , size] of objects()) {
      const fields: readonly Field[] = [
        [layout.fd, fd],
        [layout.length, size],
        [layout.info, traits.readOnly!(new Uint8Array(size)), 8],
      ];
      expect(bench.raw.call(command.OBJ_GET_INFO_BY_FD, layout.end, fields)).toBe('EFAULT');
      expect(bench.raw.field(layout.length)).toBe(size);
    }
  });

  it('spec 15.5 #7: any length is legal, also one that cuts a field', () => {
    const bench = getBench();
    for (const [fd, , size] of objects()) {
      const whole = tell(bench, fd, size, {}, 0).bytes;
      for (const length of [0, 1, 5, 6, 15, size - 1]) {
        const cut = tell(bench, fd, length, {}, 0);
        expect(cut).toMatchObject({ result: 0, length });
        // Behind the length nothing changes; a time or a length that moves on is not what this is about.
        expect(cut.bytes.subarray(0, Math.min(length, 16))).toEqual(whole.subarray(0, Math.min(length, 16)));
        expect(cut.bytes.subarray(length).every((byte) => byte === 0)).toBe(true);
      }
    }
  });

  it('spec 15.5 #7: the length is written beyond the attr that was passed', () => {
    const bench = getBench();
    const fields: readonly Field[] = [
      [layout.fd, bench.verdict()],
      [layout.length, 99],
    ];
    expect(bench.raw.call(command.OBJ_GET_INFO_BY_FD, 4, fields)).toBe(0);
    expect(bench.raw.field(layout.length)).toBe(0);
  });

  it('spec 15.5 #6: what a kind checks for itself comes after the structure was read, and nothing is written', () => {
    const bench = getBench();
    const wrong = [
      [bench.verdict(), info.program.lineInfoSize, 228],
      [bench.map(), info.map.hashSize, 100],
    ] as const;
    for (const [fd, field, known] of wrong) {
      const told = tell(bench, fd, 232, { [field]: 7 }, 0);
      expect([told.result, told.length]).toEqual(['EINVAL', 232]);
      expect(told.bytes.filter((byte) => byte !== 0)).toEqual(Uint8Array.of(7));
      expect(tell(bench, fd, 232, { [field]: 7, [known]: 1 }, 0).result).toBe('E2BIG');
      const last = bench.atEnd(new Uint8Array(known));
      const unreadable: readonly Field[] = [
        [layout.fd, fd],
        [layout.length, known],
        [layout.info, last + 1, 8],
      ];
      expect(bench.raw.call(command.OBJ_GET_INFO_BY_FD, layout.end, unreadable)).toBe('EFAULT');
    }
  });

  it('spec 15.5: no capability is needed', () => {
    const { laboratory } = getBench();
    const kinds = objects();
    laboratory.withCapabilities([], () => {
      for (const [fd, , size] of kinds) expect(tell(getBench(), fd, size, {}, 0).result).toBe(0);
    });
  });

  it('spec 15.5.2: map info, with what is kept of the caller', () => {
    const bench = getBench();
    const map = bench.map([
      [0, 2],
      [8, 12],
      [16, 0x80],
      [28, 0x6261],
    ]);
    const { result, length, bytes } = tell(bench, map, 104, { 88: 0, 92: 0, 96: 0, 100: 0 });
    const expected = new Uint8Array(256).fill(FILLING);
    const view = new DataView(expected.buffer);
    for (const [i, value] of [2, bench.raw.idOf(map), 4, 12, 4, 0x80].entries())
      view.setUint32(4 * i, value, true);
    expected.fill(0, 24, 40);
    expected.set([0x61, 0x62], 24);
    view.setUint32(44, 0, true);
    expected.fill(0, 80, 104);
    expect({ result, length, bytes }).toEqual({ result: 0, length: 104, bytes: expected });
  });

  it('spec 15.5.2: the BTF of a map', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const map = bench.map([
      [0, 2],
      [48, btf],
      [52, btfType.INT],
      [56, btfType.INT],
    ]);
    const told = tell(bench, map, 88);
    expect([64, 68, 72].map((at) => told.word(at))).toEqual([bench.btfId(btf), btfType.INT, btfType.INT]);
    expect(told.word(76)).toBe(0xeeee_eeee);
  });

  it('spec 15.5.2: the hash of a frozen array is the SHA-256 of its values, each filled up to 8 bytes', () => {
    const bench = getBench();
    const values = [1, 2, 3, 4];
    const map = bench.map([
      [0, 2],
      [8, 12],
    ]);
    const padded = values.flatMap((value) => [value, ...new Array(15).fill(0)]);
    for (const [index, value] of values.entries()) {
      const bytes = bench.place([value, ...new Array(11).fill(0)]);
      expect(element(bench, command.MAP_UPDATE_ELEM, map, index, [[16, bytes, 8]])).toBe(0);
    }
    const hash = bench.place(new Uint8Array(40).fill(FILLING));
    const ask = (address: number, size: number, fd: number = map) =>
      tell(bench, fd, 104, { ...pointer(88, address), 96: size }, 0).result;
    expect(ask(hash, 32)).toBe('EPERM');
    expect(ask(bench.raw.nowhere, 32)).toBe('EPERM');
    expect([ask(hash, 0), ask(0, 32), ask(hash, 31), ask(hash, 33), ask(0, 1)]).toEqual(
      new Array(5).fill('EINVAL'),
    );
    expect(freeze(bench, map)).toBe(0);
    expect(ask(bench.raw.nowhere, 32)).toBe('EFAULT');
    expect(ask(hash, 31)).toBe('EINVAL');
    expect(ask(hash, 32)).toBe(0);
    const digest = createHash('sha256').update(Uint8Array.from(padded)).digest();
    expect(bench.read(hash, 40)).toEqual([...digest, ...new Array(8).fill(FILLING)]);
    const programs = bench.map();
    expect(freeze(bench, programs)).toBe(0);
    expect(ask(hash, 32, programs)).toBe('EINVAL');
  });

  it('spec 15.5.3: BTF info gives the blob, as much as there is room for', () => {
    const bench = getBench();
    const blob = btfBlob();
    const btf = loadBtf(bench, blob);
    const id = bench.btfId(btf);
    const out = bench.place(new Uint8Array(blob.length + 8).fill(FILLING));
    const ask = (size: number, address: number = out) => {
      bench.raw.bytes(bench.offset(out), blob.length + 8).fill(FILLING);
      const told = tell(bench, btf, 32, { ...pointer(0, address), 8: size, ...pointer(16, 0), 24: 0 });
      return [
        told.result,
        told.word(8),
        told.word(12),
        told.word(24),
        told.word(28),
        bench.read(out, blob.length + 8),
      ];
    };
    const written = (size: number) => [
      ...blob.subarray(0, size),
      ...new Array(blob.length + 8 - size).fill(FILLING),
    ];
    expect(ask(blob.length + 5)).toEqual([0, blob.length, id, 0, 0, written(blob.length)]);
    expect(ask(30)).toEqual([0, blob.length, id, 0, 0, written(30)]);
    expect(ask(0)).toEqual([0, blob.length, id, 0, 0, written(0)]);
    expect(ask(0, bench.raw.nowhere)).toEqual([0, blob.length, id, 0, 0, written(0)]);
    expect(ask(30, 0)[0]).toBe('EFAULT');
    expect(ask(30, bench.raw.nowhere)[0]).toBe('EFAULT');
  });

  it('spec 15.5.3: the name of BTF of a user is empty', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const name = bench.place(new Uint8Array(8).fill(FILLING));
    const ask = (address: number, length: number) =>
      tell(bench, btf, 32, { ...pointer(0, 0), 8: 0, ...pointer(16, address), 24: length });
    expect(ask(name, 0).result).toBe('EINVAL');
    expect(ask(0, 8).result).toBe('EINVAL');
    const told = ask(name, 8);
    expect([told.result, told.word(24)]).toEqual([0, 0]);
    expect(bench.read(name, 8)).toEqual([0, ...new Array(7).fill(FILLING)]);
    expect(ask(bench.raw.nowhere, 8).result).toBe('EFAULT');
  });

  onlyWhere(
    linux,
    because.kernelBtf,
    'spec 15.5.3: the kernel’s own BTF has a name, which is cut with ENOSPC',
    () => {
      const bench = getBench();
      const btf = bench.fd(bench.raw.openById(command.BTF_GET_FD_BY_ID, KERNEL_BTF));
      const name = bench.place(new Uint8Array(16).fill(FILLING));
      const ask = (length: number) => {
        const told = tell(bench, btf, 32, { ...pointer(0, 0), 8: 0, ...pointer(16, name), 24: length });
        const text = String.fromCharCode(...bench.read(name, 16).filter((byte) => byte !== FILLING));
        return [told.result, told.word(12), told.word(24), told.word(28), text];
      };
      expect(ask(16)).toEqual([0, KERNEL_BTF, 7, 1, 'vmlinux\0']);
      bench.raw.bytes(bench.offset(name), 16).fill(FILLING);
      expect(ask(4)).toEqual(['ENOSPC', KERNEL_BTF, 7, 1, 'vml\0']);
    },
  );

  it('spec 15.5.4: link info, with what is kept of the caller', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    const link = bench.fd(bench.raw.linkCreate({ target, program }));
    const id = bench.raw.linkInfo(link).id;
    const expected = (ifindex: number) => {
      const bytes = new Uint8Array(256).fill(FILLING);
      const view = new DataView(bytes.buffer);
      const words = { 0: 11, 4: id, 8: bench.raw.idOf(program), 16: ifindex, 20: 46 };
      for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value, true);
      return bytes;
    };
    expect(tell(bench, link, 64)).toMatchObject({ result: 0, length: 64, bytes: expected(target) });
    expect(bench.raw.linkDetach(link)).toBe(0);
    expect(tell(bench, link, 64)).toMatchObject({ result: 0, length: 64, bytes: expected(0) });
  });
}
