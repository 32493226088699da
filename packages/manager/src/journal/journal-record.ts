import type { ChangeKind } from '../change.js';
import type { JournalPlan } from './journal-plan.js';

/** What a change is about to do, or did. */
export interface JournalIntent {
  readonly operation: Exclude<ChangeKind, 'none'> | 'plan';
  /** Name of the hook; null for a change about none. */
  readonly hook: string | null;
  readonly netnsInode: string | null;
  readonly ifindex: number | null;
  /** Id of the hook's cgroup, in decimal. */
  readonly cgroupId: string | null;
  /** Id of the program that comes, or that goes when none comes. */
  readonly program: number | null;
  /** Absolute path of the file that mprog loaded that program from; null for one that it did not load for this change. */
  readonly object: string | null;
  /** SHA-256 of that file in hexadecimal digits; null without one, and in records of before it was recorded. */
  readonly digest: string | null;
  /** Full name of the program's function in that file; null as `digest` is. */
  readonly function: string | null;
  /** What the policy that it was loaded for calls the program; null outside of policies. */
  readonly policyProgram: string | null;
  /** Id of the program whose place is taken. */
  readonly replaced: number | null;
  readonly link: number | null;
  readonly pin: string | null;
  readonly revisionBefore: string | null;
  /** For the operation `plan` alone. */
  readonly plan?: JournalPlan;
  /** Entry of the history that it belongs to, where that is not its own; a plan names it itself. */
  readonly group?: string;
}

/** How a change ended. */
export interface JournalResult {
  readonly link: number | null;
  readonly revisionBefore: string | null;
  readonly revisionAfter: string | null;
}

/** One line of the journal; `after` repeats what `before` said, completed. */
export interface JournalRecord extends JournalIntent {
  readonly version: 1;
  /** The same for the two records of one change. */
  readonly entry: string;
  /** `step` for each step of a plan that was done, between the two. */
  readonly phase: 'before' | 'step' | 'after';
  /** What was done, in one sentence; for `step` alone. */
  readonly step?: string;
  readonly bootId: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly user: string;
  readonly pid: number;
  /** Null before, and where no chain is concerned. */
  readonly revisionAfter: string | null;
  /** Null before. */
  readonly outcome: 'done' | 'failed' | null;
  /** Code of the error that ended it. */
  readonly error: string | null;
}
