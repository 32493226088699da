import { Kernel, type Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { type CallCounts, CountedCalls } from '../counted-calls.js';
import { PolicyBench } from './policy-bench.js';

const NAMES = ['telemetry', 'firewall', 'audit'];

const policyOf = (order: readonly string[], strategy: string, attach: string) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  firewall: { object: firewall.o }
  telemetry: { object: telemetry.o }
hooks:
  - on: tcx/ingress
    devices: [eth0]
    order: [${order.join(', ')}]
    attach: ${attach}
    strategy: ${strategy}
`;

/** Which calls an apply makes to change the order of three programs, and how many of them wait. */
export function policyWaitSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);

  /** The calls that bring three programs into another order. */
  function reorder(order: readonly string[], strategy: string, attach: string): Partial<CallCounts> {
    for (const name of NAMES) bench.provide(`${name}.o`, name);
    bench.apply(policyOf(NAMES, strategy, attach));
    const calls = new CountedCalls(bench.laboratory.host);
    const manager = bench.policyManager({ kernel: new Kernel(calls.host) });
    const work = manager.plan(bench.policy(policyOf(order, strategy, attach)));
    const [outcome] = [...manager.apply(work)];
    expect(outcome).toMatchObject({ outcome: 'changed', error: null, waits: calls.waits });
    expect(work.plan.hooks).toMatchObject([{ waits: calls.waits, steps: { length: outcome!.steps } }]);
    expect(bench.names()).toEqual(order.map((name) => (name === 'audit' ? 'audit_in' : name)));
    return calls.counts;
  }

  describe('in-place waits for nothing', () => {
    const orders: readonly (readonly [string, readonly string[], number])[] = [
      ['swapping the first two', ['firewall', 'telemetry', 'audit'], 3],
      ['swapping the last two', ['telemetry', 'audit', 'firewall'], 3],
      ['reversing all', ['audit', 'firewall', 'telemetry'], 3],
      ['rotating all', ['firewall', 'audit', 'telemetry'], 4],
    ];
    test.each(orders)('%s of three that are attached directly is replaces alone', (_, order, calls) => {
      expect(reorder(order, 'in-place', 'program')).toEqual({ replace: calls });
    });

    test.each(orders)('%s of three that hang on links is updates alone', (_, order, calls) => {
      expect(reorder(order, 'in-place', 'link')).toEqual({ LINK_UPDATE: calls });
    });
  });

  describe.each(['program', 'link'])('reversing three, attached by %s', (attach) => {
    const [arrival, leave] =
      attach === 'link' ? ['LINK_CREATE', 'LINK_DETACH'] : ['PROG_ATTACH', 'PROG_DETACH'];
    const reversed = NAMES.toReversed();

    test('by overlap waits for one that comes and one that goes', () => {
      expect(reorder(reversed, 'overlap', attach)).toMatchObject({ [arrival!]: 1, [leave!]: 1 });
    });

    test('by gap waits for two that go and come again', () => {
      expect(reorder(reversed, 'gap', attach)).toEqual({ [arrival!]: 2, [leave!]: 2 });
    });
  });
}
