import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import { describe, expect, test } from 'vitest';
import { ManagerBench, overridden } from '../../test/suites/manager-bench.js';
import { examinePolicy } from './examine-policy.js';
import type { HostLook } from './resolve-hooks.js';

const source = (hook: string) => ({
  bytes: new TextEncoder().encode(`version: 1\nprograms: {}\nhooks:\n- ${hook}\n`),
  file: 'p.yaml',
  directory: '/',
});
const examine = (look: HostLook, hook: string) => {
  const { hooks, problems } = examinePolicy(look, source(hook));
  return {
    hooks: hooks.map(({ hook }) => hook.text),
    problems: problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`),
  };
};

describe('hooks of netkit', () => {
  const bench = new ManagerBench(() => new SimulatedLaboratory({ netkit: true }));
  const look = (): HostLook => ({
    kernel: bench.kernel,
    world: bench.laboratory.host.world,
    namespace: null,
  });
  const pair = () => {
    const { primary, peer } = bench.laboratory.addNetkitPair();
    const name = (wanted: number) =>
      bench.laboratory.host.world.devices().find(({ ifindex }) => ifindex === wanted)!.name;
    return { primary: name(primary), peer: name(peer) };
  };

  test('are named by the primary device; patterns pass over all others', () => {
    const { primary } = pair();
    expect(examine(look(), '{on: netkit/peer, devices: ["*"]}')).toEqual({
      hooks: [`netkit/peer@${primary}`],
      problems: [],
    });
    expect(examine(look(), '{on: netkit/peer, devices: ["eth*"]}').problems).toEqual([
      '4:31 WARN_NO_MATCH no primary netkit device matches "eth*"',
    ]);
  });

  test('of a peer and of another device are errors', () => {
    const { primary, peer } = pair();
    const { problems } = examine(look(), `{on: netkit/peer, devices: [${peer}, eth0]}`);
    expect(problems[0]).toMatch(/^4:31 EACCES find netkit\/peer@.*is the peer of its pair/);
    expect(problems[0]).toContain(primary);
    expect(problems[1]).toMatch(/ ENXIO find netkit\/peer@eth0: eth0 is no netkit device/);
  });
});

describe('what the kernel lacks', () => {
  const bench = new ManagerBench(() => new SimulatedLaboratory());
  const look = (): HostLook => ({
    kernel: bench.kernel,
    world: bench.laboratory.host.world,
    namespace: null,
  });

  test('is told at the word that asks for it, and its devices are not looked for', () => {
    const { hooks, problems } = examine(look(), '{on: netkit/peer, devices: [nowhere]}');
    expect([hooks.length, problems.length]).toEqual([0, 1]);
    expect(problems[0]).toMatch(
      /^4:8 EOPNOTSUPP find hooks of netkit: netkit is not in this kernel \(needs Linux 6\.7 and CONFIG_NETKIT\)/,
    );
  });

  test('a tree of cgroups that is mounted nowhere', () => {
    const world = overridden(bench.laboratory.host.world, { cgroupMount: () => null });
    expect(examine({ ...look(), world }, '{on: cgroup/sysctl, cgroups: [/]}').problems).toEqual([
      '4:8 ENOENT find hooks of cgroup: no cgroup2 is mounted (ENOENT)',
    ]);
  });

  test('namespaces that a pattern finds and that can not be entered are warnings, named ones errors', () => {
    bench.laboratory.addNamespace();
    const { host } = bench.laboratory;
    const { within } = host.world;
    const refuse: typeof within = () => host.world.within({ name: 'none' }, () => undefined as never);
    const world = overridden(host.world, { within: refuse });
    const inode = host.world.namespaces().namespaces.map((one) => one.inode)[1];
    const named = examine(
      { ...look(), world },
      `{on: tcx/ingress, devices: ["*"], namespaces: ["inode:${inode}"]}`,
    );
    expect(named.problems).toHaveLength(1);
    expect(named.problems[0]).toMatch(/^4:50 ENOENT /);
    const found = examine({ ...look(), world }, `{on: tcx/ingress, devices: ["*"], namespaces: ["inode:*"]}`);
    expect(found.hooks).toContain('tcx/ingress@eth0');
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]).toMatch(/^4:50 WARN_UNKNOWN namespace .* was skipped: /);
  });
});
