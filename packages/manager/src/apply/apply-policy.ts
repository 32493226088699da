import { entryName } from '../history/entry-name.js';
import { describeList } from '../host/describe.js';
import { HostView } from '../host/host-view.js';
import { refusal } from '../manager-error.js';
import type { Step } from '../planner/chain-plan.js';
import type { HookOutcome } from '../plans/policy-plan-data.js';
import { attachTypeOfHook } from '../rules/layer-rules.js';
import { doHookWork } from './hook-work.js';
import { KeyedPrograms } from './keyed-programs.js';
import type { PolicyWork } from './plan-policy.js';
import { tidy } from './tidy.js';

/** How a policy is applied. */
export interface ApplyOptions {
  /** Also removes programs that are not ours, where the policy says `others: remove`. */
  readonly force?: boolean;
}

/**
 * Applies a policy that was planned, hook by hook: each outcome comes when its hook is done, and whoever does not ask for the
 * next one leaves the rest as it is. One hook's failure does not stop the others.
 *
 * Hooks that need nothing see no mutating call. Closing the generator lets go of what it holds open.
 *
 * @throws MprogError `ERR_FOREIGN` for programs that would be removed without `force`; of a program that can't be loaded
 */
export function* applyPolicy(
  work: PolicyWork,
  { force = false }: ApplyOptions = {},
): Generator<HookOutcome, void, undefined> {
  const { context, policy, plan, pins, programs } = work;
  const operation = `apply ${policy.file}`;
  if (plan.removes.length > 0 && !force) {
    throw refusal('ERR_FOREIGN', operation, `it removes what is not in it: ${describeList(plan.removes)}`, {
      remedy: 'look at the plan and give --force, or say others: keep',
    });
  }
  const group = entryName(context.clock());
  loadPrograms(work, group);
  const record = { group, command: 'apply', subject: policy.file } as const;
  try {
    using sources = new KeyedPrograms({
      context,
      view: new HostView(context),
      pins,
      attachType: likelyAttachType(work),
      operation,
      idOf: (key) => programs.own.get(key)?.current ?? null,
    });
    for (const hook of work.hooks) yield doHookWork(hook, pins, sources, record);
  } finally {
    tidy(context, pins, operation);
  }
}

/** Loads before any hook is touched, so that a program which can't be loaded leaves everything as it is. */
function loadPrograms({ context, plan, hooks, programs }: PolicyWork, group: string): void {
  const planned = hooks.flatMap((hook) => hook.planned ?? []);
  const wanted = new Set(planned.flatMap(({ problem }) => problem.problem.wanted.map(({ key }) => key)));
  const used = new Set(planned.flatMap(({ plan: { steps } }) => steps.flatMap(keysOf)));
  const needed = plan.programs.filter(({ name, action }) =>
    // One that is there and stays where it is needs no pin.
    action === 'pin' ? used.has(name) : action !== 'none' && wanted.has(name),
  );
  if (needed.length === 0) return;
  context.journal.exclusively(() => {
    for (const { name } of needed) programs.makeReady(name, group);
  });
}

function keysOf(step: Step): readonly string[] {
  return step.kind === 'replace' ? [step.entry.key, step.by.key] : [step.entry.key];
}

function likelyAttachType({ hooks }: PolicyWork): number {
  const [first] = hooks;
  return first === undefined ? 0 : attachTypeOfHook(first.planning.hook);
}
