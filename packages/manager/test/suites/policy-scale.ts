import { Kernel, type Laboratory } from '@mprog/kernel';
import { beforeEach, expect, test } from 'vitest';
import { CountedCalls } from '../counted-calls.js';
import { overridden } from './manager-bench.js';
import { PolicyBench } from './policy-bench.js';

const policyOf = (order: string) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  firewall: { object: firewall.o }
  telemetry: { object: telemetry.o }
hooks:
  - on: tcx/ingress
    devices: ["many*"]
    order: [${order}]
`;

/** What a policy costs on many devices, in calls. */
export function policyScaleSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);
  let devices = 0;
  beforeEach(() => {
    devices = 0;
    for (const name of ['audit', 'firewall', 'telemetry']) bench.provide(`${name}.o`, name);
  });

  /** Calls of bpf(2) and readings of whole bpffs trees, by plan and by apply, with some more devices. */
  function costOf(more: number, order: string) {
    for (let n = 0; n < more; n++) bench.laboratory.addDevice(`many${devices++}`);
    const cost = { plan: 0, apply: 0, planLists: 0, applyLists: 0 };
    let phase: 'plan' | 'apply' = 'plan';
    const { host } = bench.laboratory;
    const { bpf } = host.systemCall;
    const { pins } = host.world;
    const counted = overridden(host, {
      systemCall: overridden(host.systemCall, {
        bpf: (number, at, size) => {
          cost[phase]++;
          return bpf.call(host.systemCall, number, at, size);
        },
      }),
      world: overridden(host.world, {
        pins: overridden(pins, {
          list: (directory) => {
            cost[`${phase}Lists`]++;
            return pins.list(directory);
          },
        }),
      }),
    });
    const calls = new CountedCalls(counted);
    const manager = bench.policyManager({ kernel: new Kernel(calls.host) });
    const work = manager.plan(bench.policy(policyOf(order)));
    phase = 'apply';
    const outcomes = [...manager.apply(work)];
    return { cost, outcomes: outcomes.map(({ outcome }) => outcome), counts: calls.counts };
  }

  test('each device costs the same, however many there are, and bpffs is not listed for each', () => {
    const order = 'telemetry, firewall, audit';
    costOf(2, order);
    const [few, more, many, twice] = [6, 6, 6, 12].map((added) => costOf(added, order));
    for (const { outcomes, counts } of [few!, more!, many!]) {
      expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(6);
      expect(counts).toEqual({ LINK_CREATE: 18 });
    }
    expect(more!.cost.plan - few!.cost.plan).toBe(many!.cost.plan - more!.cost.plan);
    expect([more!.cost.apply, many!.cost.apply]).toEqual([few!.cost.apply, few!.cost.apply]);
    for (const lists of ['planLists', 'applyLists'] as const) {
      const first = few!.cost[lists];
      expect([more, many, twice].map((one) => one!.cost[lists])).toEqual([first, first, first]);
    }
  });

  test('an unchanged host sees no call that changes anything', () => {
    const order = 'telemetry, firewall, audit';
    costOf(12, order);
    const second = costOf(0, order);
    expect(second.counts).toEqual({});
    expect(new Set(second.outcomes)).toEqual(new Set(['unchanged']));
    expect(second.cost.apply).toBe(0);
  });
}
