import { readFileSync } from 'node:fs';
import { openLinuxLaboratory } from '@mprog/kernel/linux';
import { expect, test } from 'vitest';
import { liveSuite } from '../../../kernel/test/live/requirements.js';
import { ManagerBench, refusalOf } from '../suites/manager-bench.js';

liveSuite('names of cgroups on the running kernel', () => {
  const bench = new ManagerBench(openLinuxLaboratory);
  const show = (path: string) => bench.manager.show(`cgroup/inet_ingress@${path}`);

  test('a file of a cgroup is refused', () => {
    const path = bench.cgroup();
    const error = refusalOf(() => show(`${path}/cgroup.procs`));
    expect(error.code).toBe('ENOTDIR');
    expect(error.message).toContain(`it is a file of the cgroup ${path} (ENOTDIR); name that`);
  });

  test('what would be below a file of a cgroup is refused', () => {
    const error = refusalOf(() => show(`${bench.cgroup()}/cgroup.procs/x`));
    expect(error.code).toBe('ENOTDIR');
    expect(error.message).toMatch(/^find hook cgroup\/inet_ingress@.*\/x: not a directory \(ENOTDIR\)$/);
  });

  test('a path outside of the tree learns where the tree is', () => {
    const error = refusalOf(() => show('/sys/none'));
    expect(error.code).toBe('ENOENT');
    expect(error.message).toContain(
      `there is no such cgroup (ENOENT); the tree of version 2 is mounted at ${bench.laboratory.host.world.cgroupMount()}`,
    );
  });

  test('a cgroup of version 1 is refused', ({ skip }) => {
    const old = /^\S+ (\S+) cgroup /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1];
    if (old === undefined) skip('no tree of version 1 is mounted here');
    const error = refusalOf(() => show(old ?? ''));
    expect(error.code).toBe('EINVAL');
    expect(error.message).toContain(
      'a tree of version 1, which takes no programs (EINVAL); name one of version 2',
    );
  });

  test('a cgroup that was removed, and one that was made anew under its path', () => {
    const path = bench.cgroup();
    bench.laboratory.removeCgroup(path);
    expect(refusalOf(() => show(path)).code).toBe('ENOENT');
    expect(refusalOf(() => show(`${path}/child`)).code).toBe('ENOENT');
  });

  test('the root of the tree, by either name', () => {
    const mount = bench.laboratory.host.world.cgroupMount();
    expect(show('/').hooks[0]?.hook).toBe('cgroup/inet_ingress@/');
    expect(show(mount ?? '').hooks[0]?.hook).toBe('cgroup/inet_ingress@/');
  });
});
