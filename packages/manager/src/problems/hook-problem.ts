import type { Chain } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import type { Place } from '../host/place.js';
import type { Constraint, Problem } from '../planner/problem.js';

/** One hook as it was read, what is asked of it, and what the planner's words for it stand for. */
export interface HookProblem {
  readonly hook: FoundHook;
  readonly chain: Chain;
  readonly problem: Problem;
  /** What is behind each entry of `problem.today`, in the same order. */
  readonly places: readonly Place[];
  /** What a key is called in sentences. */
  nameOf(key: string): string;
  /** Where the link of a key is pinned in the end. */
  pinOf(key: string): string;
  /** Where programs stood that went missing; kept to where that contradicts nothing. */
  readonly preferred: readonly Constraint[];
  /** Sentences for people: what is left over of earlier changes, … */
  readonly notes: readonly string[];
}
