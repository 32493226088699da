import { type HookKey, keyOfHook } from '../journal/claims.js';
import type { JournalPlan } from '../journal/journal-plan.js';
import type { JournalRecord } from '../journal/journal-record.js';

/** The last change of several steps on a hook. */
export interface LastPlan {
  readonly entry: string;
  readonly plan: JournalPlan;
  /** Whether its end was recorded; without, it was cut off or is under way. */
  readonly ended: boolean;
  /** Programs that single changes took off the hook since. */
  readonly detached: ReadonlySet<number>;
}

/** What the journal of this boot says of the hooks that plans changed, by hook. */
export class HookHistory {
  readonly #last: Map<string, LastPlan> = new Map();

  constructor(records: readonly JournalRecord[]) {
    for (const record of records) {
      const { hook, plan, operation, program } = record;
      if (hook === null) continue;
      const key = keyOfHook(record, hook.slice(0, hook.indexOf('@')));
      if (key === null) continue;
      const ended = record.phase === 'after';
      const earlier = this.#last.get(key);
      if (plan === undefined) {
        const isDetached = operation === 'detach' && record.outcome === 'done' && program !== null;
        if (earlier === undefined || !isDetached) continue;
        this.#last.set(key, { ...earlier, detached: new Set([...earlier.detached, program]) });
        continue;
      }
      // A plan that was made again on the way goes on from where the one before began.
      const before = earlier?.entry === record.entry && !ended ? earlier.plan.before : plan.before;
      this.#last.set(key, { entry: record.entry, plan: { ...plan, before }, ended, detached: new Set() });
    }
  }

  /** The last plan that was begun on a hook, or null. */
  last(hook: HookKey): LastPlan | null {
    const key = keyOfHook(hook, `${hook.layer}/${hook.direction}`);
    return key === null ? null : (this.#last.get(key) ?? null);
  }
}
