import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
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
import { type BtfParts, btfBlob } from './spec-15-btf.js';

const layout = attr.btfLoad;
const NOT_OPEN = 987_654;
const TOKEN_FD = 65_536;
const UNTOUCHED = 0xdddd_dddd;
const FIXED = 8;

function blobFields(bench: Bench, blob: Uint8Array): readonly Field[] {
  return [
    [layout.btf, bench.place(blob), 8],
    [layout.size, blob.length],
  ];
}

function load(
  bench: Bench,
  fields: readonly Field[] = [],
  size: number = layout.end,
  raw: RawCalls = bench.raw,
): Result {
  return bench.track(raw.call(command.BTF_LOAD, size, [...blobFields(bench, btfBlob()), ...fields]), raw);
}

const faults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 44, fields: () => [[40, 1]] },
  { row: '#1: an unknown flag', error: 'EINVAL', flags: 1 },
  {
    row: '#1: a token fd that is not open',
    error: 'EBADF',
    flags: TOKEN_FD,
    fields: () => [[layout.tokenFd, NOT_OPEN]],
  },
  {
    row: '#1: a token fd of something else',
    error: 'EINVAL',
    flags: TOKEN_FD,
    fields: () => [[layout.tokenFd, 0]],
  },
  { row: '#2: no CAP_BPF', error: 'EPERM', capabilities: ['CAP_NET_ADMIN', 'CAP_PERFMON'] },
  { row: '#3: more than 16 MiB', error: 'E2BIG', fields: () => [[layout.size, 16 * 1024 * 1024 + 1]] },
  { row: '#4: log level 16', error: 'EINVAL', fields: () => [[layout.logLevel, 16]] },
  { row: '#5: no blob', error: 'EFAULT', fields: () => [[layout.btf, 0, 8]] },
  {
    row: '#6: another magic number',
    error: 'EINVAL',
    fields: (bench) => blobFields(bench, btfBlob({ header: { magic: 0xeb9e } })),
  },
  {
    row: '#7: version 2',
    error: 'ENOTSUPP',
    fields: (bench) => blobFields(bench, btfBlob({ header: { version: 2 } })),
  },
];

