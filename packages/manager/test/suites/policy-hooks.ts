import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test, vi } from 'vitest';
import { examinePolicy } from '../../src/policy/examine-policy.js';
import { ManagerBench } from './manager-bench.js';

/** How a policy finds its hooks on a host. */
export function policyHookSuite(makeLaboratory: () => Laboratory): void {
  vi.setConfig({ testTimeout: 60_000 });
  const bench = new ManagerBench(makeLaboratory);

  const source = (...hooks: string[]) => ({
    bytes: new TextEncoder().encode(
      `version: 1\nprograms: {}\nhooks:\n${hooks.map((hook) => `- ${hook}\n`).join('')}`,
    ),
    file: 'p.yaml',
    directory: '/',
  });
  const look = () => {
    const { kernel } = bench;
    return { kernel, world: kernel.host.world, namespace: null };
  };
  const examine = (...hooks: string[]) => {
    const { hooks: found, problems } = examinePolicy(look(), source(...hooks));
    return {
      hooks: found.map(({ hook }) => hook.text),
      problems: problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`),
    };
  };

  describe('devices', () => {
    test('are found by names and patterns, each once, in the order of the words', () => {
      bench.laboratory.addDevice('va1');
      bench.laboratory.addDevice('va0');
      expect(examine('{on: tcx/egress, devices: [va0, "va*", "va[01]", eth0]}')).toEqual({
        hooks: ['tcx/egress@va0', 'tcx/egress@va1', 'tcx/egress@eth0'],
        problems: [],
      });
    });

    test('that are not there are errors with the nearest name', () => {
      const { hooks, problems } = examine('{on: tcx/ingress, devices: [eth0, eth00]}');
      expect(hooks).toEqual(['tcx/ingress@eth0']);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(
        /^4:37 ENODEV find tcx\/ingress@eth00: there is no device eth00 .*did you mean eth0\?$/,
      );
    });

    test('that no pattern matches are warnings', () => {
      expect(examine('{on: tcx/ingress, devices: ["nix*", eth0]}')).toEqual({
        hooks: ['tcx/ingress@eth0'],
        problems: ['4:31 WARN_NO_MATCH no device matches "nix*"'],
      });
    });

    test('are found in other namespaces', () => {
      const inode = bench.laboratory.addNamespace();
      bench.laboratory.moveDevice(bench.laboratory.addDevice('vb0'), inode);
      expect(examine(`{on: tcx/ingress, devices: [vb0], namespaces: ["inode:${inode}"]}`)).toEqual({
        hooks: [`tcx/ingress@vb0%inode:${inode}`],
        problems: [],
      });
      expect(examine('{on: tcx/ingress, devices: [vb0]}').problems[0]).toMatch(/^4:31 ENODEV /);
      expect(
        examine(`{on: tcx/ingress, devices: [eth0], namespaces: ["inode:${inode}"]}`).problems[0],
      ).toMatch(/^4:31 ENODEV find tcx\/ingress@eth0%inode:/);
    });

    test('of a namespace that is not there are not looked for', () => {
      const { hooks, problems } = examine(
        '{on: tcx/ingress, devices: [eth0], namespaces: [mprog-none, "mprog-none-*"]}',
      );
      expect(hooks).toEqual([]);
      // A live machine may have namespaces of others that can't be looked at.
      const told = problems.map((problem) => problem.split(' ').slice(0, 2).join(' '));
      expect(told.filter((problem) => !problem.endsWith('WARN_UNKNOWN'))).toEqual([
        '4:51 ENOENT',
        '4:63 WARN_NO_MATCH',
      ]);
    });
  });

  describe('cgroups', () => {
    test('are found by paths and patterns, also below the mount point', () => {
      const path = bench.cgroup();
      const below = bench.cgroup(path);
      const mount = bench.laboratory.host.world.cgroupMount();
      expect(examine(`{on: cgroup/inet_egress, cgroups: ["${path}/*", "${mount}${path}"]}`)).toEqual({
        hooks: [`cgroup/inet_egress@${below}`, `cgroup/inet_egress@${path}`],
        problems: [],
      });
    });

    test('that are not there are errors, patterns without a match warnings', () => {
      const path = bench.cgroup();
      const { hooks, problems } = examine(
        `{on: cgroup/inet_egress, cgroups: ["${path}", "${path}/none", "${path}/no*"]}`,
      );
      expect(hooks).toEqual([`cgroup/inet_egress@${path}`]);
      expect(problems).toHaveLength(2);
      expect(problems[0]).toContain(` ENOENT find cgroup/inet_egress@${path}/none: there is no such cgroup`);
      expect(problems[1]).toContain(` WARN_NO_MATCH no cgroup matches "${path}/no*"`);
    });
  });

  describe('a hook that two entries mean', () => {
    test('is one error with both lines, however many hooks it is', () => {
      bench.laboratory.addDevice('va0');
      bench.laboratory.addDevice('va1');
      const { problems } = examine(
        '{on: tcx/ingress, devices: ["va*"]}',
        '{on: tcx/egress, devices: ["va*"]}',
        '{on: tcx/ingress, devices: [va1, "v*0", "va?"]}',
      );
      expect(problems).toEqual([
        '6:31 ERR_HOOK_TWICE tcx/ingress@va1 is meant here and at p.yaml:4:31; nothing is merged',
        '6:36 ERR_HOOK_TWICE tcx/ingress@va0 is meant here and at p.yaml:4:31; nothing is merged',
        '6:43 ERR_HOOK_TWICE tcx/ingress@va0 (and 1 more) is meant here and at p.yaml:4:31; nothing is merged',
      ]);
    });

    test('is found by what it is, whatever it is called', () => {
      const here = bench.laboratory.host.world.currentNamespace();
      const { problems } = examine(
        '{on: tcx/ingress, devices: [eth0]}',
        `{on: tcx/ingress, devices: [eth0], namespaces: ["inode:${here}"]}`,
      );
      expect(problems).toEqual([
        '5:31 ERR_HOOK_TWICE tcx/ingress@eth0 is meant here and at p.yaml:4:31; nothing is merged',
      ]);
    });
  });
}
