import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { info } from '../../src/abi/info.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field } from './raw-calls.js';
import {
  type Bench,
  because,
  benches,
  type Fault,
  holdsOrder,
  onlyWhere,
  type Traits,
} from './spec-15-bench.js';
import { exit, returns, usesMap } from './spec-15-programs.js';

const layout = attr.progLoad;
const NOT_OPEN = 987_654;
const TOKEN_FD = 65_536;
const SCHED_CLS = 3;
const SOCKOPT = 25;
const XDP = 6;
const CGROUP_SKB = 8;
const LOOPBACK = 1;
const XDP_DEV_BOUND_ONLY = 64;

/** Fields that give a program other instructions. */
export function code(bench: Bench, instructions: Uint8Array): readonly Field[] {
  return [
    [layout.instructionCount, instructions.length / 8],
    [layout.instructions, bench.place(instructions), 8],
  ];
}

/** Fields that give a program a name. */
export function named(name: string): readonly Field[] {
  return [...name].map((letter, i) => [layout.name + i, letter.charCodeAt(0), 1] as const);
}

/** Fields for an array of fds. */
export function fdArray(bench: Bench, fds: readonly number[], count: number = fds.length): readonly Field[] {
  const address = bench.place(new Uint8Array(Int32Array.from(fds).buffer));
  return [
    [layout.fdArray, address, 8],
    [layout.fdArrayCount, count],
  ];
}

const faults: readonly Fault[] = [
  { row: '#1: an unknown flag', error: 'EINVAL', flags: 256 },
  {
    row: '#2: a token fd that is not open',
    error: 'EBADF',
    flags: TOKEN_FD,
    fields: () => [[layout.tokenFd, NOT_OPEN]],
  },
  {
    row: '#2: a token fd of something else',
    error: 'EINVAL',
    flags: TOKEN_FD,
    fields: (bench) => [[layout.tokenFd, bench.map()]],
  },
  { row: '#3: no CAP_BPF', error: 'EPERM', capabilities: ['CAP_NET_ADMIN', 'CAP_PERFMON'] },
  { row: '#4: no instructions', error: 'E2BIG', fields: () => [[layout.instructionCount, 0]] },
  {
    row: '#4: 1 000 001 instructions',
    error: 'E2BIG',
    fields: () => [[layout.instructionCount, 1_000_001]],
  },
  {
    row: '#5: no CAP_NET_ADMIN',
    error: 'EPERM',
    capabilities: ['CAP_BPF'],
    fields: () => [[layout.type, SCHED_CLS]],
  },
  { row: '#6: attach_btf_id', error: 'EINVAL', fields: () => [[layout.attachBtfId, 1]] },
  { row: '#6: attach_prog_fd', error: 'EINVAL', fields: () => [[layout.attachProgramFd, 1]] },
  {
    row: '#6: an attach type that the type does not have',
    error: 'EINVAL',
    fields: () => [
      [layout.type, SOCKOPT],
      [layout.expectedAttachType, 1],
    ],
  },
  { row: '#7: no instructions there', error: 'EFAULT', fields: () => [[layout.instructions, 0, 8]] },
  { row: '#8: no license', error: 'EFAULT', fields: () => [[layout.license, 0, 8]] },
  {
    row: '#9: a signature',
    error: 'EOPNOTSUPP',
    fields: (bench) => [
      [layout.signature, bench.place([1, 2, 3, 4]), 8],
      [layout.signatureSize, 4],
    ],
  },
  {
    row: '#9: the loopback device',
    error: 'EOPNOTSUPP',
    fields: () => [
      [layout.type, SCHED_CLS],
      [layout.ifindex, LOOPBACK],
    ],
  },
  { row: '#9: an unknown device', error: 'EINVAL', fields: () => [[layout.ifindex, 0x7fff_fff0]] },
  { row: '#10: type 0', error: 'EINVAL', fields: () => [[layout.type, 0]] },
  { row: '#11: a name with a dash', error: 'EINVAL', fields: () => named('a-b') },
  { row: '#12: log level 16', error: 'EINVAL', fields: () => [[layout.logLevel, 16]] },
  {
    row: '#13: an array of fds that is not there',
    error: 'EFAULT',
    fields: (bench) => [
      [layout.fdArray, bench.raw.nowhere, 8],
      [layout.fdArrayCount, 1],
    ],
  },
  { row: '#13: a listed fd that is not open', error: 'EBADF', fields: (bench) => fdArray(bench, [NOT_OPEN]) },
  {
    row: '#13: a listed fd of a program',
    error: 'EINVAL',
    fields: (bench) => fdArray(bench, [bench.verdict()]),
  },
  {
    row: '#13: 65 maps',
    error: 'E2BIG',
    fields: (bench) =>
      fdArray(
        bench,
        Array.from({ length: 65 }, () => bench.map()),
      ),
  },
  {
    row: '#14: type information that is not open',
    error: 'EBADF',
    fields: () => [
      [layout.btfFd, NOT_OPEN],
      [layout.functionInfoCount, 1],
      [layout.functionInfoSize, 8],
    ],
  },
  {
    row: '#15: a map fd that is not open',
    error: 'EBADF',
    fields: (bench) => code(bench, usesMap(NOT_OPEN)),
  },
  {
    row: '#15: a map fd of a program',
    error: 'EINVAL',
    fields: (bench) => code(bench, usesMap(bench.verdict())),
  },
  {
    row: '#16: a register that was never set',
    error: 'EACCES',
    fields: (bench) => code(bench, exit),
    only: [(traits) => traits.crowded === undefined, because.verifier],
  },
];

