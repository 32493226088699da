import { chmodSync, closeSync, openSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, Result } from './raw-calls.js';
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

const layout = attr.object;
const NOT_OPEN = 987_654;
const CURRENT_DIRECTORY = -100;
const flag = { RDONLY: 8, WRONLY: 16, PATH_FD: 1 << 14 } as const;

/** Pins an fd under a path. */
export function pin(
  bench: Bench,
  fd: number,
  path: string,
  fields: readonly Field[] = [],
  size = 20,
): Result {
  return bench.raw.call(command.OBJ_PIN, size, [
    [layout.path, bench.text(path), 8],
    [layout.fd, fd],
    ...fields,
  ]);
}

/** Opens a pin. */
export function open(
  bench: Bench,
  path: string,
  flags = 0,
  fields: readonly Field[] = [],
  size = 20,
): Result {
  const result = bench.raw.call(command.OBJ_GET, size, [
    [layout.path, bench.text(path), 8],
    [layout.fileFlags, flags],
    ...fields,
  ]);
  return bench.track(result);
}

const path = (bench: Bench, text: string): readonly Field[] => [[layout.path, bench.text(text), 8]];

/** Faults that OBJ_PIN and OBJ_GET have in common, from the path on. */
const pathFaults: readonly Fault[] = [
  { row: '#3: no path', error: 'EFAULT', fields: () => [[layout.path, 0, 8]] },
  {
    row: '#3: a path that ends nowhere',
    error: 'EFAULT',
    fields: (bench) => [[layout.path, bench.atEnd([0x2f, 0x61]), 8]],
  },
  {
    row: '#4: 4096 bytes without an end',
    error: 'ENAMETOOLONG',
    fields: (bench) => [[layout.path, bench.place(new Uint8Array(4096).fill(0x2f)), 8]],
  },
  { row: '#5: an empty path', error: 'ENOENT', fields: (bench) => path(bench, '') },
  {
    row: '#6: a path fd that is not open',
    error: 'EBADF',
    flags: flag.PATH_FD,
    fields: (bench) => [...path(bench, 'x'), [layout.pathFd, NOT_OPEN]],
  },
  {
    row: '#6: a path fd that is no directory',
    error: 'ENOTDIR',
    flags: flag.PATH_FD,
    fields: (bench) => [...path(bench, 'x'), [layout.pathFd, bench.verdict()]],
  },
];

const pinFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 24, fields: () => [[20, 1]] },
  { row: '#1: a flag of OBJ_GET', error: 'EINVAL', flags: flag.RDONLY },
  { row: '#1: a path fd without its flag', error: 'EINVAL', fields: () => [[layout.pathFd, 1]] },
  { row: '#2: an fd that is not open', error: 'EINVAL', fields: () => [[layout.fd, NOT_OPEN]] },
  { row: '#2: a plain file', error: 'EINVAL', fields: () => [[layout.fd, 0]] },
  { row: '#2: type information', error: 'EINVAL', fields: (bench) => [[layout.fd, loadBtf(bench)]] },
  ...pathFaults,
];

const getFaults: readonly Fault[] = [
  { row: '#1: junk behind the end', error: 'EINVAL', size: 24, fields: () => [[20, 1]] },
  { row: '#1: an fd', error: 'EINVAL', fields: () => [[layout.fd, 1]] },
  { row: '#1: an unknown flag', error: 'EINVAL', flags: 1 },
  { row: '#1: two ways to open', error: 'EINVAL', flags: flag.RDONLY | flag.WRONLY },
  { row: '#1: a path fd without its flag', error: 'EINVAL', fields: () => [[layout.pathFd, 1]] },
  ...pathFaults.map((fault) => ({ ...fault, row: `#2 (${fault.row.replace(':', '):')}` })),
];

