import type { LayerName } from '../names/hook-name.js';
import type { Claim, Constraint, Source, Strategy } from '../planner/problem.js';

/** A policy whose file was read and checked: what is to run on which hooks, and in which order. */
export interface Policy {
  readonly version: 1;
  /** By name, in the order of the file. */
  readonly programs: ReadonlyMap<string, PolicyProgram>;
  readonly hooks: readonly PolicyHook[];
  /** What messages call the file; `-` for the standard input. */
  readonly file: string;
  /** Absolute path that paths of the policy are relative to: where the file is. */
  readonly directory: string;
}

/** A program that a policy names. */
export type PolicyProgram = PolicyObject | PolicyPinned | PolicyMatch;

/** A program of an object file, which is loaded once per host. */
export interface PolicyObject {
  readonly kind: 'object';
  readonly name: string;
  /** Absolute path of the object file. */
  readonly path: string;
  /** Full name of its function; null where the object has just one. */
  readonly program: string | null;
  /** Whether a newer version goes on with the maps of the one before. */
  readonly maps: 'reuse' | 'fresh';
  readonly source: Source;
}

/** A program that is pinned already. */
export interface PolicyPinned {
  readonly kind: 'pinned';
  readonly name: string;
  /** Absolute path of the pin. */
  readonly path: string;
  readonly source: Source;
}

/** Somebody else's program: recognised on a hook, never moved, replaced or removed. */
export interface PolicyMatch {
  readonly kind: 'match';
  readonly name: string;
  readonly match: MatchRule;
  /** It may be absent. */
  readonly optional: boolean;
  /** Several on one hook may match. */
  readonly many: boolean;
  readonly source: Source;
}

/** What tells a foreign program; all that is given must fit, and at least one is. */
export interface MatchRule {
  /** Pattern of its name (15 characters in the kernel) or its full function name. */
  readonly name: string | null;
  /** 16 hexadecimal digits, in lower case. */
  readonly tag: string | null;
  /** Absolute path of a pin of the program, or of the link that it hangs on. */
  readonly pinned: string | null;
  /** Id of the link that it hangs on. */
  readonly link: number | null;
  readonly id: number | null;
}

/** One entry of `hooks`: what is asked of every hook that it means. */
export interface PolicyHook {
  readonly on: { readonly layer: LayerName; readonly direction: string; readonly source: Source };
  /** Names or patterns of devices; null for cgroup hooks. */
  readonly devices: readonly Located[] | null;
  /** Paths or patterns of cgroups; null for hooks of devices. */
  readonly cgroups: readonly Located[] | null;
  /** Names or patterns of network namespaces, `pid:N` or `inode:N`; null for the caller's own. */
  readonly namespaces: readonly Located[] | null;
  /** Programs in relative order; others may stand between. */
  readonly order: readonly string[];
  /** One for each pair of `order`, then those of `constraints`. */
  readonly constraints: readonly Constraint[];
  readonly first: Claim | null;
  readonly last: Claim | null;
  /** What happens to programs that the policy does not name. */
  readonly others: 'keep' | 'report' | 'remove';
  readonly attach: 'link' | 'program';
  readonly strategy: Strategy;
  /** Every program that the entry names, in order of appearance: `order`, `constraints`, `first`, `last`. */
  readonly names: readonly string[];
  readonly source: Source;
}

/** A word of a policy and where it stands. */
export interface Located {
  readonly text: string;
  readonly source: Source;
}
