import { type ApplyOptions, applyPolicy } from './apply/apply-policy.js';
import { type Move, moveProgram } from './apply/move-program.js';
import { type PolicyWork, planPolicy } from './apply/plan-policy.js';
import { planUndo, type UndoWork, undoEntry } from './apply/undo-entry.js';
import type { Context } from './context.js';
import { exportPolicy } from './export/export-policy.js';
import { ownOrigins } from './export/own-origins.js';
import { type History, readHistory } from './history/history.js';
import { type ManagerOptions, makeContext } from './make-context.js';
import type { InventoryOptions } from './options.js';
import { PlanCache } from './planner/plan-cache.js';
import type { HookOutcome } from './plans/policy-plan-data.js';
import type { Policy } from './policy/policy.js';
import type { MoveOptions } from './problems/move-problem.js';
import type { Solver } from './problems/solve-hook.js';
import { listHooks } from './view/inventory.js';

/** The hooks of a host as a policy. */
export interface ExportedPolicy {
  /** YAML. */
  readonly text: string;
  /** What could not be read, a sentence each. */
  readonly errors: readonly string[];
}

/**
 * Orders of whole hosts: policies, moves and what undoes them.
 *
 * Planning looks at the kernel afresh and changes nothing. What is planned is data (`work.plan`) and can be carried out as
 * long as this object lives; a hook that changed in between is planned again. Methods are synchronous; those that change
 * several hooks are generators, one hook at a time, so that a caller can show progress or stop between two hooks.
 *
 * @example
 * const manager = new PolicyManager({ kernel, stateDirectory: defaultStateDirectory() });
 * const work = manager.plan(policy);
 * if (work.plan.changes) for (const outcome of manager.apply(work)) console.log(outcome.hook, outcome.outcome);
 */
export class PolicyManager {
  readonly #context: Context;
  /** Hooks that are alike are planned once. */
  readonly #solver: Solver;

  constructor(options: ManagerOptions) {
    this.#context = makeContext(options);
    const cache = new PlanCache();
    this.#solver = (problem) => cache.solve(problem);
  }

  /**
   * Plans a policy on this host.
   *
   * @throws MprogError `ERR_POLICY` with what does not fit this host in `data.problems`; of an object that can't be read, or
   * whose maps don't fit; what is wrong with single hooks is in `plan.hooks`
   */
  plan(policy: Policy): PolicyWork {
    return planPolicy(this.#context, policy, this.#solver);
  }

  /**
   * Applies what was planned, hook by hook. Whoever does not ask for the next outcome leaves the rest as it is.
   *
   * @throws MprogError `ERR_FOREIGN` for programs that would be removed without `force`; of a program that can't be loaded,
   * before any hook is touched; what fails on single hooks is in their outcomes
   */
  apply(work: PolicyWork, options: ApplyOptions = {}): Generator<HookOutcome, void, undefined> {
    return applyPolicy(work, options);
  }

  /**
   * Moves one program of a hook; everything else stays where it is.
   *
   * @param reference the program or link, in any form that a reference has
   * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_CONTRADICTION`, `ERR_NO_STAND_IN`, `ERANGE`; what fails
   * while it is carried out is in the outcome
   */
  move(hook: string, reference: string, options: MoveOptions & { readonly dryRun?: boolean }): Move {
    return moveProgram(this.#context, hook, reference, options, this.#solver);
  }

  /**
   * What mprog changed since this host booted, the youngest first.
   *
   * @param hook only what changed this hook
   * @throws MprogError of reading the journal, `ERR_HOOK_NAME`
   */
  history(hook?: string): History {
    return readHistory(this.#context, hook);
  }

  /**
   * Plans to undo an entry of the history against the chains of today.
   *
   * @param entry when absent the youngest that stands: what apply or move did and nobody took back
   * @throws MprogError `ENOENT`, `ERR_UNDO` with the reason; what is wrong with single hooks is in `plan.hooks`
   */
  planUndo(entry?: string): UndoWork {
    return planUndo(this.#context, entry, this.#solver);
  }

  /** Undoes what was planned, hook by hook, as `apply` applies; it becomes an entry of the history itself. */
  undo(work: UndoWork): Generator<HookOutcome, void, undefined> {
    return undoEntry(work);
  }

  /**
   * Writes hooks as they are as a policy; planned on the same host, it changes nothing.
   *
   * @param options which hooks, as for `Manager.inventory`
   * @returns YAML, and what could not be read, a sentence each
   * @throws MprogError `ENOENT` for a pattern that no hook matches, `ERR_HOOK_NAME`
   */
  export(options: Omit<InventoryOptions, 'fullNames'> = {}): ExportedPolicy {
    const inventory = listHooks(this.#context, { ...options, fullNames: true });
    return { text: exportPolicy(inventory, ownOrigins(this.#context)), errors: inventory.errors };
  }
}
