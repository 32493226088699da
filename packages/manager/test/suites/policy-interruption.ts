import type { Laboratory } from '@mprog/kernel';
import { beforeEach, expect, test } from 'vitest';
import type { HookOutcome } from '../../src/policy-index.js';
import { PolicyBench } from './policy-bench.js';

const DEVICES = ['eth0', 'eth1', 'eth2', 'eth3'];
const ORDER = ['telemetry', 'firewall', 'audit_in'];

const policyOf = (order: readonly string[], more = '') => `
version: 1
programs:
  audit_in: { object: audit.o, program: audit_in }
  firewall: { object: firewall.o }
  telemetry: { object: telemetry.o }
hooks:
  - on: tcx/ingress
    devices: ["eth*"]
    order: [${order.join(', ')}]
    ${more}
`;

/** A policy for several hooks whose apply is not asked for all of them. */
export function policyInterruptionSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);
  let ifindexes: readonly number[];
  beforeEach(() => {
    for (const name of ['audit', 'firewall', 'telemetry']) bench.provide(`${name}.o`, name);
    const others = DEVICES.slice(1).map((name) => bench.laboratory.addDevice(name));
    ifindexes = [bench.ifindex, ...others];
  });

  const chains = () => ifindexes.map((ifindex) => bench.names(ifindex));
  const revisions = () =>
    ifindexes.map((ifindex) => bench.kernel.attachments.query(bench.kernelHook(ifindex)).revision);
  const begin = (text: string): Generator<HookOutcome, void, undefined> => {
    const manager = bench.policyManager();
    return manager.apply(manager.plan(bench.policy(text)));
  };
  /** Pins that only a change under way needs. */
  const passing = () =>
    bench
      .pins()
      .filter((path) => path.includes('/stand-ins/') || path.includes('mprog-trial') || path.endsWith('~'));

  test('each outcome comes as soon as its hook is done, before the next one is touched', () => {
    const done: string[] = [];
    for (const { hook, outcome } of begin(policyOf(ORDER))) {
      done.push(hook);
      expect(outcome).toBe('changed');
      expect(chains()).toEqual(DEVICES.map((_, index) => (index < done.length ? ORDER : [])));
    }
    expect(done).toEqual(DEVICES.map((name) => `tcx/ingress@${name}`));
  });

  test.each(['overlap', 'in-place', 'gap'])(
    'what is closed between two hooks leaves the others as they are; the next apply by %s goes on',
    (strategy) => {
      bench.apply(policyOf(ORDER));
      const reversed = ORDER.toReversed();
      const text = policyOf(reversed, `strategy: ${strategy}`);
      const before = revisions();
      const outcomes = begin(text);
      for (let n = 0; n < 2; n++) expect(outcomes.next().value).toMatchObject({ outcome: 'changed' });
      outcomes.return();
      expect(chains()).toEqual([reversed, reversed, ORDER, ORDER]);
      expect(revisions().slice(2)).toEqual(before.slice(2));
      expect(passing()).toEqual([]);
      expect(bench.policyManager().history().entries[0]?.changes).toMatchObject([
        { hook: 'tcx/ingress@eth0', outcome: 'done' },
        { hook: 'tcx/ingress@eth1', outcome: 'done' },
      ]);

      const done = revisions();
      expect(bench.apply(text).map(({ outcome }) => outcome)).toEqual([
        'unchanged',
        'unchanged',
        'changed',
        'changed',
      ]);
      expect(chains()).toEqual(DEVICES.map(() => reversed));
      expect(revisions().slice(0, 2)).toEqual(done.slice(0, 2));
    },
  );

  test('what is interrupted is undone as far as it went', () => {
    bench.apply(policyOf(ORDER));
    const outcomes = begin(policyOf(ORDER.toReversed()));
    outcomes.next();
    outcomes.return();
    const before = revisions();
    const manager = bench.policyManager();
    expect([...manager.undo(manager.planUndo())]).toMatchObject([
      { hook: 'tcx/ingress@eth0', outcome: 'changed' },
    ]);
    expect(chains()).toEqual(DEVICES.map(() => ORDER));
    expect(revisions().slice(1)).toEqual(before.slice(1));
  });

  test('a caller that throws between two hooks leaves nothing open', () => {
    const thrown = () => {
      for (const _ of begin(policyOf(ORDER))) throw new Error('the caller has had enough');
    };
    expect(thrown).toThrow('the caller has had enough');
    expect(chains()).toEqual([ORDER, [], [], []]);
    expect(passing()).toEqual([]);
    expect(bench.apply(policyOf(ORDER)).map(({ outcome }) => outcome)).toEqual([
      'unchanged',
      'changed',
      'changed',
      'changed',
    ]);
    expect(bench.loads).toBe(3);
  });

  test('what is closed before its first hook has done nothing', () => {
    const pins = bench.pins();
    begin(policyOf(ORDER)).return();
    expect(chains()).toEqual(DEVICES.map(() => []));
    expect(bench.loads).toBe(0);
    expect(bench.pins()).toEqual(pins);
  });

  test('a hook whose device is gone fails alone', () => {
    const outcomes = begin(policyOf(ORDER));
    outcomes.next();
    bench.laboratory.removeDevice(ifindexes[2]!);
    const rest = [...outcomes];
    expect(rest.map(({ outcome }) => outcome)).toEqual(['changed', 'failed', 'changed']);
    expect(rest[1]?.error).toMatchObject({ code: 'ENODEV' });
    expect(ifindexes.filter((_, index) => index !== 2).map((ifindex) => bench.names(ifindex))).toEqual([
      ORDER,
      ORDER,
      ORDER,
    ]);
  });
}
