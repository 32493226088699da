import { after, first } from '@mprog/core';
import { type Laboratory, programId } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { object } from './manager-bench.js';
import { PolicyBench } from './policy-bench.js';

/** The hooks of a host as a policy that changes nothing. */
export function exportSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);

  /** Exports what is here and plans it. */
  function roundTrip(globs: readonly string[]): { readonly text: string; readonly steps: number } {
    const { text } = bench.policyManager().export({ globs });
    const { plan } = bench.plan(text);
    expect(plan.hooks.map(({ error }) => error)).toEqual(plan.hooks.map(() => null));
    expect(plan.changes).toBe(false);
    return { text, steps: plan.hooks.reduce((sum, { steps }) => sum + steps.length, 0) };
  }

  test('a hook of others alone', () => {
    bench.foreign('cil_from_netdev');
    bench.foreign('other');
    bench.foreignLink('agent');
    const { text } = roundTrip(['eth0']);
    expect(text).toContain('order: [ cil_from_netdev, other, agent ]');
    expect(text).toContain('match: { name: cil_from_netdev }');
  });

  test('programs of others that have no name, or the same one', () => {
    bench.foreign();
    bench.foreign('twin');
    bench.foreign('twin', [first()]);
    expect(roundTrip(['eth0']).text).toContain('match: { id: ');
  });

  test('what mprog attached, by links and without', () => {
    bench.manager.attach(bench.hook, object('firewall'), { link: true });
    bench.foreign('between');
    bench.manager.attach(bench.hook, object('telemetry'), { link: true });
    bench.manager.attach(bench.hook, object('stop'), {});
    const { text } = roundTrip(['eth0']);
    expect(text).toMatch(/firewall:\n {4}object: .*firewall\.bpf\.o/);
    expect(text).toContain('order: [ firewall, between, telemetry, stop ]');
    expect(text).toContain('match: { name: stop }');
  });

  test('the same file attached twice, and once as an older version', () => {
    const path = bench.provide('fw.o', 'firewall');
    bench.manager.attach(bench.hook, path, { link: true, pin: '/sys/fs/bpf/one' });
    bench.manager.attach(bench.hook, path, { link: true, pin: '/sys/fs/bpf/two' });
    roundTrip(['eth0']);
    bench.provide('fw.o', 'stop');
    bench.manager.attach(bench.hook, path, { first: true });
    roundTrip(['eth0']);
  });

  test('what a policy made, with names that have to be escaped', () => {
    bench.laboratory.renameDevice(bench.ifindex, 'et*0');
    bench.provide('fw.o', 'firewall');
    bench.provide('telemetry.o', 'telemetry');
    const head = 'version: 1\nprograms: { fw: { object: fw.o }, t: { object: telemetry.o } }\n';
    bench.apply(`${head}hooks: [{ on: tcx/ingress, devices: ['et\\*0'], order: [t, fw] }]\n`);
    bench.foreign('later', [after(programId(bench.ids()[0]!))]);
    const { text } = roundTrip(['et\\*0']);
    expect(text).toContain('order: [ t, later, fw ]');
    expect(text).toContain('et\\*0');
  });

  test('a cgroup with a program through several links', () => {
    const path = bench.cgroup();
    const { fd } = bench.loadForCgroup('one');
    const other = bench.loadForCgroup('two');
    const links = bench.onCgroup(path, (hook) => {
      bench.kernel.attachments.attach(hook, fd);
      bench.kernel.attachments.attach(hook, other.fd);
      return [bench.kernel.links.create(hook, fd), bench.kernel.links.create(hook, fd)];
    });
    expect(roundTrip([path]).text).toContain('order: [ two ]');
    for (const link of links) link.close();
  });

  describe('an empty host', () => {
    test('is a policy without hooks', () => {
      expect(roundTrip(['eth0']).text).toContain('hooks: []');
    });
  });
}
