import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../test/suites/manager-bench.js';
import type { HookPlan, PolicyPlan, ProgramPlan } from './policy-plan-data.js';
import { formatSavedPlan, parseSavedPlan, requireSamePlan } from './saved-plan.js';

const program: ProgramPlan = {
  name: 'firewall',
  action: 'load',
  path: '/x/fw.o',
  function: 'fw',
  digest: 'aa',
  id: null,
  maps: [],
  notes: [],
};
const hook: HookPlan = {
  hook: 'tcx/ingress@eth0',
  strategy: 'overlap',
  base: { revision: '4', programs: [7], links: [0] },
  before: [],
  after: [],
  steps: [],
  waits: 0,
  twice: [],
  missing: [],
  notes: [],
  error: null,
};
const plan: PolicyPlan = {
  version: 1,
  kernel: 'linux 6.18',
  bootId: 'b',
  policy: 'p.yaml',
  programs: [program],
  hooks: [hook],
  changes: true,
  removes: [],
  warnings: [],
  errors: [],
};
const source = { file: 'p.yaml', directory: '/etc', bytes: new TextEncoder().encode('version: 1\n# é\n') };

describe('a saved plan', () => {
  test('is read as it was written', () => {
    const read = parseSavedPlan(formatSavedPlan({ source, plan }), 'x.plan');
    expect(read).toEqual({ source, plan });
    expect(() => requireSamePlan(read.plan, plan, 'apply x.plan')).not.toThrow();
  });

  test.each([
    ['an empty file', ''],
    ['a policy', 'version: 1\n'],
    ['other JSON', '{"version":1}'],
    ['another version', formatSavedPlan({ source, plan }).replace('"version":1', '"version":2')],
    ['a list', '[]'],
    ['null', 'null'],
    ['hooks that are none', formatSavedPlan({ source, plan: { ...plan, hooks: [3 as never] } })],
  ])('%s is none', (_, text) => {
    const refusal = refusalOf(() => parseSavedPlan(text, 'x.plan'));
    expect([refusal.code, refusal.message]).toEqual([
      'ERR_INVALID_ARGUMENT',
      'read plan x.plan: it is no plan that was saved; save one with: mprog plan FILE --out PLAN',
    ]);
  });

  test.each<[string, Partial<PolicyPlan>, string]>([
    ['another kernel', { kernel: 'linux 6.19' }, 'it was made for linux 6.18, and this is linux 6.19'],
    ['another boot', { bootId: 'c' }, 'the host was started again since it was made'],
    [
      'an object that changed',
      { programs: [{ ...program, digest: 'bb' }] },
      '/x/fw.o has changed since it was made',
    ],
    [
      'a program that was loaded',
      { programs: [{ ...program, action: 'none', id: 9 }] },
      'program firewall is not as it was when it was made',
    ],
    [
      'one program more',
      { programs: [program, { ...program, name: 'x' }] },
      'x was not there when it was made',
    ],
    ['one program less', { programs: [] }, 'firewall is gone since it was made'],
    [
      'another revision',
      { hooks: [{ ...hook, base: { ...hook.base, revision: '5' } }] },
      'revision of tcx/ingress@eth0 is 5, and it was made at 4',
    ],
    // A chain that was emptied meanwhile begins at revision 1 again, so the revision alone does not tell.
    [
      'other members',
      { hooks: [{ ...hook, base: { ...hook.base, programs: [8] } }] },
      'tcx/ingress@eth0 has other members',
    ],
    [
      'other links',
      { hooks: [{ ...hook, base: { ...hook.base, links: [3] } }] },
      'tcx/ingress@eth0 has other members',
    ],
    ['other work', { hooks: [{ ...hook, waits: 3 }] }, 'what is to be done on tcx/ingress@eth0 has changed'],
    ['one hook more', { hooks: [hook, { ...hook, hook: 'h' }] }, 'h was not there when it was made'],
    ['one hook less', { hooks: [] }, 'tcx/ingress@eth0 is gone since it was made'],
    ['other removals', { removes: ['x'] }, 'it removes other programs'],
  ])('is refused for %s', (_, change, reason) => {
    const refusal = refusalOf(() => requireSamePlan(plan, { ...plan, ...change }, 'apply x.plan'));
    expect([refusal.code, refusal.message]).toEqual([
      'ESTALE',
      `apply x.plan: ${reason} (ESTALE); plan again`,
    ]);
  });

  test('warnings tell nothing of the state that it was made for', () => {
    expect(() => requireSamePlan(plan, { ...plan, warnings: ['x'], errors: ['y'] }, 'apply')).not.toThrow();
  });
});
