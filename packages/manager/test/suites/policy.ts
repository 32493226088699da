import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { refusalOf } from './manager-bench.js';
import { PolicyBench } from './policy-bench.js';

const three = (hook: string) => `
version: 1
programs:
  audit: { object: audit.o, program: audit_in }
  firewall: { object: fw.o }
  telemetry: { object: telemetry.o }
hooks:
  - on: tcx/ingress
    devices: [eth0]
    ${hook}
`;

const order = 'order: [telemetry, firewall, audit]';

/** Policies: planned, applied, and applied again. */
export function policySuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);
  const provide = () => {
    bench.provide('audit.o', 'audit');
    bench.provide('fw.o', 'firewall');
    bench.provide('telemetry.o', 'telemetry');
  };

  describe('apply', () => {
    for (const attach of ['link', 'program']) {
      test(`attaches what is missing in order, by ${attach}, and changes nothing the second time`, () => {
        provide();
        const text = three(`order: [telemetry, firewall]\n    attach: ${attach}`);
        const [first] = bench.apply(text);
        expect(first).toMatchObject({ outcome: 'changed', steps: 2, waits: 2, attempts: 1, error: null });
        expect(bench.names()).toEqual(['telemetry', 'firewall']);
        const revision = bench.revision();
        const [second] = bench.apply(text);
        expect(second).toMatchObject({ outcome: 'unchanged', entry: null, steps: 0 });
        expect(bench.revision()).toBe(revision);
        expect(bench.loads).toBe(2);
      });
    }
  });

  describe('others', () => {
    test('stay where they are, and are anchored against', () => {
      provide();
      bench.foreign('cil_from_netdev');
      bench.apply(
        three(`order: [telemetry, cni, firewall]`).replace(
          'hooks:',
          '  cni: { match: { name: "cil_*" } }\nhooks:',
        ),
      );
      expect(bench.names()).toEqual(['telemetry', 'cil_from_netdev', 'firewall']);
    });

    test("are removed by force alone, and stay somebody else's on other hooks", () => {
      provide();
      const { fd, id } = bench.load('agent');
      const other = bench.laboratory.addDevice('eth1');
      for (const ifindex of [bench.ifindex, other]) {
        bench.kernel.attachments.attach(bench.kernelHook(ifindex), fd);
      }
      const text = three(`${order}\n    others: remove`);
      expect(refusalOf(() => bench.apply(text)).code).toBe('ERR_FOREIGN');
      expect(bench.ids()).toEqual([id]);
      expect(bench.apply(text, { force: true })).toMatchObject([{ outcome: 'changed' }]);
      expect(bench.names()).toEqual(['telemetry', 'firewall', 'audit_in']);
      const [shown] = bench.manager.show('tcx/ingress@eth1').hooks;
      expect(shown?.attachments).toMatchObject([{ program: { id }, ours: false }]);
      const manager = bench.policyManager();
      expect([...manager.undo(manager.planUndo())]).toMatchObject([{ outcome: 'changed' }]);
      expect(bench.ids()).toEqual([id]);
    });
  });

  test('a program whose hooks have no plan is not loaded, and an apply is one entry of the history with its loads', () => {
    provide();
    for (const name of ['one', 'two']) bench.foreign(name);
    const walls = ['one', 'two'].map((name) => `  ${name}: { match: { name: ${name} } }\n`).join('');
    const text = three('order: [telemetry, firewall, audit, two, one]').replace('hooks:', `${walls}hooks:`);
    const { plan } = bench.plan(text);
    expect(plan.hooks).toMatchObject([{ error: { code: 'ERR_CONTRADICTION' }, steps: [] }]);
    expect(plan).toMatchObject({ changes: false });
    expect(plan.programs.map(({ action }) => action)).toEqual(['none', 'none', 'none']);
    expect(bench.apply(text)).toMatchObject([{ outcome: 'failed' }]);
    expect(bench.loads).toBe(0);
    bench.apply(three(order));
    const { entries } = bench.policyManager().history();
    expect(entries).toMatchObject([{ command: 'apply', undoable: true }]);
    expect(entries[0]?.changes.map(({ hook }) => hook)).toEqual([null, null, null, bench.hook]);
  });

  test('a newer version takes the place of the older one, in place', () => {
    provide();
    bench.foreign('first');
    bench.apply(three(order));
    const [, , before] = bench.ids();
    bench.provide('fw.o', 'stop');
    const [outcome] = bench.apply(three(order));
    expect(outcome).toMatchObject({ outcome: 'changed', steps: 1, waits: 0 });
    expect(bench.names()).toEqual(['first', 'telemetry', 'stop', 'audit_in']);
    expect(bench.ids()).not.toContain(before);
    const manager = bench.policyManager();
    expect([...manager.undo(manager.planUndo())]).toMatchObject([{ outcome: 'changed', waits: 0 }]);
    expect(bench.ids()[2]).toBe(before);
    expect(bench.apply(three(order))).toMatchObject([{ outcome: 'changed', steps: 1 }]);
    expect(bench.names()).toEqual(['first', 'telemetry', 'stop', 'audit_in']);
  });
}
