import { requirePolicy, requireSamePlan } from '@mprog/manager/policy';
import { carryOut, conclude } from '../carry-out.js';
import type { Invocation } from '../command-line/invocation.js';
import { requireConsent } from '../consent.js';
import { openPolicyManager } from '../open-policy-manager.js';
import { policyArgument } from '../policy-argument.js';
import { counted } from '../render/cells.js';
import type { Output } from '../render/output.js';
import { renderPolicyPlan, warnOfPlan } from '../render/policy-plan.js';
import { readSavedPlan } from '../saved-plan-file.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const path = invocation.option('plan');
  const operation = `apply ${path ?? invocation.argument('FILE')}`;
  const consent = requireConsent(invocation, output, operation);
  const saved = path === undefined ? null : readSavedPlan(path);
  const source = saved?.source ?? (await policyArgument(invocation.argument('FILE'), output));
  const { policy, problems } = requirePolicy(source);
  using opened = await openPolicyManager(invocation, 'attach');
  const { manager } = opened;
  const work = manager.plan(policy);
  const { plan } = work;
  if (saved !== null) requireSamePlan(saved.plan, plan, operation);
  if (!output.isJson) output.lines(...renderPolicyPlan(plan, output.style));
  warnOfPlan(plan, problems, output);
  const force = invocation.flag('force');
  // Without force it is refused, which needs no answer.
  const isRefused = plan.removes.length > 0 && !force;
  const changing = plan.hooks.filter(({ steps }) => steps.length > 0).length;
  if (plan.changes && !isRefused && !(await consent(`Change ${counted(changing, 'hook')}?`))) return 1;
  const done = await carryOut(manager.apply(work, { force }), plan.hooks.length, output);
  const { kernel, bootId } = plan;
  const { outcomes: hooks, interrupted } = done;
  if (output.isJson) output.json({ kernel, bootId, policy: plan.policy, hooks, interrupted });
  return conclude(done, plan.hooks.length, output);
}
