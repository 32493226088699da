import { carryOut, conclude } from '../carry-out.js';
import type { Invocation } from '../command-line/invocation.js';
import { requireConsent } from '../consent.js';
import { openPolicyManager } from '../open-policy-manager.js';
import type { Output } from '../render/output.js';
import { renderHookPlans, summary } from '../render/policy-plan.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const entry = invocation.optionalArgument('ENTRY');
  const dryRun = invocation.flag('dry-run');
  const consent = dryRun ? null : requireConsent(invocation, output, `undo ${entry ?? 'the last change'}`);
  using opened = await openPolicyManager(invocation, 'attach');
  const { manager } = opened;
  const work = manager.planUndo(entry);
  const { plan } = work;
  if (!output.isJson) {
    const blocks = renderHookPlans(plan.hooks, output.style).flatMap((block) => [...block, '']);
    output.lines(`undo ${output.style.strong(plan.entry)}`, '', ...blocks, summary(plan.hooks, plan.changes));
  }
  for (const warning of plan.warnings) output.warn(warning);
  const { kernel, bootId } = plan;
  if (consent === null) {
    if (output.isJson) output.json({ ...plan });
    return plan.hooks.some(({ error }) => error !== null) ? 1 : 0;
  }
  if (plan.changes && !(await consent(`Undo ${plan.entry}?`))) return 1;
  const done = await carryOut(manager.undo(work), plan.hooks.length, output);
  const { outcomes: hooks, interrupted } = done;
  if (output.isJson) output.json({ kernel, bootId, entry: plan.entry, hooks, interrupted });
  return conclude(done, plan.hooks.length, output);
}
