import type { PlannerRules } from '../planner/problem.js';
import { capacityOf, type RuledHook } from '../rules/layer-rules.js';

/** What the layer of a hook lets a plan do (spec 11). */
export function plannerRulesOf(hook: RuledHook): PlannerRules {
  const isCgroup = hook.layer === 'cgroup';
  return {
    capacity: capacityOf(hook).most,
    waits: !isCgroup,
    linkRepeats: isCgroup,
    besideSameKind: isCgroup,
    replaceWhenFull: !isCgroup,
  };
}
