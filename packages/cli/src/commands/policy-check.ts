import { MprogError } from '@mprog/core';
import { parseNamespace } from '@mprog/manager';
import { type ExaminedPolicy, examinePolicy, type PolicySource } from '@mprog/manager/policy';
import type { Invocation } from '../command-line/invocation.js';
import { kernelChoice } from '../kernel-choice.js';
import { type OpenedKernel, openKernel } from '../open-kernel.js';
import { policyArgument } from '../policy-argument.js';
import { counted } from '../render/cells.js';
import type { Output } from '../render/output.js';
import { countProblems, renderPolicyProblems } from '../render/policy-problems.js';
import { printable } from '../render/printable.js';

export async function run(invocation: Invocation, output: Output): Promise<number> {
  const file = invocation.argument('FILE');
  const source = await policyArgument(file, output);
  using opened = await openIfPossible(invocation, output);
  const { policy, hooks, problems } = examine(invocation, opened, source);
  const isWrong = problems.some(({ severity }) => severity === 'error');
  if (output.isJson) {
    const { kernel = null, bootId = null } = opened?.kernel.host.world ?? {};
    output.json({ kernel, bootId, policy: file, problems, hooks: hooks.map(({ hook }) => hook.text) });
  } else {
    output.lines(...renderPolicyProblems(problems, output.style));
    const found = countProblems(problems);
    const programs = counted(policy?.programs.size ?? 0, 'program');
    const where = opened === null ? 'hooks that were not looked for' : counted(hooks.length, 'hook');
    const words = found === '' ? `fine: ${programs} on ${where}` : found;
    output.lines(`${printable(file)}: ${isWrong ? output.style.bad(words) : words}`);
  }
  return isWrong ? 1 : 0;
}

function examine(invocation: Invocation, opened: OpenedKernel | null, source: PolicySource): ExaminedPolicy {
  if (opened === null) return examinePolicy(null, source);
  const netns = invocation.option('netns');
  const { kernel } = opened;
  const namespace = netns === undefined ? null : parseNamespace(netns);
  return examinePolicy({ kernel, world: kernel.host.world, namespace }, source);
}

/** A policy can be checked where its kernel can't be used; a kernel that was asked for has to be there. */
async function openIfPossible(invocation: Invocation, output: Output): Promise<OpenedKernel | null> {
  try {
    return await openKernel(invocation, null);
  } catch (error) {
    if (!MprogError.is(error) || kernelChoice(invocation).kind !== 'linux') throw error;
    output.warn(`hooks were not looked for: ${error.message}`);
    return null;
  }
}
