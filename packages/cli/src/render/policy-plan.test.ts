import { describe, expect, test } from 'vitest';
import { hookPlan, planChain, policyPlan } from '../../test/plan-data.js';
import { renderPolicyPlan } from './policy-plan.js';
import { styleFor } from './style.js';

const style = styleFor(false);

const changing = hookPlan({
  before: planChain('a', '>f'),
  after: planChain('>f', 'a'),
  steps: [
    {
      kind: 'insert',
      words: 'attach a stand-in of f before a',
      wait: true,
      expectedRevision: '4',
      before: [],
      after: [],
    },
    {
      kind: 'replace',
      words: 'put f in place of its stand-in',
      wait: false,
      expectedRevision: null,
      before: [],
      after: [],
    },
  ],
  waits: 2,
  twice: ['f'],
});

describe('a plan', () => {
  test('shows each hook that changes, what a packet meets meanwhile, the steps and the sum', () => {
    const other = hookPlan({ hook: 'tcx/egress@eth0', before: planChain('a'), after: planChain('a') });
    expect(renderPolicyPlan(policyPlan({ hooks: [changing, other], changes: true }), style)).toEqual([
      '+ attach, > move, ~ replace, - detach',
      '',
      'tcx/ingress@eth0  revision 4',
      '  >  1  f  (id 15, was 2)',
      '     2  a  (id 10)',
      '  overlap, 2 waits; a packet may meet f twice meanwhile',
      '  1. attach a stand-in of f before a (at revision 4, waits)',
      '  2. put f in place of its stand-in',
      '',
      '1 hook to change with 2 waits, some 16 ms, 1 hook as wanted',
    ]);
  });

  test('shows what happens to programs and their maps', () => {
    const program = { function: 'fw_main', digest: 'd', id: null, maps: [], notes: [] };
    const programs = [
      { ...program, name: 'firewall', action: 'load', path: '/x/fw.o' },
      {
        ...program,
        name: 'telemetry',
        action: 'update',
        path: '/x/t.o',
        id: 97,
        maps: [
          { name: 'flows', action: 'reuse' },
          { name: '.rodata', action: 'create' },
        ],
      },
      { ...program, name: 'same', action: 'none', path: '/x/s.o' },
      { ...program, name: 'kept', action: 'pin', path: '/x/k.o', id: 12, notes: ['a note'] },
    ] as const;
    expect(renderPolicyPlan(policyPlan({ programs, changes: true }), style)).toEqual([
      'programs',
      '  + firewall  is loaded from /x/fw.o:fw_main',
      '  ~ telemetry  id 97 becomes what /x/t.o:fw_main has; maps that go on: flows; maps made anew: .rodata',
      '  + kept  id 12 is pinned under this name',
      '    a note',
      '',
      'no hook to change, programs alone',
    ]);
  });

  test('says so when nothing changes', () => {
    expect(renderPolicyPlan(policyPlan({ hooks: [hookPlan(), hookPlan()] }), style)).toEqual([
      'nothing to change on 2 hooks',
    ]);
  });

  test('names hooks for which there is none, with the reason, and notes of others', () => {
    const error = { code: 'ERR_CONTRADICTION', message: 'plan tcx/ingress@eth0: it contradicts' };
    const plan = policyPlan({
      hooks: [
        hookPlan({ error }),
        hookPlan({ hook: 'tcx/egress@eth0', notes: ['a stand-in of an earlier change is left'] }),
      ],
    });
    expect(renderPolicyPlan(plan, style)).toEqual([
      'tcx/ingress@eth0: no plan',
      '  plan tcx/ingress@eth0: it contradicts',
      '',
      'tcx/egress@eth0  revision 4',
      '  overlap, no wait',
      '  a stand-in of an earlier change is left',
      '',
      'nothing to change on 1 hook; 1 hook without a plan',
    ]);
  });

  test('lists what of others would be removed', () => {
    const plan = policyPlan({ hooks: [changing], changes: true, removes: ['x (id 3) on tcx/ingress@eth0'] });
    expect(renderPolicyPlan(plan, style)).toEqual(
      expect.arrayContaining([
        '1 program that the policy does not name would be removed, which takes --force',
        '  - x (id 3) on tcx/ingress@eth0',
      ]),
    );
  });

  test('names what is missing meanwhile', () => {
    const gap = hookPlan({ ...changing, strategy: 'gap', twice: [], missing: ['a', 'f'], waits: 0 });
    expect(renderPolicyPlan(policyPlan({ hooks: [gap], changes: true }), style)).toContain(
      '  gap, no wait; a and f are missing meanwhile',
    );
  });
});
