import type { Claim, Constraint, Entry, Strategy } from './problem.js';

/** One operation of a plan. Indexes are from 0, in the state that the step finds. */
export type Step =
  | {
      readonly kind: 'insert';
      readonly index: number;
      readonly entry: Entry;
      readonly after: readonly Entry[];
    }
  | {
      readonly kind: 'remove';
      readonly index: number;
      readonly entry: Entry;
      readonly after: readonly Entry[];
    }
  | {
      readonly kind: 'replace';
      readonly index: number;
      /** What is in the place before. */
      readonly entry: Entry;
      /** What is in it afterwards; slot and kind are the same. */
      readonly by: Entry;
      readonly after: readonly Entry[];
    };

/** How a hook gets from today's chain to one that satisfies the problem: frozen data. */
export interface ChainPlan {
  readonly strategy: Strategy;
  readonly today: readonly Entry[];
  /** Steps in order; `after` of the last is the target. */
  readonly steps: readonly Step[];
  readonly target: readonly Entry[];
  /** Steps that wait for RCU: inserts and removes, where the layer waits. */
  readonly waits: number;
  /** Keys that a packet may meet twice meanwhile. */
  readonly twice: readonly string[];
  /** Wanted keys that are there today and missing in some state between. */
  readonly missing: readonly string[];
}

/** Why no chain satisfies a problem. */
export type Unsatisfiable =
  /** Each edge leads to the next, the last to the first. `wall` edges are today's order of what is never moved. */
  | { readonly kind: 'cycle'; readonly edges: readonly CycleEdge[] }
  | { readonly kind: 'claims'; readonly claims: readonly [Claim, Claim | Constraint] }
  /** More entries than fit, at the end or, for `overlap`, meanwhile. */
  | { readonly kind: 'full'; readonly capacity: number; readonly needed: number; readonly meanwhile: boolean }
  /** These would have to be there twice, and no stand-in can be made. */
  | { readonly kind: 'no-stand-in'; readonly keys: readonly string[]; readonly reasons: readonly string[] }
  /** The layer has no way to say the place. */
  | { readonly kind: 'no-place'; readonly key: string; readonly reason: string };

/** One edge of a cycle: `before` must run before `after`. */
export type CycleEdge =
  | {
      readonly kind: 'constraint';
      readonly before: string;
      readonly after: string;
      readonly source: Constraint['source'];
    }
  | { readonly kind: 'wall'; readonly before: string; readonly after: string };

/** What the planner answers. */
export type Solution =
  | { readonly ok: true; readonly plan: ChainPlan }
  | { readonly ok: false; readonly reason: Unsatisfiable };
