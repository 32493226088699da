import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { attr } from '../../src/abi/attr.js';
import { command, type Laboratory } from '../../src/index.js';
import type { Field, RawCalls, Result } from './raw-calls.js';
import { loadBtf } from './spec-15-1-btf.js';
import { open, pin } from './spec-15-2-pins.js';
import { put } from './spec-15-4-elements.js';
import { because, benches, onlyWhere, type Traits } from './spec-15-bench.js';
import { btfBlob } from './spec-15-btf.js';

const O_ACCMODE = 3;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const NOT_OPEN = 987_654;
const NO_DEVICE = 0x7fff_fff0;

/** Fds, and what happens when their table is full. */
export function spec15FdsSuite(makeLaboratory: () => Laboratory, traits: Traits): void {
  const getBench = benches(makeLaboratory, traits);
  const linux = traits.readOnly !== undefined;
  const fdinfo = (fd: number): ReadonlyMap<string, string> => {
    const lines = readFileSync(`/proc/thread-self/fdinfo/${fd}`, 'utf8').trimEnd().split('\n');
    return new Map(lines.map((line) => line.split(':\t') as [string, string]));
  };

  /** An fd from each command that gives one. */
  const oneOfEach = (): Readonly<Record<string, number>> => {
    const bench = getBench();
    const { raw } = bench;
    const target = bench.laboratory.addDevice();
    const [program, map, btf] = [bench.verdict(), bench.map(), loadBtf(bench)];
    const link = bench.fd(raw.linkCreate({ target, program }));
    expect(pin(bench, map, `${bench.mount}/map`)).toBe(0);
    return {
      program,
      map,
      btf,
      link,
      opened: bench.fd(open(bench, `${bench.mount}/map`)),
      programById: bench.fd(raw.programById(raw.idOf(program))),
      mapById: bench.fd(raw.openById(command.MAP_GET_FD_BY_ID, raw.idOf(map))),
      btfById: bench.fd(raw.openById(command.BTF_GET_FD_BY_ID, bench.btfId(btf))),
      linkById: bench.fd(raw.linkById(raw.linkInfo(link).id)),
      statistics: bench.fd(raw.call(command.ENABLE_STATS, 4, [])),
    };
  };

  it('spec 15.7.2 #1: a new fd is the lowest that is free', () => {
    const bench = getBench();
    const fds = Object.values(oneOfEach()).sort((a, b) => a - b);
    for (let i = 1; i < fds.length; i++) expect(fds[i]).toBeGreaterThan(fds[i - 1]!);
    const [first, second] = [bench.verdict(), bench.verdict()];
    bench.closeFd(first);
    expect(bench.map()).toBe(first);
    bench.closeFd(second);
    expect(bench.fd(bench.raw.call(command.ENABLE_STATS, 4, []))).toBe(second);
  });

  onlyWhere(
    linux,
    because.files,
    'spec 15.7.2 #1 #2: fds are close-on-exec, with the access modes of their kind',
    () => {
      const bench = getBench();
      const modes = Object.entries(oneOfEach()).map(([kind, fd]) => {
        const flags = Number.parseInt(fdinfo(fd).get('flags')!, 8);
        expect(flags & O_CLOEXEC, kind).toBe(O_CLOEXEC);
        return [kind, flags & O_ACCMODE];
      });
      expect(Object.fromEntries(modes)).toMatchObject({
        program: O_RDWR,
        map: O_RDWR,
        btf: 0,
        link: 0,
        opened: O_RDWR,
        programById: O_RDWR,
        mapById: O_RDWR,
        btfById: 0,
        linkById: 0,
      });
      const mapMode = (flags: number) =>
        Number.parseInt(fdinfo(bench.map([[16, flags]])).get('flags')!, 8) & O_ACCMODE;
      expect([mapMode(8), mapMode(16)]).toEqual([0, 1]);
    },
  );

  onlyWhere(
    linux,
    because.files,
    'spec 15.7.2 #3: an fd that a child has keeps the object until the child is reaped',
    async () => {
      const bench = getBench();
      const target = bench.laboratory.addDevice();
      const program = bench.verdict();
      const link = bench.fd(bench.raw.linkCreate({ target, program }));
      const [programId, linkId] = [bench.raw.idOf(program), bench.raw.linkInfo(link).id];
      const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore', program, link] });
      await once(child, 'spawn');
      bench.closeFd(program);
      bench.closeFd(link);
      expect([bench.exists('program', programId), bench.exists('link', linkId)]).toEqual([true, true]);
      expect(bench.raw.order(target)).toEqual([programId]);
      child.stdin!.end();
      await once(child, 'exit');
      expect([bench.exists('program', programId), bench.exists('link', linkId)]).toEqual([false, false]);
      expect(bench.raw.order(target)).toEqual([]);
    },
  );

  onlyWhere(!linux, because.fullTable, 'spec 15.7.2 #3: the end of a process closes all its fds', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const other = bench.crowded(9);
    const program = other.load();
    const link = other.linkCreate({ target, program: Number(program) });
    const ids = [other.idOf(Number(program)), other.linkInfo(Number(link)).id] as const;
    expect(bench.raw.order(target)).toEqual([ids[0]]);
    other.host.close();
    expect([bench.exists('program', ids[0]), bench.exists('link', ids[1])]).toEqual([false, false]);
    expect(bench.raw.order(target)).toEqual([]);
  });

  onlyWhere(
    !linux,
    because.fullTable,
    'spec 15.7.2 #4: EMFILE is the last check of whatever gives an fd; three kinds have consumed an id',
    () => {
      const bench = getBench();
      const kinds = { program: bench.verdict(), map: bench.map(), btf: loadBtf(bench) };
      expect(pin(bench, kinds.program, `${bench.mount}/a`)).toBe(0);
      const crowded = bench.crowded(0);
      const blob = btfBlob();
      const path: Field = [0, crowded.text(8192, `${bench.mount}/a`), 8];
      const blobFields: readonly Field[] = [
        [0, crowded.put(16_384, blob), 8],
        [16, blob.length],
      ];
      const shape: readonly Field[] = [
        [0, 3],
        [4, 4],
        [8, 4],
        [12, 4],
      ];
      const ids = [bench.raw.idOf(kinds.program), bench.raw.idOf(kinds.map), bench.btfId(kinds.btf)] as const;
      // The call, and what else may be wrong with it: another error, which wins.
      const calls: readonly (readonly [number, number, readonly Field[], Field, string])[] = [
        [command.MAP_CREATE, 92, shape, [12, 0], 'EINVAL'],
        [command.BTF_LOAD, 40, blobFields, [16, blob.length - 1], 'EINVAL'],
        [command.OBJ_GET, 20, [path], [12, 1], 'EINVAL'],
        [command.PROG_GET_FD_BY_ID, 4, [[0, ids[0]]], [0, 0], 'ENOENT'],
        [command.MAP_GET_FD_BY_ID, 12, [[0, ids[1]]], [0, 0], 'ENOENT'],
        [command.BTF_GET_FD_BY_ID, 16, [[0, ids[2]]], [0, 0], 'ENOENT'],
        [command.ENABLE_STATS, 4, [], [0, 1], 'EINVAL'],
      ];
      for (const [number, size, fields, wrong, error] of calls) {
        expect(crowded.call(number, size, fields), `${number}`).toBe('EMFILE');
        expect(crowded.call(number, size, [...fields, wrong]), `${number}`).toBe(error);
      }
      expect(crowded.load()).toBe('EMFILE');
      expect(bench.raw.idOf(bench.verdict()) - ids[0]).toBe(2);
      expect(bench.raw.idOf(bench.map()) - ids[1]).toBe(2);
      expect(bench.btfId(loadBtf(bench)) - ids[2]).toBe(2);
    },
  );

  const createLink = (raw: RawCalls, fields: readonly Field[]): Result =>
    raw.call(command.LINK_CREATE, attr.linkCreate.end, [[attr.linkCreate.attachType, 46], ...fields]);

  onlyWhere(
    !linux,
    because.fullTable,
    'spec 15.7.2 #5: LINK_CREATE: EMFILE comes before chapter 4 and after what is before it',
    () => {
      const bench = getBench();
      const target = bench.laboratory.addDevice();
      const crowded = bench.crowded(1);
      const program = Number(crowded.load());
      const { programFd, target: at, expectedRevision, flags } = attr.linkCreate;
      const link = (...fields: readonly Field[]) =>
        createLink(crowded, [[programFd, program], [at, target], ...fields]);
      const nextLink = () => {
        const made = bench.fd(
          bench.raw.linkCreate({ target: bench.laboratory.addDevice(), program: bench.verdict() }),
        );
        return bench.raw.linkInfo(made).id;
      };
      const first = nextLink();
      expect(link([programFd, NOT_OPEN])).toBe('EBADF');
      expect(link([programFd, 0])).toBe('EINVAL');
      expect(link([attr.linkCreate.attachType, 99])).toBe('EINVAL');
      expect(link([at, NO_DEVICE])).toBe('ENODEV');
      expect(link()).toBe('EMFILE');
      expect(link([expectedRevision, 99, 8])).toBe('EMFILE');
      expect(link([flags, 8], [attr.linkCreate.relative, NOT_OPEN])).toBe('EMFILE');
      expect(bench.raw.query(target)).toMatchObject({ count: 0, revision: 1 });
      expect(nextLink()).toBe(first + 1);
    },
  );

  it('spec 15.7.2 #5: ENODEV consumes no link id, a failure of chapter 4 does', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const program = bench.verdict();
    const { programFd, target: at, expectedRevision } = attr.linkCreate;
    const difference = (between: () => void): number => {
      const ids = [0, 1].map((turn) => {
        if (turn === 1) between();
        const link = bench.fd(
          createLink(bench.raw, [
            [programFd, program],
            [at, target],
          ]),
        );
        const { id } = bench.raw.linkInfo(link);
        bench.closeFd(link);
        return id;
      });
      return ids[1]! - ids[0]!;
    };
    // Whoever else makes links on this machine takes ids too, so one quiet moment has to do.
    const least = (between: () => void, wanted: number) => {
      let found = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 60 && found > wanted; turn++) found = Math.min(found, difference(between));
      return found;
    };
    expect(
      least(
        () =>
          expect(
            createLink(bench.raw, [
              [programFd, program],
              [at, NO_DEVICE],
            ]),
          ).toBe('ENODEV'),
        1,
      ),
    ).toBe(1);
    const stale = () =>
      expect(
        createLink(bench.raw, [
          [programFd, program],
          [at, target],
          [expectedRevision, 99, 8],
        ]),
      ).toBe('ESTALE');
    expect(least(stale, 2)).toBe(2);
  });

  onlyWhere(!linux, because.fullTable, 'spec 15.7.2 #6: what needs no fd works with a full table', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    const crowded = bench.crowded(4);
    const [a, b] = [Number(crowded.load()), Number(crowded.load())];
    const link = Number(crowded.linkCreate({ target, program: a }));
    const map = Number(
      crowded.call(command.MAP_CREATE, 92, [
        [0, 3],
        [4, 4],
        [8, 4],
        [12, 4],
      ]),
    );
    expect(crowded.load()).toBe('EMFILE');
    expect(crowded.attach({ target, program: b })).toBe(0);
    expect(crowded.order(target)).toHaveLength(2);
    expect(crowded.detach({ target, program: b })).toBe(0);
    expect(crowded.linkUpdate(link, b)).toBe(0);
    expect(crowded.info(link)).toBe(0);
    expect(
      crowded.call(command.OBJ_PIN, 20, [
        [0, crowded.text(0, `${bench.mount}/a`), 8],
        [8, a],
      ]),
    ).toBe(0);
    const key = crowded.put(512, [0, 0, 0, 0]);
    const value = crowded.put(520, new Uint8Array(Int32Array.of(b).buffer));
    const update = crowded.call(command.MAP_UPDATE_ELEM, 32, [
      [0, map],
      [8, key, 8],
      [16, value, 8],
    ]);
    expect(update).toBe(0);
    expect(crowded.linkDetach(link)).toBe(0);
  });

  it('spec 15.7.2 #7: close of the last link fd returns after the detach', () => {
    const bench = getBench();
    const target = bench.laboratory.addDevice();
    for (let i = 0; i < 5; i++) {
      const link = bench.fd(bench.raw.linkCreate({ target, program: bench.verdict() }));
      const { id } = bench.raw.linkInfo(link);
      bench.closeFd(link);
      expect(bench.raw.order(target)).toEqual([]);
      expect(bench.exists('link', id)).toBe(false);
    }
  });

  onlyWhere(linux, because.files, 'spec 15.7.2: what fdinfo says of programs, maps and BTF', () => {
    const bench = getBench();
    const { program, map, btf } = oneOfEach() as { program: number; map: number; btf: number };
    const names = (fd: number) => [...fdinfo(fd).keys()];
    const common = ['pos', 'flags', 'mnt_id', 'ino'];
    expect(names(program)).toEqual([
      ...common,
      'prog_type',
      'prog_jited',
      'prog_tag',
      'memlock',
      'prog_id',
      'run_time_ns',
      'run_cnt',
      'recursion_misses',
      'verified_insns',
    ]);
    const ofMap = [
      'map_type',
      'key_size',
      'value_size',
      'max_entries',
      'map_flags',
      'map_extra',
      'memlock',
      'map_id',
    ];
    expect(names(map)).toEqual([...common, ...ofMap, 'frozen']);
    expect(put(bench, map, 0, program)).toBe(0);
    expect(names(map)).toEqual([...common, ...ofMap, 'frozen', 'owner_prog_type', 'owner_jited']);
    expect(names(btf)).toEqual([...common, 'btf_id']);
    expect(fdinfo(program).get('prog_tag')).toBe('59f4a931744dcdc6');
    expect(Number(fdinfo(map).get('map_id'))).toBe(bench.raw.idOf(map));
    expect(Number(fdinfo(btf).get('btf_id'))).toBe(bench.btfId(btf));
  });
}