/** OBJ_PIN and OBJ_GET: the tables. */
export function spec15PinsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;

  describe('OBJ_PIN in its order', () => {
    holdsOrder('15.2', traits, getBench, layout.fileFlags, pinFaults, (bench, { fields, size }) =>
      pin(bench, bench.verdict(), `${bench.mount}/x`, fields, size ?? 20),
    );
  });

  describe('OBJ_GET in its order', () => {
    holdsOrder('15.2 OBJ_GET', traits, getBench, layout.fileFlags, getFaults, (bench, { fields, size }) =>
      open(bench, `${bench.mount}/x`, 0, fields, size ?? 20),
    );
  });

  /** What pinning a program at a path gives, and what opening that path gives. */
  const both = (text: string): readonly [pinned: Result, opened: Result] => {
    const bench = getBench();
    const opened = open(bench, text);
    return [pin(bench, bench.verdict(), text), opened];
  };

  it('spec 15.2 #1: OBJ_PIN knows the flag PATH_FD alone, OBJ_GET three', () => {
    const bench = getBench();
    const fd = bench.verdict();
    for (let bit = 0; bit < 32; bit++) {
      const noPath: readonly Field[] = [
        [layout.path, 0, 8],
        [layout.fileFlags, 2 ** bit],
      ];
      expect(pin(bench, fd, '', noPath), `pin, bit ${bit}`).toBe(bit === 14 ? 'EFAULT' : 'EINVAL');
      const known = [3, 4, 14].includes(bit);
      expect(open(bench, '', 0, noPath), `get, bit ${bit}`).toBe(known ? 'EFAULT' : 'EINVAL');
    }
  });

  it('spec 15.2 #4: 4095 bytes are not too long, 4096 are', () => {
    const { mount } = getBench();
    const ofLength = (length: number) => `${'/'.repeat(length - mount.length - 1)}${mount}/x`.slice(-length);
    expect(ofLength(4095)).toHaveLength(4095);
    expect(both(`${ofLength(4096)}`)).toEqual(['ENAMETOOLONG', 'ENAMETOOLONG']);
    expect(both(ofLength(4095))[0]).toBe(0);
  });

  it('spec 15.2 #4 #10: a component has 255 letters; one with a dot is EPERM whatever its length', () => {
    const { mount } = getBench();
    expect(both(`${mount}/${'x'.repeat(256)}`)).toEqual(['ENAMETOOLONG', 'ENAMETOOLONG']);
    expect(both(`${mount}/${'x'.repeat(256)}/y`)).toEqual(['ENAMETOOLONG', 'ENAMETOOLONG']);
    expect(both(`${mount}/${'x'.repeat(255)}.`)).toEqual(['EPERM', 'EPERM']);
    expect(both(`${mount}/${'x'.repeat(255)}`)).toEqual([0, 'ENOENT']);
  });

  it('spec 15.2 #6: a relative path starts at the current directory, which −100 names too', () => {
    const bench = getBench();
    const before = process.cwd();
    process.chdir('/');
    try {
      const relative = bench.mount.slice(1);
      const here: readonly Field[] = [
        [layout.fileFlags, flag.PATH_FD],
        [layout.pathFd, CURRENT_DIRECTORY],
      ];
      expect(pin(bench, bench.verdict(), `${relative}/a`)).toBe(0);
      expect(pin(bench, bench.verdict(), `${relative}/b`, here)).toBe(0);
      expect(open(bench, `${relative}/b`)).toBeTypeOf('number');
      expect(open(bench, `${relative}/a`, flag.PATH_FD, [[layout.pathFd, CURRENT_DIRECTORY]])).toBeTypeOf(
        'number',
      );
    } finally {
      process.chdir(before);
    }
  });

  it('spec 15.2 #6: a relative path starts at the directory of the path fd', () => {
    const bench = getBench();
    const [root] = bench.laboratory.host.world.cgroups();
    const directory = bench.fd(bench.laboratory.host.world.openCgroup(root!.path));
    const there: readonly Field[] = [
      [layout.fileFlags, flag.PATH_FD],
      [layout.pathFd, directory],
    ];
    expect(pin(bench, bench.verdict(), 'mprog-new', there)).toBe('EPERM');
    expect(open(bench, 'mprog-new', 0, there)).toBe('ENOENT');
    expect(pin(bench, bench.verdict(), 'mprog-missing/x', there)).toBe('ENOENT');
  });

  it('spec 15.2 #6: the path fd plays no part for an absolute path', () => {
    const bench = getBench();
    const bad: readonly Field[] = [
      [layout.fileFlags, flag.PATH_FD],
      [layout.pathFd, NOT_OPEN],
    ];
    expect(pin(bench, bench.verdict(), `${bench.mount}/a`, bad)).toBe(0);
    expect(open(bench, `${bench.mount}/a`, 0, bad)).toBeTypeOf('number');
  });

  it('spec 15.2 #7: missing parents and new names with a slash behind them are ENOENT', () => {
    const { mount } = getBench();
    expect(both(`${mount}/missing/x`)).toEqual(['ENOENT', 'ENOENT']);
    expect(both(`${mount}/x/`)).toEqual(['ENOENT', 'ENOENT']);
    expect(both('/mprog-missing/x')).toEqual(['ENOENT', 'ENOENT']);
  });

  it('spec 15.2 #8: a parent that is a pin is ENOTDIR', () => {
    const bench = getBench();
    expect(pin(bench, bench.verdict(), `${bench.mount}/a`)).toBe(0);
    expect(both(`${bench.mount}/a/b`)).toEqual(['ENOTDIR', 'ENOTDIR']);
    expect(both(`${bench.mount}/a/b/c`)).toEqual(['ENOTDIR', 'ENOTDIR']);
    expect(both(`${bench.mount}/a/.`)).toEqual(['ENOTDIR', 'ENOTDIR']);
    expect(both(`${bench.mount}/a/..`)).toEqual(['ENOTDIR', 'ENOTDIR']);
  });

  it('spec 15.2 #7 #8 #10 and OBJ_GET #3: the walk decides by the first component that is wrong', () => {
    const bench = getBench();
    const { mount } = bench;
    expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe(0);
    expect(both(`${mount}/missing/a.b`)).toEqual(['ENOENT', 'ENOENT']);
    expect(both(`${mount}/a.b/missing`)).toEqual(['EPERM', 'EPERM']);
    expect(both(`${mount}/a/b.c`)).toEqual(['ENOTDIR', 'ENOTDIR']);
    expect(both(`${mount}/missing/${'x'.repeat(256)}`)).toEqual(['ENOENT', 'ENOENT']);
  });

  it('spec 15.2 #9 and OBJ_GET #5: what exists is EEXIST to pin over; what is no pin EACCES to open', () => {
    const bench = getBench();
    const { mount } = bench;
    const { pins } = bench.laboratory.host.world;
    expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe(0);
    pins.makeDirectory(`${mount}/directory`);
    expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe('EEXIST');
    expect(both(`${mount}/directory`)).toEqual(['EEXIST', 'EACCES']);
    for (const text of [mount, `${mount}/`, `${mount}/.`, `${mount}/..`, '/', '.', '..', '/sys', '/sys/fs'])
      expect(both(text), text).toEqual(['EEXIST', 'EACCES']);
  });

  it('spec 15.2 #10: new names in bpffs have no dots', () => {
    const { mount } = getBench();
    for (const name of ['a.b', '.x', 'x.', '...'])
      expect(both(`${mount}/${name}`)).toEqual(['EPERM', 'EPERM']);
  });

  it('spec 15.2 #13: outside of bpffs a new name is EPERM to pin and ENOENT to open', () => {
    expect(both('/mprog-new-name')).toEqual(['EPERM', 'ENOENT']);
    expect(both('/mprog-new.name')).toEqual(['EPERM', 'ENOENT']);
    expect(both('/sys/fs/mprog-new-name')).toEqual(['EPERM', 'ENOENT']);
  });

  onlyWhere(linux, because.files, 'spec 15.2 #13: other file systems', () => {
    expect(both('/proc/mprog-new-name')).toEqual(['ENOENT', 'ENOENT']);
    expect(both('/etc/passwd')).toEqual(['EEXIST', 'EACCES']);
    expect(both('/dev/null')).toEqual(['EEXIST', 'EACCES']);
    expect(both('/etc/passwd/x')).toEqual(['ENOTDIR', 'ENOTDIR']);
  });

  onlyWhere(linux, because.files, 'spec 15.2 #6: the directory of the path fd may be on bpffs', () => {
    const bench = getBench();
    const directory = openSync(bench.mount, 'r');
    try {
      const there: readonly Field[] = [
        [layout.fileFlags, flag.PATH_FD],
        [layout.pathFd, directory],
      ];
      expect(pin(bench, bench.verdict(), 'x', there)).toBe(0);
      expect(open(bench, 'x', 0, there)).toBeTypeOf('number');
    } finally {
      closeSync(directory);
    }
  });

  onlyWhere(
    linux,
    because.files,
    'spec 15.2 #9 and OBJ_GET #3: symbolic links are followed to open alone',
    () => {
      const bench = getBench();
      const { mount } = bench;
      expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe(0);
      symlinkSync(`${mount}/a`, `${mount}/good`);
      symlinkSync(`${mount}/missing`, `${mount}/dangling`);
      expect(pin(bench, bench.verdict(), `${mount}/good`)).toBe('EEXIST');
      expect(pin(bench, bench.verdict(), `${mount}/dangling`)).toBe('EEXIST');
      expect(open(bench, `${mount}/good`)).toBeTypeOf('number');
      expect(open(bench, `${mount}/dangling`)).toBe('ENOENT');
    },
  );

  onlyWhere(linux, because.files, 'spec 15.2 #11 and OBJ_GET #4: a read-only mount is EROFS', () => {
    const bench = getBench();
    const { mount } = bench;
    expect(pin(bench, bench.map(), `${mount}/a`)).toBe(0);
    bench.laboratory.host.world.pins.makeDirectory(`${mount}/closed`);
    chmodSync(`${mount}/closed`, 0o555);
    traits.remount!(mount, true);
    try {
      expect(pin(bench, bench.verdict(), `${mount}/new`)).toBe('EROFS');
      expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe('EEXIST');
      expect(pin(bench, bench.verdict(), `${mount}/a.b`)).toBe('EPERM');
      const closed = () => pin(bench, bench.map(), `${mount}/closed/x`);
      expect(bench.laboratory.withCapabilities(['CAP_SYS_ADMIN'], closed)).toBe('EROFS');
      expect(open(bench, `${mount}/a`)).toBe('EROFS');
      expect(open(bench, `${mount}/a`, flag.WRONLY)).toBe('EROFS');
      expect(open(bench, `${mount}/a`, flag.RDONLY)).toBeTypeOf('number');
      expect(open(bench, `${mount}/missing`)).toBe('ENOENT');
    } finally {
      traits.remount!(mount, false);
    }
  });

  onlyWhere(linux, because.files, 'spec 15.2 #12 and OBJ_GET #5: permissions decide', () => {
    const bench = getBench();
    const { mount } = bench;
    const { laboratory } = bench;
    laboratory.host.world.pins.makeDirectory(`${mount}/closed`);
    chmodSync(`${mount}/closed`, 0o555);
    const [program, map] = [bench.verdict(), bench.map()];
    const closed = (name: string) =>
      laboratory.withCapabilities([], () => pin(bench, program, `${mount}/closed/${name}`));
    expect(closed('x')).toBe('EACCES');
    expect(closed('x.y')).toBe('EPERM');
    expect(pin(bench, program, `${mount}/closed/x`)).toBe(0);
    expect(closed('x')).toBe('EEXIST');

    expect(pin(bench, map, `${mount}/map`)).toBe(0);
    const openWith = (mode: number) => {
      chmodSync(`${mount}/map`, mode);
      return laboratory.withCapabilities([], () =>
        [0, flag.RDONLY, flag.WRONLY].map((flags) => typeof open(bench, `${mount}/map`, flags)),
      );
    };
    expect(openWith(0o600)).toEqual(['number', 'number', 'number']);
    expect(openWith(0o400)).toEqual(['string', 'number', 'string']);
    expect(openWith(0o200)).toEqual(['string', 'string', 'number']);
    expect(laboratory.withCapabilities([], () => open(bench, `${mount}/map`))).toBe('EACCES');
    expect(open(bench, `${mount}/map`)).toBeTypeOf('number');
  });

  it('spec 15.2 OBJ_GET #6: a link is opened without RDONLY and WRONLY', () => {
    const bench = getBench();
    const device = bench.laboratory.addDevice();
    const link = bench.fd(bench.raw.linkCreate({ target: device, program: bench.verdict() }));
    expect(pin(bench, link, `${bench.mount}/link`)).toBe(0);
    expect(open(bench, `${bench.mount}/link`, flag.RDONLY)).toBe('EINVAL');
    expect(open(bench, `${bench.mount}/link`, flag.WRONLY)).toBe('EINVAL');
    expect(open(bench, `${bench.mount}/missing`, flag.RDONLY)).toBe('ENOENT');
    expect(open(bench, `${bench.mount}/link`)).toBeTypeOf('number');
  });

  onlyWhere(!linux, because.fullTable, 'spec 15.2 OBJ_GET #7: EMFILE comes last', () => {
    const bench = getBench();
    const { mount } = bench;
    const crowded = bench.crowded(0);
    expect(pin(bench, bench.verdict(), `${mount}/a`)).toBe(0);
    const get = (text: string, flags: number = 0) =>
      crowded.call(command.OBJ_GET, 20, [
        [layout.path, crowded.text(0, text), 8],
        [layout.fileFlags, flags],
      ]);
    expect(get(`${mount}/a`)).toBe('EMFILE');
    expect(get(`${mount}/a`, 1)).toBe('EINVAL');
    expect(get(`${mount}/missing`)).toBe('ENOENT');
    expect(get(mount)).toBe('EACCES');
    expect(get(`${mount}/a/b`)).toBe('ENOTDIR');
  });

  it('spec 15.2: neither command needs a capability, and an attr of 8 bytes is enough to open', () => {
    const bench = getBench();
    const program = bench.verdict();
    bench.laboratory.withCapabilities([], () => {
      expect(pin(bench, program, `${bench.mount}/a`)).toBe(0);
      expect(open(bench, `${bench.mount}/a`, 0, [], 8)).toBeTypeOf('number');
    });
  });
}
