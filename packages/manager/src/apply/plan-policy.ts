import type { Context } from '../context.js';
import { HookHistory } from '../history/hook-history.js';
import { describeAttachment } from '../host/describe.js';
import { HostView } from '../host/host-view.js';
import { OwnPins } from '../pins/own-pins.js';
import { StandIns } from '../pins/stand-ins.js';
import type { HookPlanning } from '../plans/plan-hook.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import type { HookPlan, PolicyPlan, ProgramPlan } from '../plans/policy-plan-data.js';
import { PolicyPrograms } from '../plans/policy-programs.js';
import type { Policy } from '../policy/policy.js';
import { formatPolicyProblem } from '../policy/policy-problem.js';
import { policyRefusal } from '../policy/policy-refusal.js';
import { type ResolvedHook, resolveHooks } from '../policy/resolve-hooks.js';
import { policyHookProblem } from '../problems/policy-hook-problem.js';
import type { Solver } from '../problems/solve-hook.js';
import { type HookWork, workOnHook } from './hook-work.js';

/** A policy with everything that was planned for it. */
export interface PolicyWork {
  readonly context: Context;
  readonly policy: Policy;
  readonly plan: PolicyPlan;
  readonly hooks: readonly HookWork[];
  readonly programs: PolicyPrograms;
  readonly pins: OwnPins;
  readonly solver: Solver;
}

/**
 * Plans a policy on this host: looks at everything, loads nothing, changes nothing.
 *
 * What is wrong with single hooks is in their plans; what is wrong with the policy as a whole throws.
 *
 * @throws MprogError `ERR_POLICY` with every problem of the policy on this host in `data.problems`; of a program that can't be
 * read, or whose maps don't fit
 */
export function planPolicy(context: Context, policy: Policy, solver: Solver): PolicyWork {
  const operation = `plan ${policy.file}`;
  const view = new HostView(context);
  const { hooks: resolved, problems } = resolveHooks(context, policy);
  if (problems.some(({ severity }) => severity === 'error')) throw policyRefusal(policy.file, problems);
  const pins = new OwnPins(context.world, operation);
  const programs = new PolicyPrograms(context, view, policy, resolved);
  const history = new HookHistory(context.journal.read());
  const plans = resolved.map((target) => {
    const planning = hookPlanning({ context, policy, programs, pins, history, solver }, target);
    return workOnHook(planning, target.entry.strategy, view, (key) => programs.describe(key));
  });
  const wanted = new Set(
    plans.flatMap(({ planned }) => planned?.problem.problem.wanted.map(({ key }) => key) ?? []),
  );
  // A program whose hooks have no plan stays what it is.
  const programPlans = programs.plans.map(
    (one): ProgramPlan => (wanted.has(one.name) ? one : { ...one, action: 'none', maps: [], notes: [] }),
  );
  const { kernel, bootId } = context.world;
  const plan: PolicyPlan = {
    version: 1,
    kernel,
    bootId,
    policy: policy.file,
    programs: programPlans,
    hooks: plans.map(({ described }) => described),
    changes:
      programPlans.some(({ action }) => action === 'load' || action === 'update') ||
      plans.some(({ described }) => described.steps.length > 0),
    removes: plans.flatMap(({ planned, described }) => removedBy(planned, described)),
    warnings: problems.map(formatPolicyProblem),
    errors: view.problems,
  };
  return { context, policy, plan, hooks: plans, programs, pins, solver };
}

function hookPlanning(
  {
    context,
    policy,
    programs,
    pins,
    history,
    solver,
  }: Omit<PolicyWork, 'plan' | 'hooks'> & { readonly history: HookHistory },
  { hook, entry }: ResolvedHook,
): HookPlanning {
  const operation = `apply ${policy.file} to ${hook.text}`;
  return {
    context,
    hook,
    operation,
    solver,
    problemOf: (view, chain) =>
      policyHookProblem(
        {
          context,
          policy,
          desired: programs.own,
          standIns: new StandIns(context, pins),
          pins,
          history,
          operation,
        },
        view,
        { hook, entry },
        chain,
      ),
  };
}

/** Programs that `others: remove` takes off, in words. */
function removedBy(planned: PlannedHook | null, { hook }: HookPlan): readonly string[] {
  if (planned === null) return [];
  const { problem, chain } = planned.problem;
  return problem.today.flatMap(({ role }, index) =>
    role === 'leaving' ? [`${describeAttachment(chain.members[index]!)} on ${hook}`] : [],
  );
}