/** BTF_LOAD. */
export function spec15BtfLoadSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  describe('BTF_LOAD in its order', () => {
    holdsOrder('15.6', traits, getBench, layout.flags, faults, (bench, { fields, size }) =>
      load(bench, fields, size),
    );
  });

  const blob = (parts: BtfParts): Result => {
    const bench = getBench();
    return load(bench, blobFields(bench, btfBlob(parts)));
  };

  it('spec 15.6 #3: 16 MiB are not too much', () => {
    const bench = getBench();
    expect(load(bench, [[layout.size, 16 * 1024 * 1024]])).toBe('EFAULT');
  });

  it('spec 15.6 #4: what a log must be', () => {
    const bench = getBench();
    const at = bench.place(new Uint8Array(2048));
    const log = (level: number, size: number, address: number) =>
      load(bench, [
        [layout.logLevel, level],
        [layout.logSize, size],
        [layout.log, address, 8],
      ]);
    expect(log(16, 2048, at)).toBe('EINVAL');
    expect(log(1, 2048, 0)).toBe('EINVAL');
    expect(log(1, 0, at)).toBe('EINVAL');
    expect(log(0, 2048, at)).toBe('EINVAL');
    expect(log(15, 0, 0)).toBeTypeOf('number');
    expect(log(1, 2048, at)).toBeTypeOf('number');
  });

  it('spec 15.6 #5: every byte of the blob must be readable', () => {
    const bench = getBench();
    const bytes = btfBlob();
    const at = bench.atEnd(bytes);
    expect(load(bench, [[layout.btf, at, 8]])).toBeTypeOf('number');
    expect(load(bench, [[layout.btf, at + 1, 8]])).toBe('EFAULT');
  });

  it('spec 15.6 #6: a wrong form is EINVAL', () => {
    const bench = getBench();
    const whole = btfBlob();
    for (const length of [0, 1, 8, 23, 24, whole.length - 1])
      expect(load(bench, blobFields(bench, whole.subarray(0, length))), `${length} bytes`).toBe('EINVAL');
    expect(load(bench, blobFields(bench, Uint8Array.of(...whole, 0)))).toBe('EINVAL');
    expect(blob({ header: { magic: 0x9feb } })).toBe('EINVAL');
    expect(blob({ header: { length: 20 } })).toBe('EINVAL');
    expect(blob({ header: { length: 0 } })).toBe('EINVAL');
    expect(blob({ types: [] })).toBe('EINVAL');
    expect(blob({ types: [1, 1 << 24, 4] })).toBe('EINVAL');
    expect(blob({ types: [1, 31 << 24, 4] })).toBe('EINVAL');
    expect(blob({ types: [99, 1 << 24, 4, 32] })).toBe('EINVAL');
    expect(blob({ strings: '' })).toBe('EINVAL');
    expect(blob({ strings: 'xint\0first\0second\0' })).toBe('EINVAL');
    expect(blob({ strings: '\0int\0first\0second' })).toBe('EINVAL');
  });

  it('spec 15.6 #6 #7: magic before version, version before types and sections', () => {
    const bench = getBench();
    expect(blob({ header: { version: 0 } })).toBe('ENOTSUPP');
    expect(blob({ header: { flags: 1 } })).toBe('ENOTSUPP');
    expect(blob({ header: { version: 2, magic: 1 } })).toBe('EINVAL');
    expect(blob({ header: { version: 2 }, types: [] })).toBe('ENOTSUPP');
    expect(blob({ header: { version: 2 }, strings: '' })).toBe('ENOTSUPP');
    const cut = btfBlob({ header: { version: 2 } });
    expect(load(bench, blobFields(bench, cut.subarray(0, cut.length - 1)))).toBe('ENOTSUPP');
    expect(load(bench, blobFields(bench, cut.subarray(0, 8)))).toBe('EINVAL');
  });

  it('spec 15.6 #8: the log: its true size, its end, its beginning with FIXED', () => {
    const bench = getBench();
    const log = (level: number, size: number, more: readonly Field[] = [], attrSize: number = layout.end) => {
      const buffer = bench.place(new Uint8Array(2048));
      const result = load(
        bench,
        [
          [layout.logLevel, level],
          [layout.logSize, size],
          [layout.log, size === 0 ? 0 : buffer, 8],
          [layout.logTrueSize, UNTOUCHED],
          ...more,
        ],
        attrSize,
      );
      const bytes = bench.read(buffer, 2048);
      const text = String.fromCharCode(...bytes.slice(0, bytes.indexOf(0)));
      return { ok: typeof result === 'number', result, trueSize: bench.raw.field(layout.logTrueSize), text };
    };
    const { ok, text: whole, trueSize } = log(1, 2048);
    expect([ok, trueSize]).toEqual([true, whole.length + 1]);
    expect(log(0, 0)).toMatchObject({ ok: true, trueSize: 0 });
    expect(log(1, 0)).toMatchObject({ ok: true, trueSize });
    expect(log(1, 2048, [], 32)).toMatchObject({ ok: true, trueSize });
    expect(log(1, 2048, [], 31)).toMatchObject({ ok: true, trueSize: UNTOUCHED });
    expect(log(1, trueSize)).toMatchObject({ ok: true, text: whole });
    expect(log(1, 9)).toMatchObject({ result: 'ENOSPC', trueSize, text: whole.slice(-8) });
    expect(log(1 | FIXED, 9)).toMatchObject({ result: 'ENOSPC', trueSize, text: whole.slice(0, 8) });
    expect(log(16, 2048)).toMatchObject({ result: 'EINVAL', trueSize: UNTOUCHED, text: '' });
    expect(log(1, 2048, [[layout.btf, 0, 8]])).toMatchObject({ result: 'EFAULT', text: '' });
    expect(log(1, 2048, [[layout.log, bench.raw.nowhere, 8]]).result).toBe('EFAULT');
    const bad = blobFields(bench, btfBlob({ types: [1, 31 << 24, 4] }));
    const failed = log(1, 2048, bad);
    expect(failed).toMatchObject({ result: 'EINVAL', trueSize: failed.text.length + 1 });
    expect(log(1, 2, bad).result).toBe('ENOSPC');
  });

  onlyWhere(
    linux,
    because.readOnly,
    'spec 15.6 #8: an unwritable true size is EFAULT, and nothing remains',
    () => {
      const bench = getBench();
      load(bench);
      const { systemCall } = bench.raw.host;
      const bytes = systemCall.arena.bytes.slice(bench.raw.attr, bench.raw.attr + layout.end);
      const address = traits.readOnly!(bytes);
      const first = bench.fd(systemCall.bpf(command.BTF_LOAD, address, 28));
      expect(systemCall.bpf(command.BTF_LOAD, address, 32)).toBe(-14);
      expect(bench.fd(systemCall.bpf(command.BTF_LOAD, address, 28))).toBe(first + 1);
    },
  );

  onlyWhere(!linux, because.fullTable, 'spec 15.6 #9: EMFILE comes last and has consumed an id', () => {
    const bench = getBench();
    const crowded = bench.crowded(0);
    for (const fault of faults) {
      if (fault.capabilities !== undefined) continue;
      const flags: readonly Field[] = fault.flags === undefined ? [] : [[layout.flags, fault.flags]];
      const fields = [...(fault.fields?.(bench) ?? []), ...flags];
      const own = crowded.put(0, btfBlob());
      const whole: readonly Field[] = fields.some(([at]) => at === layout.btf) ? [] : [[layout.btf, own, 8]];
      if (fault.error === 'ENOTSUPP' || fault.row.startsWith('#6')) continue;
      expect(load(bench, [...fields, ...whole], fault.size ?? layout.end, crowded), fault.row).toBe(
        fault.error,
      );
    }
    const first = bench.btfId(loadBtf(bench));
    expect(load(bench, [[layout.btf, crowded.put(0, btfBlob()), 8]], layout.end, crowded)).toBe('EMFILE');
    expect(bench.exists('btf', first + 1)).toBe(false);
    expect(bench.btfId(loadBtf(bench))).toBe(first + 2);
  });

  it('spec 15.6: BTF lives while an fd holds it, then its id is gone at once', () => {
    const bench = getBench();
    const btf = loadBtf(bench);
    const id = bench.btfId(btf);
    const again = bench.fd(bench.raw.openById(command.BTF_GET_FD_BY_ID, id));
    bench.closeFd(btf);
    expect(bench.btfId(again)).toBe(id);
    bench.closeFd(again);
    expect(bench.exists('btf', id)).toBe(false);
  });
}
