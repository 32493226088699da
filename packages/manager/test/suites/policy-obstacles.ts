import { rmSync } from 'node:fs';
import { command, errno, Kernel, type Laboratory, mapType } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { type BenchLayer, LayerBench } from './layer-bench.js';
import { overridden, refusalOf } from './manager-bench.js';

/** What may stand in the way of a policy: no place, no right, something else where ours should be, or nothing any more. */
export function policyObstacleSuite(makeLaboratory: () => Laboratory): void {
  for (const layer of ['tcx', 'cgroup'] as const) {
    describe(`on a hook of ${layer}`, () => {
      const bench = new LayerBench(makeLaboratory, layer);
      fullHookTests(bench, layer);
      takenPathTests(bench);
      changedObjectTests(bench);
      lackingRightTests(bench);
    });
  }
  goneTargetTests(makeLaboratory);
}

function fullHookTests(bench: LayerBench, layer: BenchLayer): void {
  const most = layer === 'tcx' ? 63 : 64;
  /** Fills the hook up with somebody else's. */
  const fill = (link = false) => {
    while (bench.chain().length < most) bench.attachForeign(bench.loadForeign('x').fd, { link });
  };

  test('a program that does not fit on a full hook is refused in the plan, and is not loaded', () => {
    fill();
    const before = bench.chain();
    const { plan } = bench.plan(bench.text(['a']));
    expect(plan).toMatchObject({ changes: false, hooks: [{ steps: [], error: { code: 'ERANGE' } }] });
    expect(plan.hooks[0]?.error?.message).toContain(
      `${most + 1} programs do not fit, the hook takes ${most}`,
    );
    expect(bench.apply(bench.text(['a']))).toMatchObject([{ outcome: 'failed', error: { code: 'ERANGE' } }]);
    expect(bench.chain()).toEqual(before);
    expect(bench.loads).toBe(0);
  });

  test('where overlap needs a place that a full hook has not, the plan names the strategies that need none', () => {
    bench.apply(bench.text(['a', 'b', 'c']));
    fill(true);
    const before = bench.chain();
    const text = (strategy: string) => bench.text(['c', 'b', 'a'], { strategy });
    const { plan } = bench.plan(text('overlap'));
    const message = plan.hooks[0]?.error?.message;
    expect(message).toContain(`the hook would need ${most + 1} places meanwhile, and has ${most}`);
    expect(message).toContain('; choose strategy in-place or gap');
    expect(bench.apply(text('overlap'))).toMatchObject([{ outcome: 'failed' }]);
    expect(bench.chain()).toEqual(before);
    expect(bench.apply(text('in-place'))).toMatchObject([{ outcome: 'changed', waits: 0, error: null }]);
    expect(bench.members().slice(0, 3)).toEqual(['c', 'b', 'a']);
    expect(bench.chain().slice(3)).toEqual(before.slice(3));
    expect(bench.apply(bench.text(['b', 'a', 'c'], { strategy: 'gap' }))).toMatchObject([
      { outcome: 'changed', error: null },
    ]);
    expect(bench.members().slice(0, 3)).toEqual(['b', 'a', 'c']);
  });

  test('a newer version takes the place of the older one on a full hook', () => {
    bench.apply(bench.text(['a', 'b']));
    fill();
    const before = bench.chain();
    bench.rebuild('a');
    expect(bench.apply(bench.text(['a', 'b']))).toMatchObject([{ outcome: 'changed', steps: 1, waits: 0 }]);
    expect(bench.chain()[0]).not.toBe(before[0]);
    expect(bench.chain().slice(1)).toEqual(before.slice(1));
  });
}

