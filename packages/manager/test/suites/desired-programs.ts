import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MprogError } from '@mprog/core';
import { type Laboratory, type MapInfo, programType } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { journalIntent } from '../../src/journal-intent.js';
import type { Policy, PolicyObject, PolicyProgram } from '../../src/policy/policy.js';
import type { DesiredObject, DesiredProgram } from '../../src/programs/desired-program.js';
import { desiredPrograms } from '../../src/programs/desired-programs.js';
import { loadDesired } from '../../src/programs/load-desired.js';
import { ManagerBench, object, overridden, refusalOf } from './manager-bench.js';

const PIN = '/sys/fs/bpf/mprog/programs/firewall';
const HOOK = { layer: 'tcx', direction: 'ingress' } as const;
const source = { where: 'policy.yaml:3:5', words: 'firewall' };

/** Programs of a policy: what the host has of them, and how they are loaded. */
export function desiredProgramSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);

  const file = (name: string) => join(bench.stateDirectory, name);
  const wanted = (parts: Partial<PolicyObject> = {}): PolicyObject => ({
    kind: 'object',
    name: 'firewall',
    path: file('firewall.o'),
    program: null,
    maps: 'reuse',
    source,
    ...parts,
  });
  const policyOf = (programs: readonly PolicyProgram[]): Policy => ({
    version: 1,
    programs: new Map(programs.map((program) => [program.name, program])),
    hooks: [],
    file: 'policy.yaml',
    directory: bench.stateDirectory,
  });
  const desiredOf = (programs: readonly PolicyProgram[]) =>
    desiredPrograms(bench.context, policyOf(programs), new Map(programs.map(({ name }) => [name, HOOK])));
  const desired = (program: PolicyProgram = wanted()): DesiredProgram => {
    const { programs, errors } = desiredOf([program]);
    for (const error of errors.values()) throw error;
    return programs.get(program.name)!;
  };
  const apply = (program: PolicyProgram = wanted()) => {
    using ready = loadDesired(bench.context, desired(program), 'undo');
    return { id: ready.program.id!, done: ready.done };
  };
  const writeObject = (name = 'firewall', path = 'firewall.o') => copyFileSync(object(name), file(path));
  /** A newer file of the same program: its digest is another one. */
  const rebuild = (path = 'firewall.o') =>
    writeFileSync(file(path), Buffer.concat([readFileSync(file(path)), Buffer.alloc(1)]));
  const mapsOf = (id: number): readonly MapInfo[] => {
    const { maps, programs } = bench.kernel;
    using program = programs.open(id);
    return programs.info(program.fd).mapIds.map((mapId) => {
      using map = maps.open(mapId);
      return maps.info(map.fd);
    });
  };
  const isThere = (id: number): boolean => {
    try {
      bench.kernel.programs.open(id).close();
      return true;
    } catch {
      return false;
    }
  };
  const idAt = (path: string): number => {
    using pinned = bench.kernel.pins.open(path);
    return bench.kernel.programs.info(pinned.fd).id;
  };
  const undoPins = () => bench.pins().filter((path) => path.startsWith('/sys/fs/bpf/mprog/undo/'));

  describe('of a host that has nothing of it', () => {
    test('it is to be loaded, and planning loads and records nothing', () => {
      writeObject();
      const digest = createHash('sha256')
        .update(readFileSync(file('firewall.o')))
        .digest('hex');
      expect(desired()).toMatchObject({
        kind: 'object',
        action: 'load',
        id: null,
        pin: PIN,
        pinned: null,
        origin: { object: file('firewall.o'), digest, function: 'firewall' },
        as: { type: programType.SCHED_CLS },
        maps: [{ name: 'blocked', action: 'create', id: null }],
      });
      expect(bench.loads).toBe(0);
      expect(bench.pins()).toEqual([]);
      expect(() => bench.journal()).toThrow('ENOENT');
    });

    test('it is loaded once, pinned under its name and recorded; the next time nothing is done', () => {
      writeObject();
      const { id, done } = apply();
      expect(done).toBe('loaded');
      expect(bench.pins()).toEqual([PIN]);
      expect(idAt(PIN)).toBe(id);
      const record = {
        operation: 'load-program',
        program: id,
        policyProgram: 'firewall',
        pin: PIN,
        replaced: null,
      };
      expect(bench.journal()).toMatchObject([
        { ...record, phase: 'before', function: 'firewall', object: file('firewall.o') },
        { ...record, phase: 'after', outcome: 'done' },
      ]);
      const again = desired();
      expect(again).toMatchObject({ action: 'none', id, pinned: id, maps: [], notes: [] });
      expect([...again.versions]).toEqual([[id, 'current']]);
      expect(apply()).toEqual({ id, done: 'nothing' });
      expect(bench.loads).toBe(1);
      expect(bench.journal()).toHaveLength(2);
    });

    test('names of policies become names of pins', () => {
      writeObject();
      apply(wanted({ name: 'fire.wall' }));
      expect(bench.pins()).toEqual(['/sys/fs/bpf/mprog/programs/fire%2Ewall']);
    });

    test('programs that no hook needs are left out, and errors are kept apart', () => {
      writeObject();
      const programs = [
        wanted(),
        wanted({ name: 'other', path: file('missing.o') }),
        wanted({ name: 'unused' }),
      ];
      const needed = new Map([
        ['firewall', HOOK],
        ['other', HOOK],
      ]);
      const result = desiredPrograms(bench.context, policyOf(programs), needed);
      expect([...result.programs.keys()]).toEqual(['firewall']);
      expect([...result.errors].map(([name, { code }]) => [name, code])).toEqual([['other', 'ENOENT']]);
      expect(result.errors.get('other')?.message).toContain('plan program other (policy.yaml:3:5): ');
    });
  });

  describe('of a host that has an older version', () => {
    test('it is loaded with the maps of that one, which is kept for undo', () => {
      writeObject();
      const first = apply().id;
      const [map] = mapsOf(first);
      rebuild();
      const plan = desired();
      expect(plan).toMatchObject({
        action: 'update',
        id: first,
        pinned: first,
        maps: [{ name: 'blocked', action: 'reuse', id: map!.id }],
      });
      expect([...plan.versions]).toEqual([[first, 'older']]);
      const second = apply().id;
      expect(second).not.toBe(first);
      expect(mapsOf(second).map(({ id }) => id)).toEqual([map!.id]);
      expect(idAt(PIN)).toBe(second);
      expect(undoPins()).toEqual([`/sys/fs/bpf/mprog/undo/undo/${first}`]);
      expect(idAt(undoPins()[0]!)).toBe(first);
      expect(bench.journal().at(-1)).toMatchObject({ program: second, replaced: first, outcome: 'done' });
      expect(desired()).toMatchObject({ action: 'none', id: second });
      expect([...desired().versions]).toEqual([
        [first, 'older'],
        [second, 'current'],
      ]);
      expect(apply().done).toBe('nothing');
    });

    test('maps: fresh makes them anew', () => {
      writeObject();
      const first = apply().id;
      rebuild();
      const fresh = wanted({ maps: 'fresh' });
      expect(desired(fresh).maps).toEqual([{ name: 'blocked', action: 'create', id: null }]);
      const second = apply(fresh).id;
      expect(mapsOf(second)[0]?.id).not.toBe(mapsOf(first)[0]?.id);
    });

    test('variables go on, constants are new', () => {
      writeObject('parts');
      const first = apply().id;
      rebuild();
      const { maps } = desired();
      expect(new Map(maps.map(({ name, action }) => [name, action]))).toEqual(
        new Map([
          ['firewall.rodata', 'create'],
          ['firewall.data', 'reuse'],
          ['firewall.bss', 'reuse'],
        ]),
      );
      const ids = (id: number) => new Map(mapsOf(id).map((map) => [map.name, map.id]));
      const [before, after] = [ids(first), ids(apply().id)];
      expect(after.get('firewall.data')).toBe(before.get('firewall.data'));
      expect(after.get('firewall.bss')).toBe(before.get('firewall.bss'));
      expect(after.get('firewall.rodata')).not.toBe(before.get('firewall.rodata'));
    });

    test('a map that does not fit is an error of the plan, with the remedy', () => {
      writeObject();
      apply();
      // Another program under the same name, with a map of the same name and another form.
      const bytes = Buffer.from(readFileSync(file('firewall.o')));
      changeMapType(bytes);
      writeFileSync(file('firewall.o'), bytes);
      const id = idAt(PIN);
      expect(refusalOf(() => desired())).toMatchObject({
        code: 'EINVAL',
        message:
          `plan program firewall (policy.yaml:3:5): map blocked of id:${id} can't go on: ` +
          'its type is 1, and the object wants 9 (EINVAL); say maps: fresh to begin with empty maps',
        data: { maps: ['blocked'] },
      });
      expect(desired(wanted({ maps: 'fresh' }))).toMatchObject({ action: 'update' });
    });

    test('a file that moved is the same program as long as name and contents are', () => {
      writeObject();
      const { id } = apply();
      writeObject('firewall', 'moved.o');
      expect(desired(wanted({ path: file('moved.o') }))).toMatchObject({ action: 'none', id });
    });

    test('another function of the same file is another program', () => {
      writeObject('audit');
      const { id } = apply(wanted({ program: 'audit_in' }));
      expect(desired(wanted({ program: 'audit_in' }))).toMatchObject({ action: 'none', id });
      expect(desired(wanted({ program: 'audit_out' }))).toMatchObject({ action: 'update', id });
    });

    test('two programs of a policy from one file are two programs', () => {
      writeObject();
      const programs = [wanted(), wanted({ name: 'second' })];
      for (const name of ['firewall', 'second']) {
        using _ready = loadDesired(bench.context, desiredOf(programs).programs.get(name)!, 'undo');
      }
      const { programs: found } = desiredOf(programs);
      const ids = ['firewall', 'second'].map((name) => found.get(name)!.id);
      expect(new Set(ids).size).toBe(2);
      expect(['firewall', 'second'].map((name) => [...found.get(name)!.versions.keys()])).toEqual([
        [ids[0]],
        [ids[1]],
      ]);
    });
  });

  describe('that mprog loaded otherwise', () => {
    test('what was attached from the same file is that program, and gets the pin', () => {
      writeObject();
      const attached = bench.manager.attach(bench.hook, file('firewall.o'));
      const { id } = attached.program!;
      expect(desired()).toMatchObject({ action: 'none', id, pinned: null });
      expect(apply()).toEqual({ id, done: 'pinned' });
      expect(idAt(PIN)).toBe(id);
      expect(bench.loads).toBe(1);
      expect(bench.ids()).toEqual([id]);
      expect(apply().done).toBe('nothing');
    });

    test('the latest current version is shared, before any older one; all of them are versions', () => {
      writeObject();
      const attach = () => bench.manager.attach(bench.hook, file('firewall.o')).program!.id!;
      const [a, b] = [attach(), attach()];
      rebuild();
      const c = attach();
      const { id, versions } = desired();
      expect(id).toBe(c);
      expect([...versions]).toEqual([
        [a, 'older'],
        [b, 'older'],
        [c, 'current'],
      ]);
      bench.manager.detach(bench.hook, `id:${c}`);
      expect(desired()).toMatchObject({ action: 'update', id: b });
    });

    test('a program with the same name and tag that somebody else loaded is none of them', () => {
      writeObject();
      const { objects } = bench.laboratory.host;
      using other = objects.load(readFileSync(file('firewall.o')), { name: file('firewall.o') });
      bench.kernel.attachments.attach(bench.kernelHook(), other.programs[0]!.fd);
      expect(desired()).toMatchObject({ action: 'load', id: null });
      expect(desired().versions.size).toBe(0);
    });

    test('what was loaded for another program of the policy is not this one', () => {
      writeObject();
      const { id } = apply(wanted({ name: 'other' }));
      expect(desired().id).toBe(id);
      expect(desiredOf([wanted(), wanted({ name: 'other' })]).programs.get('firewall')).toMatchObject({
        action: 'load',
        id: null,
      });
    });

    test('a pin without a record is ours, and counts as an older version', () => {
      writeObject();
      const { id } = apply();
      writeFileSync(file('journal.jsonl'), '');
      const plan = desired();
      expect(plan).toMatchObject({
        action: 'update',
        id,
        notes: [`where id:${id} at ${PIN} comes from is not recorded, so it counts as an older version`],
      });
      expect([...plan.versions]).toEqual([[id, 'older']]);
      const second = apply();
      expect(second.done).toBe('loaded');
      expect(idAt(undoPins()[0]!)).toBe(id);
    });
  });

  describe('whose pin is taken', () => {
    test.each([
      ['a link', () => bench.kernel.pins.pin(bench.foreignLink().fd, PIN)],
      ['a map', () => bench.kernel.pins.pin(bench.kernel.maps.createProgramArray('array', 1).fd, PIN)],
      ['a directory', () => bench.laboratory.host.world.pins.makeDirectory(PIN)],
    ])('by %s', (what, take) => {
      writeObject();
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      take();
      const error = refusalOf(() => desired());
      expect(error).toMatchObject({ code: 'EEXIST' });
      expect(error.message).toBe(
        `plan program firewall (policy.yaml:3:5): ${PIN} is taken by ${what} (EEXIST); remove it, or call the program otherwise`,
      );
    });

    test('by a program that was loaded from elsewhere', () => {
      writeObject();
      const { program } = bench.manager.loadProgram(object('stop'), { pin: PIN });
      const error = refusalOf(() => desired());
      expect(error.code).toBe('EEXIST');
      expect(error.message).toContain(
        `${PIN} is taken by id:${program?.id}, which was loaded from ${object('stop')}:stop (EEXIST); unpin it`,
      );
    });
  });

  describe('that is pinned by somebody else', () => {
    const pinned = (path: string): PolicyProgram => ({ kind: 'pinned', name: 'firewall', path, source });

    test('is that program as it is', () => {
      const { fd, id } = bench.load('theirs');
      bench.kernel.pins.pin(fd, '/sys/fs/bpf/theirs');
      expect(desired(pinned('/sys/fs/bpf/theirs'))).toMatchObject({ kind: 'pinned', action: 'none', id });
      expect(apply(pinned('/sys/fs/bpf/theirs'))).toEqual({ id, done: 'nothing' });
      expect(bench.pins()).toEqual(['/sys/fs/bpf/theirs']);
    });

    test('has to be there, and a program', () => {
      bench.kernel.pins.pin(bench.foreignLink().fd, '/sys/fs/bpf/link');
      expect(refusalOf(() => desired(pinned('/sys/fs/bpf/none'))).code).toBe('ENOENT');
      const error = refusalOf(() => desired(pinned('/sys/fs/bpf/link')));
      expect(error.message).toContain('what is at /sys/fs/bpf/link is a link, no program (EINVAL)');
    });
  });

  describe('between plan and load', () => {
    test('a pin that came or changed is ESTALE, and nothing is loaded', () => {
      writeObject();
      const plan = desired();
      const { fd } = bench.load('theirs');
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      bench.kernel.pins.pin(fd, PIN);
      expect(refusalOf(() => loadDesired(bench.context, plan, 'undo')).code).toBe('ESTALE');
      expect(bench.loads).toBe(0);
    });

    test('a map that went is ESTALE', () => {
      writeObject();
      apply();
      rebuild();
      const plan = desired() as DesiredObject;
      const gone = { ...plan, maps: [{ name: 'blocked', action: 'reuse' as const, id: 0x7fff_fffe }] };
      const error = refusalOf(() => loadDesired(bench.context, gone, 'undo'));
      expect(error).toMatchObject({ code: 'ESTALE', message: expect.stringContaining('map blocked') });
      expect(bench.loads).toBe(1);
    });
  });

  describe('that can’t be loaded', () => {
    const pinsThat = (members: Partial<Laboratory['host']['world']['pins']>) => {
      const { context } = bench;
      return {
        ...context,
        world: overridden(context.world, { pins: overridden(context.world.pins, members) }),
      };
    };
    const failure = () => {
      throw new MprogError('EIO', 'rename pin: the disk is on fire (EIO)');
    };

    test('a failure at its last step leaves kernel, pins and the older version as they were', () => {
      writeObject();
      const first = apply().id;
      rebuild();
      const plan = desired();
      const known = bench.journal().length;
      expect(refusalOf(() => loadDesired(pinsThat({ rename: failure }), plan, 'undo')).code).toBe('EIO');
      expect(bench.pins()).toEqual([PIN]);
      expect(idAt(PIN)).toBe(first);
      const [before, after] = bench.journal().slice(known);
      expect(after).toMatchObject({ phase: 'after', outcome: 'failed', error: 'EIO' });
      expect(isThere(before!.program!)).toBe(false);
      expect(desired()).toMatchObject({ action: 'update', id: first });
    });

    test('a first load that fails leaves no directory behind', () => {
      writeObject();
      expect(refusalOf(() => loadDesired(pinsThat({ rename: failure }), desired(), 'undo')).code).toBe('EIO');
      expect(refusalOf(() => bench.laboratory.host.world.pins.list('/sys/fs/bpf/mprog')).code).toBe('ENOENT');
    });

    test('a journal that can’t be written keeps everything as it was', () => {
      writeObject();
      const plan = desired();
      const { context } = bench;
      const journal = overridden(context.journal, {
        begin: () => {
          throw new MprogError('ENOSPC', 'write journal: no room (ENOSPC)');
        },
      });
      expect(refusalOf(() => loadDesired({ ...context, journal }, plan, 'undo')).code).toBe('ENOSPC');
      expect(bench.pins()).toEqual([]);
    });

    test('after a kill right before the last step the next load takes the program from where it waits', () => {
      writeObject();
      const first = apply().id;
      rebuild();
      const plan = desired() as DesiredObject;
      const { journal, kernel } = bench.context;
      const loaded = kernel.host.objects.load(plan.bytes, { name: plan.origin.object });
      const { id } = kernel.programs.info(loaded.programs[0]!.fd);
      journal.begin(
        journalIntent({
          operation: 'load-program',
          program: id,
          ...plan.origin,
          policyProgram: 'firewall',
          pin: PIN,
        }),
      );
      kernel.pins.pin(loaded.programs[0]!.fd, `${PIN}~new`);
      loaded.close();
      const loads = bench.loads;
      expect(desired()).toMatchObject({ action: 'none', id, pinned: first });
      expect(apply()).toEqual({ id, done: 'pinned' });
      expect(bench.loads).toBe(loads);
      expect(idAt(PIN)).toBe(id);
      expect(bench.pins().filter((path) => path.endsWith('~new'))).toEqual([]);
      expect(idAt(undoPins()[0]!)).toBe(first);
    });

    test('what was left there of something else goes', () => {
      writeObject();
      const { fd, id } = bench.load('left');
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      bench.kernel.pins.pin(fd, `${PIN}~new`);
      const own = apply();
      expect(own.id).not.toBe(id);
      expect(bench.pins()).toEqual([PIN]);
    });
  });
}

/** Makes the hash of an object a map of type 9: the length of the only array of 1 in its BTF is the type. */
function changeMapType(bytes: Buffer): void {
  const BTF_ARRAY = 3;
  const places: number[] = [];
  for (let at = 0; at + 24 <= bytes.length; at += 4) {
    const isArray = bytes.readUInt32LE(at) === 0 && bytes.readUInt32LE(at + 4) === BTF_ARRAY << 24;
    if (isArray && bytes.readUInt32LE(at + 8) === 0 && bytes.readUInt32LE(at + 20) === 1)
      places.push(at + 20);
  }
  expect(places).toHaveLength(1);
  bytes.writeUInt32LE(9, places[0]!);
}