/** The table of PROG_LOAD. */
export function spec15LoadSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const load = (fields: readonly Field[], size?: number) => {
    const bench = getBench();
    return bench.track(bench.raw.load(fields, size));
  };

  describe('PROG_LOAD in its order', () => {
    holdsOrder('15.1', traits, getBench, layout.flags, faults, (bench, { fields, size }) =>
      bench.track(bench.raw.load(fields, size)),
    );
  });

  it('spec 15.1: 168 bytes are the whole attr, so that junk behind them is E2BIG', () => {
    expect(load([[168, 1]], 172)).toBe('E2BIG');
    expect(load([[168, 1]], 168)).toBeTypeOf('number');
    expect(load([], 172)).toBeTypeOf('number');
  });

  it('spec 15.1 #1: bits 0 to 7 and 16 are known, all others EINVAL', () => {
    for (let bit = 0; bit < 32; bit++) {
      if (bit === 16) continue;
      const flags = 2 ** bit;
      const noCode: Field = [layout.instructions, 0, 8];
      expect(load([[layout.flags, flags], noCode]), `bit ${bit}`).toBe(bit < 8 ? 'EFAULT' : 'EINVAL');
    }
  });

  it('spec 15.1 #2: without the flag the token fd is not looked at', () => {
    expect(load([[layout.tokenFd, NOT_OPEN]])).toBeTypeOf('number');
  });

  it('spec 15.1 #4: 1 000 000 instructions are not too many', () => {
    const fields: readonly Field[] = [
      [layout.instructionCount, 1_000_000],
      [layout.instructions, getBench().raw.nowhere, 8],
    ];
    expect(load(fields)).toBe('EFAULT');
    expect(load([...fields, [layout.instructionCount, 0xffff_ffff]])).toBe('E2BIG');
  });

  it('spec 15.1 #7: every byte of the instructions must be readable', () => {
    const bench = getBench();
    const last = bench.atEnd(returns(0));
    expect(load([[layout.instructions, last, 8]])).toBeTypeOf('number');
    expect(load([[layout.instructions, last + 1, 8]])).toBe('EFAULT');
    expect(
      load([
        [layout.instructions, last, 8],
        [layout.instructionCount, 3],
      ]),
    ).toBe('EFAULT');
  });

  it('spec 15.1 #8: a license is read for 127 bytes at most', () => {
    const bench = getBench();
    const license = (bytes: readonly number[]): Field => [layout.license, bench.atEnd(bytes), 8];
    expect(load([license([0])])).toBeTypeOf('number');
    expect(load([license(new Array(126).fill(0x41))])).toBe('EFAULT');
    expect(load([license(new Array(127).fill(0x41))])).toBeTypeOf('number');
  });

  it('spec 15.1 #9: programs for a device', () => {
    const device = getBench().laboratory.addDevice();
    const forDevice = (type: number, ifindex: number, flags: number = 0) =>
      load([
        [layout.type, type],
        [layout.ifindex, ifindex],
        [layout.flags, flags],
      ]);
    expect(forDevice(SCHED_CLS, LOOPBACK)).toBe('EOPNOTSUPP');
    expect(forDevice(SCHED_CLS, LOOPBACK, XDP_DEV_BOUND_ONLY)).toBe('EINVAL');
    expect(forDevice(XDP, LOOPBACK)).toBe('EOPNOTSUPP');
    expect(forDevice(XDP, LOOPBACK, XDP_DEV_BOUND_ONLY)).toBe('EOPNOTSUPP');
    expect(forDevice(CGROUP_SKB, LOOPBACK)).toBe('EINVAL');
    expect(forDevice(SCHED_CLS, device)).toBe('EINVAL');
    expect(forDevice(SCHED_CLS, device, XDP_DEV_BOUND_ONLY)).toBe('EINVAL');
    expect(forDevice(XDP, device)).toBe('EINVAL');
    expect(forDevice(XDP, 0x7fff_fff0, XDP_DEV_BOUND_ONLY)).toBe('EINVAL');
  });

  onlyWhere(
    traits.readOnly !== undefined,
    because.bound,
    'spec 15.1 #9: an XDP program is bound to a device that takes one',
    () => {
      const bench = getBench();
      const device = bench.laboratory.addDevice();
      const bound = load([
        [layout.type, XDP],
        [layout.ifindex, device],
        [layout.flags, XDP_DEV_BOUND_ONLY],
      ]);
      expect(bound).toBeTypeOf('number');
    },
  );

  it('spec 15.1 #10: types that there are not', () => {
    for (const type of [0, 20, 33, 34, 0x7fff_ffff, 0xffff_ffff]) {
      expect(
        load([
          [layout.type, type],
          [layout.license, 0, 8],
        ]),
        `type ${type}`,
      ).toBe('EFAULT');
      expect(load([[layout.type, type]]), `type ${type}`).toBe('EINVAL');
    }
  });

  it('spec 15.1 #11: a name has 15 letters of [A-Za-z0-9_.] and Latin-1, what follows its end is not looked at', () => {
    const bench = getBench();
    const nameOf = (fd: number) => {
      expect(bench.raw.info(fd)).toBe(0);
      return new TextDecoder().decode(bench.raw.bytes(info.program.name, 16));
    };
    expect(load(named('abcdefghijklmnop'))).toBe('EINVAL');
    const accepted = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).filter(
      (letter) => load(named(letter)) !== 'EINVAL',
    );
    expect(accepted.join('')).toMatch(/^\.[0-9]{10}[A-Z]{26}_[a-z]{26}[À-ÖØ-öø-ÿ]{62}$/);
    expect(nameOf(bench.fd(load(named('A.z_09.abcdefgh'))))).toBe('A.z_09.abcdefgh\0');
    expect(nameOf(bench.fd(load(named('ab\0-x'))))).toBe(`ab${'\0'.repeat(14)}`);
    expect(nameOf(bench.fd(load([])))).toBe('\0'.repeat(16));
  });

  it('spec 15.1 #12: what a log must be', () => {
    const at = getBench().place(new Uint8Array(4096));
    const log = (level: number, size: number, address: number) =>
      load([
        [layout.logLevel, level],
        [layout.logSize, size],
        [layout.log, address, 8],
      ]);
    expect(log(16, 4096, at)).toBe('EINVAL');
    expect(log(1, 4096, 0)).toBe('EINVAL');
    expect(log(1, 0, at)).toBe('EINVAL');
    expect(log(0, 4096, at)).toBe('EINVAL');
    expect(log(1, 0x4000_0000, at)).toBe('EINVAL');
    expect(log(15, 0, 0)).toBeTypeOf('number');
    expect(log(1, 4096, at)).toBeTypeOf('number');
    expect(log(1, 0x3fff_ffff, at)).toBeTypeOf('number');
  });

  it('spec 15.1 #13: 64 distinct maps and type information may be listed; fd 0 is an ordinary fd', () => {
    const bench = getBench();
    const maps = Array.from({ length: 64 }, () => bench.map());
    expect(load(fdArray(bench, [...maps, maps[0]!, maps[63]!]))).toBeTypeOf('number');
    expect(load(fdArray(bench, [...maps, bench.map()]))).toBe('E2BIG');
    expect(load(fdArray(bench, [0]))).toBe('EINVAL');
    expect(load(fdArray(bench, [NOT_OPEN], 0))).toBeTypeOf('number');
  });

  it('spec 15.1 #13: the first listed fd at fault decides', () => {
    const bench = getBench();
    const program = bench.verdict();
    expect(load(fdArray(bench, [program, NOT_OPEN]))).toBe('EINVAL');
    expect(load(fdArray(bench, [NOT_OPEN, program]))).toBe('EBADF');
    expect(load(fdArray(bench, [bench.map(), NOT_OPEN]))).toBe('EBADF');
  });

  onlyWhere(
    traits.readOnly === undefined,
    because.fullTable,
    'spec 15.1 #18: EMFILE comes last and has consumed an id',
    () => {
      const bench = getBench();
      const crowded = bench.crowded(0);
      const before = bench.raw.idOf(bench.verdict());
      for (const fault of faults) {
        if (fault.capabilities !== undefined || fault.only !== undefined) continue;
        const fields = fault.fields?.(bench) ?? [];
        if (fields.some(([at]) => at === layout.instructions || at === layout.fdArray)) continue;
        const flags: readonly Field[] = fault.flags === undefined ? [] : [[layout.flags, fault.flags]];
        expect(crowded.load([...fields, ...flags]), fault.row).not.toBe('EMFILE');
      }
      const created = bench.raw.idOf(bench.verdict());
      expect(crowded.load()).toBe('EMFILE');
      expect(bench.raw.idOf(bench.verdict())).toBe(created + 2);
      expect(created).toBeGreaterThan(before);
      expect(bench.exists('program', created + 1)).toBe(false);
    },
  );

  it('spec 15.1 a: a load that fails before the fd is taken consumes no id', () => {
    const bench = getBench();
    // Whoever else loads programs on this machine takes ids too, so one quiet moment has to do.
    const differences = Array.from({ length: 20 }, () => {
      const first = bench.verdict();
      expect(load([[layout.instructions, 0, 8]])).toBe('EFAULT');
      expect(load(code(bench, usesMap(NOT_OPEN)))).toBe('EBADF');
      const second = bench.verdict();
      const difference = bench.raw.idOf(second) - bench.raw.idOf(first);
      bench.closeFd(first);
      bench.closeFd(second);
      return difference;
    });
    expect(differences).toContain(1);
  });

  it('spec 15.1 a: kern_version is ignored and the license may be empty', () => {
    const bench = getBench();
    const empty: Field = [layout.license, bench.text(''), 8];
    const fd = bench.fd(load([empty, [layout.kernelVersion, 0xffff_ffff]]));
    expect(bench.raw.info(fd)).toBe(0);
    expect(bench.raw.u32(info.program.gpl)).toBe(0);
  });

  it('spec 15.1 b: an attr of 24 bytes is enough', () => {
    expect(load([], 24)).toBeTypeOf('number');
    expect(load([], 16)).toBe('EFAULT');
    expect(load([], 8)).toBe('EFAULT');
    expect(load([], 4)).toBe('E2BIG');
  });

  it('spec 15.1: a fault leaves the attr and every buffer as they were', () => {
    const bench = getBench();
    const log = bench.place(new Uint8Array(64).fill(0xee));
    const before = (fields: readonly Field[]) => {
      const result = load([
        [layout.logTrueSize, 0xdddd_dddd],
        [layout.logLevel, 1],
        [layout.logSize, 64],
        [layout.log, log, 8],
        ...fields,
      ]);
      const { arena } = bench.raw.host.systemCall;
      return [result, arena.view.getUint32(bench.raw.attr + layout.logTrueSize, true), bench.read(log, 64)];
    };
    const untouched = new Array(64).fill(0xee);
    expect(before([[layout.flags, 256]])).toEqual(['EINVAL', 0xdddd_dddd, untouched]);
    expect(before([[layout.license, 0, 8]])).toEqual(['EFAULT', 0xdddd_dddd, untouched]);
    expect(before(named('-'))).toEqual(['EINVAL', 0xdddd_dddd, untouched]);
    expect(before([[layout.logLevel, 16]])).toEqual(['EINVAL', 0xdddd_dddd, untouched]);
    expect(bench.raw.call(command.PROG_LOAD, 0, [])).toBe('E2BIG');
  });
}
