/** How an attachment holds its place on a hook; a place can't change from one to the other. */
export type SlotKind = 'direct' | 'link';

/** How a chain gets from one order to another; see {@link Problem.strategy}. */
export type Strategy = 'overlap' | 'in-place' | 'gap';

/** One entry of a chain as the planner sees it. */
export interface Entry {
  /**
   * Names the place through all states of a plan: a replace keeps it. `link:7`, `id:12`, or `new:1` for one that the plan
   * makes.
   */
  readonly slot: string;
  /** What is in it: the policy's name of a program of ours, any other unique word for one that stays where it is. */
  readonly key: string;
  readonly kind: SlotKind;
  /**
   * `own` may be moved, replaced and removed. A `wall` is somebody else's: it stays, and the order of walls never changes.
   * A `leaving` one is to be removed, and nothing takes its place.
   */
  readonly role: 'own' | 'wall' | 'leaving';
  /** The place holds a stand-in, which tail-calls the program that `key` names. */
  readonly standIn: boolean;
  /** The program is an older version of what `key` names: the newer one takes its place first, without a wait. */
  readonly outdated: boolean;
  /**
   * On a cgroup: its program is there several times, and which of them it is can't be told (spec 10.7). No place is named
   * by it, since it may be elsewhere. Those that leave go first, of ours all but one, which is told then.
   */
  readonly untold?: true;
}

/** A program of ours that is to be on the hook in the end. */
export interface Wanted {
  readonly key: string;
  readonly kind: SlotKind;
}

/** Where in a policy something was said; messages cite it. */
export interface Source {
  /** `policy.yaml:12:5`, or the words of a command line. */
  readonly where: string;
  /** What is said there, `order: telemetry before firewall`. */
  readonly words: string;
}

/** One program must run before another one wherever both are on the hook. */
export interface Constraint {
  readonly before: string;
  readonly after: string;
  readonly source: Source;
}

/** A claim to one end of the chain. */
export interface Claim {
  readonly key: string;
  readonly source: Source;
}

/** What a layer lets a plan do (specification, chapter 11). */
export interface PlannerRules {
  /** Entries that fit: 63 on tcx and netkit, 64 on a cgroup. */
  readonly capacity: number;
  /** Whether inserting and removing wait for RCU, some 8 ms each. */
  readonly waits: boolean;
  /** Whether a program may be on the hook through a link while it is there already, so that no stand-in is needed. */
  readonly linkRepeats: boolean;
  /** Whether a new entry can be placed beside entries of its own kind alone (spec 10.3.1). */
  readonly besideSameKind: boolean;
  /** Whether a direct entry can be replaced while the hook is full. */
  readonly replaceWhenFull: boolean;
}

/**
 * One hook as it is and what is asked of it: everything that a plan depends on, as plain data.
 *
 * Constraints and claims may name keys that are not on the hook and not wanted; those say nothing. Several walls may
 * share a key; what is said of it holds for each.
 */
export interface Problem {
  readonly today: readonly Entry[];
  /** In the policy's order. Entries of role `own` whose key is not here are removed. */
  readonly wanted: readonly Wanted[];
  readonly constraints: readonly Constraint[];
  readonly first: Claim | null;
  readonly last: Claim | null;
  /**
   * - `overlap`: each wanted program that is there today is there at least once in every state between, and the order that
   *   holds today and in the end holds in every state between, for every copy
   * - `in-place`: permutes by replacing through a stand-in, without a wait; a program may be missing for microseconds
   * - `gap`: removes and inserts; a program is missing for as long as a wait takes
   */
  readonly strategy: Strategy;
  /** Keys for which no stand-in can be made, with the reason; `overlap` then can't hold two copies of them. */
  readonly withoutStandIn: Readonly<Record<string, string>>;
  readonly rules: PlannerRules;
}