function takenPathTests(bench: LayerBench): void {
  const pinMap = (path: string) => {
    const { pins } = bench.laboratory.host.world;
    const parts = path.split('/');
    for (let n = 5; n < parts.length; n++) {
      const above = parts.slice(0, n).join('/');
      if (pins.kindOf(above) === null) pins.makeDirectory(above);
    }
    using map = bench.kernel.maps.create({
      type: mapType.HASH,
      keySize: 4,
      valueSize: 4,
      maxEntries: 1,
      name: 'theirs',
    });
    bench.kernel.pins.pin(map.fd, path);
  };
  const kindAt = (path: string) => {
    using pinned = bench.kernel.pins.open(path);
    return pinned.kind;
  };
  const ofLinks = () => bench.pins().filter((path) => path.includes('/mprog/links/'));

  test("somebody else's pin at the name of a link stays; the link is pinned beside it, and takes the name once it is free", () => {
    bench.apply(bench.text(['a']));
    const [path] = ofLinks();
    bench.apply(bench.text(['b'], { others: 'remove' }), { force: true });
    pinMap(path!);
    const text = bench.text(['a', 'b']);
    expect(bench.apply(text)).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['a', 'b']);
    expect(kindAt(path!)).toBe('map');
    expect(kindAt(`${path}~`)).toBe('link');
    expect(bench.apply(text)).toMatchObject([{ outcome: 'unchanged', error: null }]);
    bench.laboratory.host.world.pins.remove(path!);
    expect(bench.apply(text)).toMatchObject([{ outcome: 'unchanged', error: null }]);
    expect(kindAt(path!)).toBe('link');
    expect(ofLinks()).not.toContain(`${path}~`);
  });

  test('a pin of something else at the name of a program is an error that says what it is, and stays', () => {
    const path = '/sys/fs/bpf/mprog/programs/a';
    pinMap(path);
    const error = refusalOf(() => bench.apply(bench.text(['a'])));
    expect(error.message).toContain(path);
    expect(error.message).toContain('map');
    expect(kindAt(path)).toBe('map');
    expect(bench.chain()).toEqual([]);
    expect(bench.loads).toBe(0);
  });
}

function changedObjectTests(bench: LayerBench): void {
  test('what was planned is what is loaded, also where the file is another one by then; the next plan sees that', () => {
    const manager = bench.policyManager();
    const policy = bench.policy(bench.text(['a']));
    const work = manager.plan(policy);
    bench.rebuild('a');
    expect([...manager.apply(work)]).toMatchObject([{ outcome: 'changed', error: null }]);
    const [planned] = bench.chain();
    expect(manager.plan(policy).plan).toMatchObject({ changes: true, programs: [{ action: 'update' }] });
    expect([...manager.apply(manager.plan(policy))]).toMatchObject([
      { outcome: 'changed', steps: 1, waits: 0 },
    ]);
    expect(bench.chain()).not.toEqual([planned]);
    expect(manager.plan(policy).plan.changes).toBe(false);
  });

  test('a file that is gone by then is not needed; without it nothing can be planned', () => {
    const manager = bench.policyManager();
    const policy = bench.policy(bench.text(['a']));
    const work = manager.plan(policy);
    rmSync(bench.object('a'));
    expect([...manager.apply(work)]).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['a']);
    const error = refusalOf(() => manager.plan(policy));
    expect(error.message).toContain('a.o');
    expect(bench.members()).toEqual(['a']);
  });
}

function lackingRightTests(bench: LayerBench): void {
  /** A manager whose kernel refuses some commands, as without a capability. */
  const without = (...names: readonly (keyof typeof command)[]) => {
    const { host } = bench.laboratory;
    const refused = new Set<number>(names.map((name) => command[name]));
    const systemCall = overridden(host.systemCall, {
      bpf: (number, attr, size) =>
        refused.has(number) ? -errno.EPERM : host.systemCall.bpf(number, attr, size),
    });
    return bench.policyManager({ kernel: new Kernel(overridden(host, { systemCall })) });
  };

  test('without the right to read hooks the plan of the hook is that refusal, with the capability', () => {
    const policy = bench.policy(bench.text(['a']));
    const manager = without('PROG_QUERY');
    const work = manager.plan(policy);
    expect(work.plan).toMatchObject({ changes: false, hooks: [{ error: { code: 'EPERM' } }] });
    expect(work.plan.hooks[0]?.error?.message).toContain('reading hooks needs CAP_NET_ADMIN');
    expect([...manager.apply(work)]).toMatchObject([{ outcome: 'failed', error: { code: 'EPERM' } }]);
    expect(bench.loads).toBe(0);
  });

  test.each([
    ['link', 'LINK_CREATE'],
    ['program', 'PROG_ATTACH'],
  ] as const)(
    'without the right to attach by %s nothing is left on the hook or of its pins',
    (attach, name) => {
      const policy = bench.policy(bench.text(['a', 'b'], { attach }));
      const manager = without(name);
      const [outcome] = [...manager.apply(manager.plan(policy))];
      expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'EPERM' }, steps: 0 });
      expect(bench.chain()).toEqual([]);
      expect(bench.pins().filter((path) => /\/(links|stand-ins)\//.test(path))).toEqual([]);
      // Whoever has it goes on with what was loaded.
      const before = bench.loads;
      expect(bench.apply(bench.text(['a', 'b'], { attach }))).toMatchObject([{ outcome: 'changed' }]);
      expect(bench.members()).toEqual(['a', 'b']);
      expect(bench.loads).toBe(before);
    },
  );

  test('without the right to detach a change in several steps is taken back as far as it went', () => {
    bench.attachForeign(bench.loadForeign('x').fd);
    bench.apply(bench.text(['a', 'x', 'b']));
    const before = bench.chain();
    const manager = without('LINK_DETACH', 'PROG_DETACH');
    const [outcome] = [...manager.apply(manager.plan(bench.policy(bench.text(['b', 'x', 'a']))))];
    expect(outcome).toMatchObject({ outcome: 'failed', error: { code: 'EPERM' } });
    // What was put there could not be taken away again either.
    expect(outcome?.error?.message).toContain('the next change of the hook goes on from here');
    expect(bench.apply(bench.text(['b', 'x', 'a']))).toMatchObject([{ outcome: 'changed', error: null }]);
    expect(bench.members()).toEqual(['b', 'x', 'a']);
    expect(bench.chain().toSorted()).toEqual(before.toSorted());
  });
}

