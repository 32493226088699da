import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Laboratory, type MapInfo, programType } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { loadDesired } from '../../src/programs/load-desired.js';
import { object, refusalOf } from './manager-bench.js';
import { PolicyProgramBench } from './policy-program-bench.js';

/** Programs of a policy: what the host has of them. */
export function desiredProgramSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyProgramBench(makeLaboratory);

  const mapsOf = (id: number): readonly MapInfo[] => {
    const { maps, programs } = bench.kernel;
    using program = programs.open(id);
    return programs.info(program.fd).mapIds.map((mapId) => {
      using map = maps.open(mapId);
      return maps.info(map.fd);
    });
  };

  describe('of a host that has nothing of it', () => {
    test('it is to be loaded, and planning loads and records nothing', () => {
      bench.writeObject();
      const digest = createHash('sha256')
        .update(readFileSync(bench.file('firewall.o')))
        .digest('hex');
      expect(bench.desired()).toMatchObject({
        kind: 'object',
        action: 'load',
        id: null,
        pin: bench.pin,
        pinned: null,
        origin: { object: bench.file('firewall.o'), digest, function: 'firewall' },
        as: { type: programType.SCHED_CLS },
        maps: [{ name: 'blocked', action: 'create', id: null }],
      });
      expect(bench.loads).toBe(0);
      expect(bench.pins()).toEqual([]);
      expect(() => bench.journal()).toThrow('ENOENT');
    });

    test('it is loaded once, pinned under its name and recorded; the next time nothing is done', () => {
      bench.writeObject();
      const { id, done } = bench.apply();
      expect(done).toBe('loaded');
      expect(bench.pins()).toEqual([bench.pin]);
      expect(bench.idAt(bench.pin)).toBe(id);
      const record = {
        operation: 'load-program',
        program: id,
        policyProgram: 'firewall',
        pin: bench.pin,
        replaced: null,
      };
      expect(bench.journal()).toMatchObject([
        { ...record, phase: 'before', function: 'firewall', object: bench.file('firewall.o') },
        { ...record, phase: 'after', outcome: 'done' },
      ]);
      const again = bench.desired();
      expect(again).toMatchObject({ action: 'none', id, pinned: id, maps: [], notes: [] });
      expect([...again.versions]).toEqual([[id, 'current']]);
      expect(bench.apply()).toEqual({ id, done: 'nothing' });
      expect(bench.loads).toBe(1);
      expect(bench.journal()).toHaveLength(2);
    });

    test('names of policies become names of pins', () => {
      bench.writeObject();
      bench.apply(bench.wanted({ name: 'fire.wall' }));
      expect(bench.pins()).toEqual(['/sys/fs/bpf/mprog/programs/fire%2Ewall']);
    });

    test('programs that no hook needs are left out, and errors are kept apart', () => {
      bench.writeObject();
      const programs = [
        bench.wanted(),
        bench.wanted({ name: 'other', path: bench.file('missing.o') }),
        bench.wanted({ name: 'unused' }),
      ];
      const result = bench.desiredOf(programs, ['firewall', 'other']);
      expect([...result.programs.keys()]).toEqual(['firewall']);
      expect([...result.errors].map(([name, { code }]) => [name, code])).toEqual([['other', 'ENOENT']]);
      expect(result.errors.get('other')?.message).toContain('plan program other (policy.yaml:3:5): ');
    });
  });

  describe('of a host that has an older version', () => {
    test('it is loaded with the maps of that one, which is kept for undo', () => {
      bench.writeObject();
      const first = bench.apply().id;
      const [map] = mapsOf(first);
      bench.rebuild();
      const plan = bench.desired();
      expect(plan).toMatchObject({
        action: 'update',
        id: first,
        pinned: first,
        maps: [{ name: 'blocked', action: 'reuse', id: map!.id }],
      });
      expect([...plan.versions]).toEqual([[first, 'older']]);
      const second = bench.apply().id;
      expect(second).not.toBe(first);
      expect(mapsOf(second).map(({ id }) => id)).toEqual([map!.id]);
      expect(bench.idAt(bench.pin)).toBe(second);
      expect(bench.undoPins()).toEqual([`/sys/fs/bpf/mprog/undo/undo/${first}`]);
      expect(bench.idAt(bench.undoPins()[0]!)).toBe(first);
      expect(bench.journal().at(-1)).toMatchObject({ program: second, replaced: first, outcome: 'done' });
      expect(bench.desired()).toMatchObject({ action: 'none', id: second });
      expect([...bench.desired().versions]).toEqual([
        [first, 'older'],
        [second, 'current'],
      ]);
      expect(bench.apply().done).toBe('nothing');
    });

    test('maps: fresh makes them anew', () => {
      bench.writeObject();
      const first = bench.apply().id;
      bench.rebuild();
      const fresh = bench.wanted({ maps: 'fresh' });
      expect(bench.desired(fresh).maps).toEqual([{ name: 'blocked', action: 'create', id: null }]);
      const second = bench.apply(fresh).id;
      expect(mapsOf(second)[0]?.id).not.toBe(mapsOf(first)[0]?.id);
    });

    test('variables go on, constants are new', () => {
      bench.writeObject('parts');
      const first = bench.apply().id;
      bench.rebuild();
      const { maps } = bench.desired();
      expect(new Map(maps.map(({ name, action }) => [name, action]))).toEqual(
        new Map([
          ['firewall.rodata', 'create'],
          ['firewall.data', 'reuse'],
          ['firewall.bss', 'reuse'],
        ]),
      );
      const ids = (id: number) => new Map(mapsOf(id).map((map) => [map.name, map.id]));
      const [before, after] = [ids(first), ids(bench.apply().id)];
      expect(after.get('firewall.data')).toBe(before.get('firewall.data'));
      expect(after.get('firewall.bss')).toBe(before.get('firewall.bss'));
      expect(after.get('firewall.rodata')).not.toBe(before.get('firewall.rodata'));
    });

    test('a map that does not fit is an error of the plan, with the remedy', () => {
      bench.writeObject();
      bench.apply();
      // Another program under the same name, with a map of the same name and another form.
      const bytes = Buffer.from(readFileSync(bench.file('firewall.o')));
      changeMapType(bytes);
      writeFileSync(bench.file('firewall.o'), bytes);
      const id = bench.idAt(bench.pin);
      expect(refusalOf(() => bench.desired())).toMatchObject({
        code: 'EINVAL',
        message:
          `plan program firewall (policy.yaml:3:5): map blocked of id:${id} can't go on: ` +
          'its type is 1, and the object wants 9 (EINVAL); say maps: fresh to begin with empty maps',
        data: { maps: ['blocked'] },
      });
      expect(bench.desired(bench.wanted({ maps: 'fresh' }))).toMatchObject({ action: 'update' });
    });

    test('a file that moved is the same program as long as name and contents are', () => {
      bench.writeObject();
      const { id } = bench.apply();
      bench.writeObject('firewall', 'moved.o');
      expect(bench.desired(bench.wanted({ path: bench.file('moved.o') }))).toMatchObject({
        action: 'none',
        id,
      });
    });

    test('another function of the same file is another program', () => {
      bench.writeObject('audit');
      const { id } = bench.apply(bench.wanted({ program: 'audit_in' }));
      expect(bench.desired(bench.wanted({ program: 'audit_in' }))).toMatchObject({ action: 'none', id });
      expect(bench.desired(bench.wanted({ program: 'audit_out' }))).toMatchObject({ action: 'update', id });
    });

    test('two programs of a policy from one file are two programs', () => {
      bench.writeObject();
      const programs = [bench.wanted(), bench.wanted({ name: 'second' })];
      for (const name of ['firewall', 'second']) {
        using _ready = loadDesired(bench.context, bench.desiredOf(programs).programs.get(name)!, 'undo');
      }
      const { programs: found } = bench.desiredOf(programs);
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
      bench.writeObject();
      const attached = bench.manager.attach(bench.hook, bench.file('firewall.o'));
      const { id } = attached.program!;
      expect(bench.desired()).toMatchObject({ action: 'none', id, pinned: null });
      expect(bench.apply()).toEqual({ id, done: 'pinned' });
      expect(bench.idAt(bench.pin)).toBe(id);
      expect(bench.loads).toBe(1);
      expect(bench.ids()).toEqual([id]);
      expect(bench.apply().done).toBe('nothing');
    });

    test('the latest current version is shared, before any older one; all of them are versions', () => {
      bench.writeObject();
      const attach = () => bench.manager.attach(bench.hook, bench.file('firewall.o')).program!.id!;
      const [a, b] = [attach(), attach()];
      bench.rebuild();
      const c = attach();
      const { id, versions } = bench.desired();
      expect(id).toBe(c);
      expect([...versions]).toEqual([
        [a, 'older'],
        [b, 'older'],
        [c, 'current'],
      ]);
      bench.manager.detach(bench.hook, `id:${c}`);
      expect(bench.desired()).toMatchObject({ action: 'update', id: b });
    });

    test('a program with the same name and tag that somebody else loaded is none of them', () => {
      bench.writeObject();
      const { objects } = bench.laboratory.host;
      using other = objects.load(readFileSync(bench.file('firewall.o')), { name: bench.file('firewall.o') });
      bench.kernel.attachments.attach(bench.kernelHook(), other.programs[0]!.fd);
      expect(bench.desired()).toMatchObject({ action: 'load', id: null });
      expect(bench.desired().versions.size).toBe(0);
    });

    test('what was loaded for another program of the policy is not this one', () => {
      bench.writeObject();
      const { id } = bench.apply(bench.wanted({ name: 'other' }));
      expect(bench.desired().id).toBe(id);
      expect(
        bench.desiredOf([bench.wanted(), bench.wanted({ name: 'other' })]).programs.get('firewall'),
      ).toMatchObject({
        action: 'load',
        id: null,
      });
    });

    test('a pin without a record is ours, and counts as an older version', () => {
      bench.writeObject();
      const { id } = bench.apply();
      writeFileSync(bench.file('journal.jsonl'), '');
      const plan = bench.desired();
      expect(plan).toMatchObject({
        action: 'update',
        id,
        notes: [
          `where id:${id} at ${bench.pin} comes from is not recorded, so it counts as an older version`,
        ],
      });
      expect([...plan.versions]).toEqual([[id, 'older']]);
      const second = bench.apply();
      expect(second.done).toBe('loaded');
      expect(bench.idAt(bench.undoPins()[0]!)).toBe(id);
    });
  });

  describe('whose pin is taken', () => {
    test.each([
      ['a link', () => bench.kernel.pins.pin(bench.foreignLink().fd, bench.pin)],
      ['a map', () => bench.kernel.pins.pin(bench.kernel.maps.createProgramArray('array', 1).fd, bench.pin)],
      ['a directory', () => bench.laboratory.host.world.pins.makeDirectory(bench.pin)],
    ])('by %s', (what, take) => {
      bench.writeObject();
      bench.laboratory.host.world.pins.makeDirectory('/sys/fs/bpf/mprog/programs');
      take();
      const error = refusalOf(() => bench.desired());
      expect(error).toMatchObject({ code: 'EEXIST' });
      expect(error.message).toBe(
        `plan program firewall (policy.yaml:3:5): ${bench.pin} is taken by ${what} (EEXIST); remove it, or call the program otherwise`,
      );
    });

    test('by a program that was loaded from elsewhere', () => {
      bench.writeObject();
      const { program } = bench.manager.loadProgram(object('stop'), { pin: bench.pin });
      const error = refusalOf(() => bench.desired());
      expect(error.code).toBe('EEXIST');
      expect(error.message).toContain(
        `${bench.pin} is taken by id:${program?.id}, which was loaded from ${object('stop')}:stop (EEXIST); unpin it`,
      );
    });
  });

  describe('that is pinned by somebody else', () => {
    test('is that program as it is', () => {
      const { fd, id } = bench.load('theirs');
      bench.kernel.pins.pin(fd, '/sys/fs/bpf/theirs');
      expect(bench.desired(bench.pinnedProgram('/sys/fs/bpf/theirs'))).toMatchObject({
        kind: 'pinned',
        action: 'none',
        id,
      });
      expect(bench.apply(bench.pinnedProgram('/sys/fs/bpf/theirs'))).toEqual({ id, done: 'nothing' });
      expect(bench.pins()).toEqual(['/sys/fs/bpf/theirs']);
    });

    test('has to be there, and a program', () => {
      bench.kernel.pins.pin(bench.foreignLink().fd, '/sys/fs/bpf/link');
      expect(refusalOf(() => bench.desired(bench.pinnedProgram('/sys/fs/bpf/none'))).code).toBe('ENOENT');
      const error = refusalOf(() => bench.desired(bench.pinnedProgram('/sys/fs/bpf/link')));
      expect(error.message).toContain('what is at /sys/fs/bpf/link is a link, no program (EINVAL)');
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
