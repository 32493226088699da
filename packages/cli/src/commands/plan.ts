import { requirePolicy } from '@mprog/manager/policy';
import type { Invocation } from '../command-line/invocation.js';
import { openPolicyManager } from '../open-policy-manager.js';
import { policyArgument } from '../policy-argument.js';
import type { Output } from '../render/output.js';
import { renderPolicyPlan, warnOfPlan } from '../render/policy-plan.js';
import { writeSavedPlan } from '../saved-plan-file.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const source = await policyArgument(invocation.argument('FILE'), output);
  const { policy, problems } = requirePolicy(source);
  using opened = await openPolicyManager(invocation, 'query');
  const { plan } = opened.manager.plan(policy);
  const path = invocation.option('out');
  if (path !== undefined) writeSavedPlan(path, { source, plan });
  if (output.isJson) output.json({ ...plan });
  else output.lines(...renderPolicyPlan(plan, output.style));
  warnOfPlan(plan, problems, output);
  if (plan.hooks.some(({ error }) => error !== null)) return 1;
  return plan.changes && invocation.flag('exit-code') ? 3 : 0;
}