function goneTargetTests(makeLaboratory: () => Laboratory): void {
  describe('a target that is gone between plan and apply', () => {
    const bench = new LayerBench(makeLaboratory, 'cgroup');
    const hooksOf = (where: Readonly<Record<string, unknown>>, on: string) =>
      JSON.stringify({
        version: 1,
        programs: { a: { object: 'a.o' } },
        hooks: [{ on, ...where, order: ['a'] }],
      });

    test('a cgroup; the next one is changed all the same', () => {
      const [path, next] = [bench.cgroup(), bench.cgroup()];
      const manager = bench.policyManager();
      const work = manager.plan(bench.policy(hooksOf({ cgroups: [path, next] }, 'cgroup/inet_ingress')));
      bench.laboratory.removeCgroup(path);
      const [gone, changed] = [...manager.apply(work)];
      expect(gone).toMatchObject({ outcome: 'failed', error: { code: 'ENOENT' }, steps: 0 });
      expect(gone?.error?.message).toContain(path);
      expect(changed).toMatchObject({ outcome: 'changed', error: null });
      expect(bench.idsOfCgroup(next)).toHaveLength(1);
      expect(bench.pins().filter((pin) => pin.includes('/links/'))).toHaveLength(1);
    });

    test('a namespace, with the device in it', () => {
      const inode = bench.laboratory.addNamespace();
      bench.laboratory.moveDevice(bench.laboratory.addDevice('eth7'), inode);
      bench.writeTcxObject('a');
      const manager = bench.policyManager();
      const where = { devices: ['eth7'], namespaces: [`inode:${inode}`] };
      const work = manager.plan(bench.policy(hooksOf(where, 'tcx/ingress')));
      expect(work.plan.changes).toBe(true);
      bench.laboratory.removeNamespace(inode);
      const [outcome] = [...manager.apply(work)];
      expect(outcome).toMatchObject({ outcome: 'failed', steps: 0 });
      expect(outcome?.error?.message).toContain(inode);
      expect(bench.pins().filter((pin) => pin.includes('/links/'))).toEqual([]);
    });

    test('a device in whose place there is another one of its name', () => {
      bench.writeTcxObject('a');
      const manager = bench.policyManager();
      const policy = bench.policy(hooksOf({ devices: ['eth7'] }, 'tcx/ingress'));
      const ifindex = bench.laboratory.addDevice('eth7');
      const work = manager.plan(policy);
      bench.laboratory.removeDevice(ifindex);
      const other = bench.laboratory.addDevice('eth7');
      expect([...manager.apply(work)]).toMatchObject([{ outcome: 'failed', error: { code: 'ENODEV' } }]);
      expect(bench.ids(other)).toEqual([]);
      expect([...manager.apply(manager.plan(policy))]).toMatchObject([{ outcome: 'changed', error: null }]);
      expect(bench.ids(other)).toHaveLength(1);
    });
  });
}
