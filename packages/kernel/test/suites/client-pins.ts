import { describe, expect, it } from 'vitest';
import type { Kernel, Laboratory, TcxHook } from '../../src/index.js';
import { eventually } from '../eventually.js';
import { refused } from './refused.js';

/** What the tests of the client share; each test has a laboratory of its own. */
export interface ClientBench {
  readonly laboratory: Laboratory;
  readonly kernel: Kernel;
  readonly hook: TcxHook;
  /** Loads a program that is closed at the end of the test. */
  readonly load: (name: string) => { readonly fd: number; readonly id: number };
  /** Ids of the programs on the hook, in run order. */
  readonly order: () => readonly number[];
}

/** The client's verbs for pins. */
export function pinSuite(bench: ClientBench): void {
  describe('pins', () => {
    const root = () => bench.laboratory.host.world.pins.mounts()[0] as string;

    it('hold an object and give it back', () => {
      const { fd, id } = bench.load('a');
      const { pins } = bench.laboratory.host.world;
      pins.makeDirectory(`${root()}/mprog/programs`);
      const path = `${root()}/mprog/programs/a`;
      bench.kernel.pins.pin(fd, path);
      expect(pins.list(`${root()}/mprog`)).toEqual([path]);
      using pinned = bench.kernel.pins.open(path);
      expect(pinned.kind).toBe('program');
      expect(bench.kernel.programs.info(pinned.fd).id).toBe(id);
      pins.rename(path, `${root()}/mprog/b`);
      expect(refused(() => bench.kernel.pins.open(path)).message).toBe(
        `open pin ${path}: nothing is pinned there (ENOENT)`,
      );
      pins.remove(`${root()}/mprog/b`);
      expect(pins.list(`${root()}/mprog`)).toEqual([]);
    });

    it('are told from directories and from nothing', () => {
      const { pins } = bench.laboratory.host.world;
      const directory = `${root()}/mprog/programs`;
      pins.makeDirectory(directory);
      bench.kernel.pins.pin(bench.load('a').fd, `${directory}/a`);
      expect(
        [root(), directory, `${directory}/a`, `${directory}/b`, `${root()}/none/a`].map((path) =>
          pins.kindOf(path),
        ),
      ).toEqual(['directory', 'directory', 'pin', null, null]);
      expect(() => pins.kindOf(`${directory}/a/b`)).toThrow('(ENOTDIR)');
      expect(() => pins.kindOf(`${directory}/with.dot`)).toThrow('(EPERM)');
    });

    it('keep a link attached without any fd', () => {
      const link = bench.kernel.links.create(bench.hook, bench.load('a').fd);
      bench.kernel.pins.pin(link.fd, `${root()}/link`);
      link.close();
      expect(bench.order()).toHaveLength(1);
      using pinned = bench.kernel.pins.open(`${root()}/link`);
      expect(pinned.kind).toBe('link');
      pinned.close();
      bench.laboratory.host.world.pins.remove(`${root()}/link`);
      // Linux detaches after the unlink has returned (spec 15.2 c).
      eventually('detach', () => bench.order().length === 0);
    });

    it('say why a path is refused', () => {
      const { fd } = bench.load('a');
      bench.kernel.pins.pin(fd, `${root()}/a`);
      expect(refused(() => bench.kernel.pins.pin(fd, `${root()}/a`)).message).toContain(
        'pinned there already',
      );
      expect(refused(() => bench.kernel.pins.pin(fd, `${root()}/missing/a`)).code).toBe('ENOENT');
      expect(refused(() => bench.kernel.pins.pin(fd, `${root()}/a.b`)).code).toBe('EPERM');
      expect(refused(() => bench.kernel.pins.pin(fd, '/mprog-no-bpffs')).code).toBe('EPERM');
      expect(refused(() => bench.kernel.pins.pin(987_654, `${root()}/c`)).code).toBe('EINVAL');
      expect(refused(() => bench.kernel.pins.pin(fd, `${root()}/${'x'.repeat(5000)}`)).code).toBe(
        'ENAMETOOLONG',
      );
      expect(refused(() => bench.kernel.pins.open(`${root()}/a\0b`)).code).toBe('ENAMETOOLONG');
    });
  });
}
