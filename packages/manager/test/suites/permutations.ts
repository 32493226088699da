import type { Laboratory } from '@mprog/kernel';
import { describe, expect, test } from 'vitest';
import { PolicyBench } from './policy-bench.js';

const NAMES = ['guard', 'telemetry', 'audit', 'parts'] as const;

const policyOf = (order: readonly string[], attach: string) => `
version: 1
programs:
  guard: { object: guard.o }
  telemetry: { object: telemetry.o }
  audit: { object: audit.o, program: audit_in }
  parts: { object: parts.o }
hooks:
  - on: tcx/ingress
    devices: [eth0]
    order: [${order.join(', ')}]
    attach: ${attach}
`;

/** Orders of a chain of four that take links through each other's places. */
const walk = [
  ['telemetry', 'audit', 'guard', 'parts'],
  ['guard', 'telemetry', 'audit', 'parts'],
  ['parts', 'guard', 'telemetry', 'audit'],
  ['telemetry', 'audit', 'guard', 'parts'],
  ['parts', 'guard', 'audit', 'telemetry'],
  ['telemetry', 'parts', 'audit', 'guard'],
];

/** One chain in many orders, one after the other. */
export function permutationSuite(makeLaboratory: () => Laboratory): void {
  const bench = new PolicyBench(makeLaboratory);

  /** The program that the link of each pin holds. */
  function pinned(): ReadonlyMap<string, string> {
    const { kernel } = bench;
    const links = bench.pins().filter((path) => path.includes('/links/'));
    return new Map(
      links.map((path) => {
        using link = kernel.pins.open(path);
        using program = kernel.programs.open(kernel.links.info(link.fd).programId);
        return [path.slice(path.lastIndexOf('/') + 1), kernel.programs.info(program.fd).name];
      }),
    );
  }

  describe.each(['link', 'program'])('by overlap, attached by %s', (attach) => {
    test('each order is reached, pins are named after what is in their links, and nothing is left over', () => {
      for (const name of NAMES) bench.provide(`${name}.o`, name);
      bench.apply(policyOf(NAMES, attach));
      for (const order of walk) {
        const [outcome] = bench.apply(policyOf(order, attach));
        expect(outcome).toMatchObject({ outcome: 'changed', error: null });
        const functionOf = (name: string) => (name === 'audit' ? 'audit_in' : name);
        expect(bench.names()).toEqual(order.map(functionOf));
        const names = attach === 'link' ? NAMES : [];
        expect(pinned()).toEqual(new Map(names.map((name) => [name, functionOf(name)])));
        expect(bench.pins().filter((path) => path.includes('/stand-ins/'))).toEqual([]);
        expect(bench.apply(policyOf(order, attach))).toMatchObject([{ outcome: 'unchanged' }]);
      }
    });
  });
}
