import type { SlotKind } from '../planner/problem.js';

/** One place of a chain while a plan is carried out: what the kernel has there. */
export interface Place {
  /** The planner's name of the place. */
  readonly slot: string;
  readonly kind: SlotKind;
  /** What the policy calls the program; the planner's key. */
  readonly key: string;
  /** Whether the place is ours to change. */
  readonly own: boolean;
  /** Id of the program that is in it. */
  readonly program: number;
  /** Id of the link that owns it; null for one that is attached directly. */
  readonly link: number | null;
  /** Where mprog pinned its link; null for one that is attached directly or whose link is pinned elsewhere. */
  readonly pin: string | null;
  /** On a cgroup: whether it was attached with PREORDER, as far as the order tells. */
  readonly preorder: boolean;
  /** On a cgroup: which of several places with its program it is can't be told, so that it may be elsewhere. */
  readonly untold: boolean;
}
