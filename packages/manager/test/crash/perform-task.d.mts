import type { PolicyManager } from '../../src/policy-manager.js';

/** What a manager is to do. */
export type Task =
  /** Applies `policy.yaml` of a directory. */
  | { readonly kind: 'apply'; readonly directory: string; readonly force: boolean }
  | { readonly kind: 'move'; readonly hook: string; readonly reference: string; readonly options: object }
  /** Undoes the youngest entry. */
  | { readonly kind: 'undo' };

/** What came of a task on one hook. */
export interface TaskOutcome {
  readonly outcome: string;
  readonly attempts: number;
  readonly error: { readonly code: string; readonly message: string } | null;
}

export declare function performTask(manager: PolicyManager, task: Task): readonly TaskOutcome[];
