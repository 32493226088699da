import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { command, type Laboratory } from '../../src/index.js';
import { eventually } from '../eventually.js';
import { open, pin } from './spec-15-2-pins.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';

const flag = { RDONLY: 8, WRONLY: 16 } as const;

/** What pins hold, and how bpffs behaves as a file system. */
export function spec15PinReferencesSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;
  const pins = () => getBench().laboratory.host.world.pins;
  /** A fresh program under a path, held by nothing else; returns its id. */
  const pinnedProgram = (name: string): number => {
    const bench = getBench();
    const fd = bench.verdict();
    const id = bench.raw.idOf(fd);
    expect(pin(bench, fd, `${bench.mount}/${name}`)).toBe(0);
    bench.closeFd(fd);
    return id;
  };
  const codeOf = (action: () => unknown): string | undefined => {
    try {
      action();
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it('spec 15.2: a pin holds one reference, and opening it gives another', () => {
    const bench = getBench();
    const id = pinnedProgram('a');
    expect(bench.exists('program', id)).toBe(true);
    const again = bench.fd(open(bench, `${bench.mount}/a`));
    expect(bench.raw.idOf(again)).toBe(id);
    pins().remove(`${bench.mount}/a`);
    expect(bench.exists('program', id)).toBe(true);
    bench.closeFd(again);
    expect(bench.exists('program', id)).toBe(false);
  });

  onlyWhere(
    linux,
    because.files,
    'spec 15.2: a pin is an empty file of its maker with mode 0600 minus umask',
    () => {
      const bench = getBench();
      pinnedProgram('a');
      expect(statSync(`${bench.mount}/a`)).toMatchObject({ size: 0, uid: 0, gid: 0 });
      expect(statSync(`${bench.mount}/a`).mode & 0o7777).toBe(0o600);
      const before = process.umask(0o277);
      try {
        pinnedProgram('b');
      } finally {
        process.umask(before);
      }
      expect(statSync(`${bench.mount}/b`).mode & 0o7777).toBe(0o400);
      expect(statSync(bench.mount).mode & 0o7777).toBe(0o1777);
    },
  );

  onlyWhere(linux, because.files, 'spec 15.2: what the opened fds are called', () => {
    const bench = getBench();
    const device = bench.laboratory.addDevice();
    const [program, map] = [bench.verdict(), bench.map()];
    const link = bench.fd(bench.raw.linkCreate({ target: device, program }));
    const nameOf = (fd: number) => readlinkSync(`/proc/self/fd/${fd}`);
    const opened = [program, map, link].map((fd, i) => {
      expect(pin(bench, fd, `${bench.mount}/x${i}`)).toBe(0);
      return nameOf(bench.fd(open(bench, `${bench.mount}/x${i}`)));
    });
    expect(opened).toEqual(['anon_inode:bpf-prog', 'anon_inode:bpf-map', 'anon_inode:bpf-link']);
    expect(nameOf(link)).toBe('anon_inode:bpf_link');
  });

  it('spec 15.2 a: RDONLY and WRONLY forbid what they say on maps', () => {
    const bench = getBench();
    const map = bench.map([
      [0, 2],
      [12, 2],
    ]);
    expect(pin(bench, map, `${bench.mount}/map`)).toBe(0);
    const [key, value] = [bench.place([0, 0, 0, 0]), bench.place([0, 0, 0, 0])];
    const element = (number: number, size: number, fd: number) =>
      bench.raw.call(number, size, [
        [0, fd],
        [8, key, 8],
        [16, value, 8],
      ]);
    const all = (fd: number) => [
      element(command.MAP_LOOKUP_ELEM, 32, fd),
      element(command.MAP_UPDATE_ELEM, 32, fd),
      bench.raw.call(command.MAP_DELETE_ELEM, 16, [
        [0, fd],
        [8, key, 8],
      ]),
      element(command.MAP_GET_NEXT_KEY, 24, fd),
    ];
    const reading = bench.fd(open(bench, `${bench.mount}/map`, flag.RDONLY));
    const writing = bench.fd(open(bench, `${bench.mount}/map`, flag.WRONLY));
    expect(all(reading)).toEqual([0, 'EPERM', 'EPERM', 0]);
    expect(all(writing)).toEqual(['EPERM', 0, 'EINVAL', 'EPERM']);
    expect(pin(bench, reading, `${bench.mount}/again`)).toBe(0);
    expect(all(bench.fd(open(bench, `${bench.mount}/again`)))).toEqual([0, 0, 'EINVAL', 0]);
  });

  it('spec 15.2 a: a program opened RDONLY attaches like any other', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const id = pinnedProgram('a');
    for (const flags of [flag.RDONLY, flag.WRONLY]) {
      const program = bench.fd(open(bench, `${bench.mount}/a`, flags));
      expect(bench.raw.attach({ target, program })).toBe(0);
      expect(bench.raw.order(target)).toEqual([id]);
      expect(bench.raw.detach({ target, program })).toBe(0);
    }
  });

  it('spec 15.2 b: an object may have many pins; it stays until the last is gone', () => {
    const bench = getBench();
    const id = pinnedProgram('a');
    const fd = bench.fd(open(bench, `${bench.mount}/a`));
    expect(pin(bench, fd, `${bench.mount}/b`)).toBe(0);
    bench.closeFd(fd);
    pins().remove(`${bench.mount}/a`);
    expect(bench.exists('program', id)).toBe(true);
    pins().remove(`${bench.mount}/b`);
    expect(bench.exists('program', id)).toBe(false);
  });

  onlyWhere(linux, because.files, 'spec 15.2 b: a hard link is a pin too', () => {
    const bench = getBench();
    const id = pinnedProgram('a');
    linkSync(`${bench.mount}/a`, `${bench.mount}/b`);
    unlinkSync(`${bench.mount}/a`);
    expect(bench.exists('program', id)).toBe(true);
    expect(bench.raw.idOf(bench.fd(open(bench, `${bench.mount}/b`)))).toBe(id);
  });

  it('spec 15.2 c: renaming over a pin drops what was there at once', () => {
    const bench = getBench();
    const [a, b] = [pinnedProgram('a'), pinnedProgram('b')];
    pins().rename(`${bench.mount}/a`, `${bench.mount}/b`);
    expect(bench.exists('program', b)).toBe(false);
    expect(bench.exists('program', a)).toBe(true);
    expect(bench.raw.idOf(bench.fd(open(bench, `${bench.mount}/b`)))).toBe(a);
    expect(open(bench, `${bench.mount}/a`)).toBe('ENOENT');
  });

  it('spec 15.2 c: after unlink a link has no id, and a worker detaches it', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    const link = bench.fd(bench.raw.linkCreate({ target, program }));
    const id = bench.raw.linkInfo(link).id;
    expect(pin(bench, link, `${bench.mount}/link`)).toBe(0);
    bench.closeFd(link);
    expect(bench.raw.order(target)).toEqual([bench.raw.idOf(program)]);
    pins().remove(`${bench.mount}/link`);
    expect(bench.exists('link', id)).toBe(false);
    eventually('detach', () => bench.raw.order(target).length === 0);
  });

  onlyWhere(linux, because.files, 'spec 15.2 c: unmounting the last mount drops its pins at once', () => {
    const bench = getBench();
    const directory = mkdtempSync(join(tmpdir(), 'mprog-'));
    try {
      pins().mount(directory);
      const fd = bench.verdict();
      const id = bench.raw.idOf(fd);
      expect(pin(bench, fd, `${directory}/a`)).toBe(0);
      bench.closeFd(fd);
      expect(bench.exists('program', id)).toBe(true);
      traits.unmount!(directory);
      expect(bench.exists('program', id)).toBe(false);
    } finally {
      rmdirSync(directory);
    }
  });

  it('spec 15.2 d: rename works over pins of another kind and into other directories', () => {
    const bench = getBench();
    const { mount } = bench;
    const id = pinnedProgram('a');
    expect(pin(bench, bench.map(), `${mount}/map`)).toBe(0);
    pins().makeDirectory(`${mount}/one/two`);
    pins().rename(`${mount}/a`, `${mount}/map`);
    pins().rename(`${mount}/map`, `${mount}/one/two/x`);
    expect(bench.raw.idOf(bench.fd(open(bench, `${mount}/one/two/x`)))).toBe(id);
    pins().rename(`${mount}/one`, `${mount}/three`);
    expect(open(bench, `${mount}/three/two/x`)).toBeTypeOf('number');
    expect(codeOf(() => pins().rename(`${mount}/three/two/x`, `${mount}/a.b`))).toBe('EPERM');
    expect(codeOf(() => pins().rename(`${mount}/missing`, `${mount}/b`))).toBe('ENOENT');
    expect(codeOf(() => pins().rename(`${mount}/three/two/x`, '/sys/fs/x'))).toBe('EXDEV');
  });

  it('spec 15.2 f: two pins change places in one step, of any kind and in any directory', () => {
    const bench = getBench();
    const { mount } = bench;
    const id = pinnedProgram('a');
    const map = bench.map();
    expect(pin(bench, map, `${mount}/map`)).toBe(0);
    pins().makeDirectory(`${mount}/one/two`);
    pinnedProgram('one/two/x');
    const idAt = (name: string) => bench.raw.idOf(bench.fd(open(bench, `${mount}/${name}`)));
    const mapId = bench.raw.idOf(map);
    pins().exchange(`${mount}/a`, `${mount}/map`);
    expect([idAt('a'), idAt('map')]).toEqual([mapId, id]);
    pins().exchange(`${mount}/map`, `${mount}/one`);
    expect(idAt('one')).toBe(id);
    expect(open(bench, `${mount}/map/two/x`)).toBeTypeOf('number');
    pins().exchange(`${mount}/one`, `${mount}/map/two`);
    expect([idAt('map/two'), typeof open(bench, `${mount}/one/x`)]).toEqual([id, 'number']);
    pins().exchange(`${mount}/a`, `${mount}/a`);
    expect(idAt('a')).toBe(mapId);
  });

  it('spec 15.2 f: an exchange drops no reference: the links of both pins stay attached', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const programs = ['one', 'two'].map((name) => {
      const program = bench.verdict();
      const link = bench.fd(bench.raw.linkCreate({ target, program }));
      expect(pin(bench, link, `${bench.mount}/${name}`)).toBe(0);
      bench.closeFd(link);
      return bench.raw.idOf(program);
    });
    pins().exchange(`${bench.mount}/one`, `${bench.mount}/two`);
    expect(bench.raw.order(target)).toEqual(programs);
    const inOne = bench.fd(open(bench, `${bench.mount}/one`));
    expect(bench.raw.linkInfo(inOne).program).toBe(programs[1]);
    bench.closeFd(inOne);
    for (const name of ['one', 'two']) pins().remove(`${bench.mount}/${name}`);
    eventually('detach', () => bench.raw.order(target).length === 0);
  });

  it('spec 15.2 f: what an exchange refuses leaves both as they were', () => {
    const bench = getBench();
    const { mount } = bench;
    const id = pinnedProgram('a');
    pins().makeDirectory(`${mount}/one/two`);
    const refused = (one: string, other: string) =>
      [codeOf(() => pins().exchange(one, other)), codeOf(() => pins().exchange(other, one))].join(' ');
    expect(refused(`${mount}/a`, `${mount}/missing`)).toBe('ENOENT ENOENT');
    expect(refused(`${mount}/a`, `${mount}/missing/x`)).toBe('ENOENT ENOENT');
    expect(refused(`${mount}/a`, `${mount}/a.b`)).toBe('EPERM EPERM');
    expect(refused(`${mount}/a`, `${mount}/a/b`)).toBe('ENOTDIR ENOTDIR');
    expect(refused(`${mount}/a`, '/sys/fs/x')).toBe('EXDEV EXDEV');
    expect(refused(`${mount}/a`, '/sys/fs')).toBe('EXDEV EXDEV');
    expect(refused(`${mount}/a`, mount)).toBe('EXDEV EXDEV');
    expect(refused(`${mount}/one`, `${mount}/one/two`)).toBe('EINVAL EINVAL');
    expect(bench.raw.idOf(bench.fd(open(bench, `${mount}/a`)))).toBe(id);
    expect(open(bench, `${mount}/one/two`)).toBe('EACCES');
  });

  it('spec 15.2 d: directories have no dots and are removed empty', () => {
    const bench = getBench();
    const { mount } = bench;
    pins().makeDirectory(`${mount}/directory`);
    expect(codeOf(() => pins().makeDirectory(`${mount}/a.b`))).toBe('EPERM');
    pinnedProgram('directory/x');
    expect(codeOf(() => pins().removeDirectory(`${mount}/directory`))).toBe('ENOTEMPTY');
    pins().remove(`${mount}/directory/x`);
    pins().removeDirectory(`${mount}/directory`);
    expect(open(bench, `${mount}/directory`)).toBe('ENOENT');
  });

  onlyWhere(linux, because.files, 'spec 15.2 d: other operations on bpffs', () => {
    const bench = getBench();
    const { mount } = bench;
    const other = mkdtempSync(join(tmpdir(), 'mprog-'));
    pinnedProgram('a');
    try {
      expect(codeOf(() => pins().rename(`${mount}/a`, join(other, 'a')))).toBe('EXDEV');
    } finally {
      rmSync(other, { recursive: true });
    }
    const before = process.umask(0o027);
    try {
      mkdirSync(`${mount}/directory`);
    } finally {
      process.umask(before);
    }
    expect(statSync(`${mount}/directory`).mode & 0o777).toBe(0o750);
    symlinkSync('a', `${mount}/symbolic`);
    expect(codeOf(() => openSync(`${mount}/new`, 'w'))).toBe('EACCES');
    expect(codeOf(() => openSync(`${mount}/a`, 'r'))).toBe('EIO');
    chmodSync(`${mount}/a`, 0o444);
    chownSync(`${mount}/a`, 1, 1);
    expect(statSync(`${mount}/a`)).toMatchObject({ uid: 1, gid: 1 });
  });

  it('spec 15.2 e: a defunct link can be pinned and opened', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const link = bench.fd(bench.raw.linkCreate({ target, program: bench.verdict() }));
    expect(bench.raw.linkDetach(link)).toBe(0);
    expect(pin(bench, link, `${bench.mount}/link`)).toBe(0);
    const again = bench.fd(open(bench, `${bench.mount}/link`));
    expect(bench.raw.linkInfo(again)).toMatchObject({ ifindex: 0, id: bench.raw.linkInfo(link).id });
  });

  it('spec 15.2 e: a pinned link stays attached without any fd', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const link = bench.fd(bench.raw.linkCreate({ target, program: bench.verdict() }));
    expect(pin(bench, link, `${bench.mount}/link`)).toBe(0);
    bench.closeFd(link);
    expect(bench.raw.order(target)).toHaveLength(1);
    pins().remove(`${bench.mount}/link`);
  });

  it('spec 15.8 #7: a link with two pins detaches after the second unlink, also when one is renamed over it', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const link = bench.fd(bench.raw.linkCreate({ target, program: bench.verdict() }));
    expect(pin(bench, link, `${bench.mount}/one`)).toBe(0);
    expect(pin(bench, link, `${bench.mount}/two`)).toBe(0);
    bench.closeFd(link);
    pins().remove(`${bench.mount}/one`);
    expect(bench.raw.order(target)).toHaveLength(1);
    pinnedProgram('other');
    pins().rename(`${bench.mount}/other`, `${bench.mount}/two`);
    eventually('detach', () => bench.raw.order(target).length === 0);
  });
}
