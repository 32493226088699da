import type { SlotKind, Strategy } from '../planner/problem.js';

/** A member of a chain in the journal. */
export interface JournalMember {
  /** Null for a program whose id could not be foreseen. */
  readonly program: number | null;
  /** Name of the program for people, as far as it could be read. */
  readonly name: string | null;
  /** As the policy calls it; `id:N` where none does. */
  readonly key: string;
  readonly kind: SlotKind;
  /** Null for one that is attached directly, and for one that is to be made. */
  readonly link: number | null;
  /** Where mprog pinned its link, or null. */
  readonly pin: string | null;
  /** Whether it was ours to change, or was removed by force. */
  readonly own: boolean;
  readonly standIn: boolean;
}

/** A change of several steps on one hook, in the journal. */
export interface JournalPlan {
  /** Entry of the history that it belongs to: all hooks of one command share it. */
  readonly group: string;
  readonly command: 'apply' | 'move' | 'undo';
  /** What the command was about: the policy file, the moved program, the entry that was undone. */
  readonly subject: string;
  readonly strategy: Strategy;
  readonly before: readonly JournalMember[];
  /** In the first record as planned, in the second as it became. */
  readonly after: readonly JournalMember[];
  /** What is to be done, a sentence each. */
  readonly steps: readonly string[];
  /** Programs that it attaches and detaches without a link. */
  readonly attaches: readonly number[];
  readonly detaches: readonly number[];
}
