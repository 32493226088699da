import type { Laboratory } from '@mprog/kernel';
import { expect, test } from 'vitest';
import { ManagerBench, refusalOf } from './manager-bench.js';

/** What acts in a cgroup, and where it comes from (spec 10.5). */
export function effectiveSuite(makeLaboratory: () => Laboratory): void {
  const bench = new ManagerBench(makeLaboratory);
  const rows = (path: string) =>
    bench.manager
      .show(`cgroup/inet_ingress@${path}`, { effective: true })
      .hooks[0]?.effective?.map(({ program, cgroup, preorder }) => [program.name, cgroup, preorder]);
  const own = (path: string, name: string, preorder = false) =>
    bench.manager.attach(`cgroup/inet_ingress@${path}`, `id:${bench.loadForCgroup(name).id}`, { preorder });

  test('spec 10.5: own, then those above, and PREORDER in front with ancestors first', () => {
    const root = bench.cgroup();
    const mid = bench.cgroup(root);
    const leaf = bench.cgroup(mid);
    for (const name of ['p0', 'p1']) own(root, name);
    own(root, 'p6', true);
    own(mid, 'p2');
    for (const name of ['p3', 'p4']) own(leaf, name);
    for (const name of ['p5', 'p7']) own(leaf, name, true);
    const expected = [
      ['p6', root, true],
      ['p5', leaf, true],
      ['p7', leaf, true],
      ['p3', leaf, false],
      ['p4', leaf, false],
      ['p2', mid, false],
      ['p0', root, false],
      ['p1', root, false],
    ];
    // The cgroups above the laboratory's may have programs of their own.
    const ours = (rows(leaf) ?? []).filter(([, cgroup]) => String(cgroup).startsWith(root));
    expect(ours).toEqual(expected);
  });

  test('with one list the order does not tell what has PREORDER, and nothing is claimed', () => {
    const path = bench.cgroup();
    own(path, 'a', true);
    own(path, 'b');
    const ours = (rows(path) ?? []).filter(([, cgroup]) => cgroup === path);
    expect(ours).toEqual([
      ['a', path, null],
      ['b', path, null],
    ]);
    own(path, 'c', true);
    expect((rows(path) ?? []).filter(([, cgroup]) => cgroup === path)).toEqual([
      ['a', path, true],
      ['c', path, true],
      ['b', path, false],
    ]);
  });

  test('a program in several cgroups is told apart by the order where that is possible', () => {
    const path = bench.cgroup();
    const child = bench.cgroup(path);
    const a = bench.loadForCgroup('a').id;
    const b = bench.loadForCgroup('b').id;
    bench.manager.attach(`cgroup/inet_ingress@${path}`, `id:${a}`);
    for (const id of [b, a]) bench.manager.attach(`cgroup/inet_ingress@${child}`, `id:${id}`);
    const ours = (rows(child) ?? []).slice(0, 3);
    expect(ours.map(([name]) => name)).toEqual(['b', 'a', 'a']);
    expect(ours[0]).toEqual(['b', child, null]);
  });

  test('hooks of devices have none', () => {
    const error = refusalOf(() => bench.manager.show(bench.hook, { effective: true }));
    expect(error.code).toBe('ERR_LAYER');
  });
}
