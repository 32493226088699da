import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
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

  test('order holds', () => {
    provide();
    bench.apply(three(order));
    expect(bench.names()).toEqual(['telemetry', 'firewall', 'audit_in']);
  });
}
