import type { MoveOptions, Strategy } from '@mprog/manager/policy';
import type { Invocation } from '../command-line/invocation.js';
import { requireConsent } from '../consent.js';
import { openPolicyManager } from '../open-policy-manager.js';
import { renderHookOutcome } from '../render/hook-outcome.js';
import type { Output } from '../render/output.js';
import { renderHookPlans } from '../render/policy-plan.js';
import { uninterrupted } from '../uninterrupted.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const hook = invocation.argument('HOOK');
  const reference = invocation.argument('REF');
  const dryRun = invocation.flag('dry-run');
  const consent = dryRun ? null : requireConsent(invocation, output, `move ${reference} on ${hook}`);
  using opened = await openPolicyManager(invocation, 'attach');
  const { manager } = opened;
  const options = moveOptions(invocation);
  const { plan } = manager.move(hook, reference, { ...options, dryRun: true });
  const isNothing = plan.steps.length === 0;
  if (!output.isJson) {
    const [signs = [], block = []] = renderHookPlans([plan], output.style);
    output.lines(...(isNothing ? ['it stands there already'] : [...signs, '', ...block]));
  }
  const agrees = consent !== null && (isNothing || (await consent('Move it?')));
  const outcome = agrees
    ? await uninterrupted(() => manager.move(hook, reference, { ...options, dryRun: false }).outcome)
    : null;
  const { kernel, bootId } = opened.kernel.host.world;
  if (output.isJson) output.json({ kernel, bootId, plan, outcome });
  if (outcome === null) return dryRun ? 0 : 1;
  if (!output.isJson) output.lines(...renderHookOutcome(outcome, output.style));
  return outcome.outcome === 'failed' ? 1 : 0;
}

function moveOptions(invocation: Invocation): MoveOptions {
  const strategy = invocation.option('strategy') as Strategy | undefined;
  return {
    first: invocation.flag('first'),
    last: invocation.flag('last'),
    before: invocation.optionList('before'),
    after: invocation.optionList('after'),
    force: invocation.flag('force'),
    ...(strategy === undefined ? {} : { strategy }),
  };
}
