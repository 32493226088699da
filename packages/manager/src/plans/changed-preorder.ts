import { MprogError } from '@mprog/core';
import type { Context } from '../context.js';
import { readEffective } from '../host/effective.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { ChainPlan } from '../planner/chain-plan.js';
import type { Entry } from '../planner/problem.js';

/**
 * Programs of a cgroup that get or lose PREORDER by a plan, a sentence each, as far as the order proves that they have it.
 *
 * PREORDER is of a slot: what is put into the slot has it, and what is attached anew has not.
 */
export function changedPreorder(
  context: Context,
  view: HostView,
  hook: FoundHook,
  { today, target, steps }: ChainPlan,
  nameOf: (key: string) => string,
): readonly string[] {
  if (hook.layer !== 'cgroup') return [];
  const removed = new Set(steps.flatMap((step) => (step.kind === 'remove' ? [step.entry.slot] : [])));
  const moved = today.flatMap((before) => {
    const after = soleOf(target, before.key);
    if (before.role === 'wall' || after === undefined || soleOf(today, before.key) === undefined) return [];
    return before.slot !== after.slot || removed.has(before.slot) ? [{ before, after }] : [];
  });
  if (moved.length === 0) return [];
  const has = preordersOf(context, view, hook);
  const inSlot = ({ slot }: Entry): boolean => has(today.findIndex((entry) => entry.slot === slot));
  return moved.flatMap(({ before, after }) => {
    const had = inSlot(before);
    const gets = !removed.has(after.slot) && inSlot(after);
    if (had === gets) return [];
    return had
      ? `${nameOf(before.key)} loses PREORDER: it runs after the programs of cgroups below, no more before them`
      : `${nameOf(before.key)} gets PREORDER: it runs before the programs of cgroups below, no more after them`;
  });
}

function soleOf(entries: readonly Entry[], key: string): Entry | undefined {
  const found = entries.filter((entry) => entry.key === key);
  return found.length === 1 ? found[0] : undefined;
}

/** Which entries of today's chain have PREORDER for sure; a list that can't be read stops no plan. */
function preordersOf(context: Context, view: HostView, hook: FoundHook): (index: number) => boolean {
  try {
    const effective = readEffective(context, view, hook, false);
    return (index) => index >= 0 && effective.preorder(index) === true;
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    return () => false;
  }
}
