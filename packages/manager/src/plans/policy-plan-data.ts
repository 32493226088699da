import type { ChangeLink, ChangeProgram } from '../change.js';
import type { Strategy } from '../planner/problem.js';

/** What is to happen to a program of a policy before its hooks are touched. */
export interface ProgramPlan {
  /** As the policy calls it. */
  readonly name: string;
  /**
   * `load`: the host does not have it. `update`: what it has is older than the object file. `pin`: it is there, but not
   * pinned under the policy's name.
   */
  readonly action: 'none' | 'pin' | 'load' | 'update';
  /** Absolute path of the object file, or of the pin. */
  readonly path: string;
  /** Full name of its function; null for one that is pinned by somebody else. */
  readonly function: string | null;
  /** SHA-256 of the object file, in hexadecimal digits; null for one that comes from a pin. */
  readonly digest: string | null;
  /** Program that is there; null when it is to be loaded for the first time. */
  readonly id: number | null;
  /** Its maps in case of an update: those that are taken over and those that are made anew. */
  readonly maps: readonly { readonly name: string; readonly action: 'reuse' | 'create' }[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/**
 * How a member of a chain stands out in a plan: ` ` stays, `+` is attached, `>` is moved, `~` gets another version,
 * `-` is detached.
 */
export type PlanSign = ' ' | '+' | '>' | '~' | '-';

/** A member of a chain in a plan. */
export interface PlanMember {
  /** From 1, in run order; on a cgroup in the order of its own list. */
  readonly position: number;
  /** As the policy calls it; null for one that the policy does not name. */
  readonly key: string | null;
  readonly program: ChangeProgram;
  /** Null for one that is attached directly; its id is null for one that is to be made. */
  readonly link: ChangeLink | null;
  /** On a cgroup: whether a link owns it, and which, cannot be told. Absent where it can. */
  readonly linkUnknown?: true;
  readonly ours: boolean | null;
  /** It is a stand-in, which tail-calls the program that `key` names. */
  readonly standIn: boolean;
  readonly sign: PlanSign;
}

/** One operation on a chain. */
export interface PlanStep {
  readonly kind: 'insert' | 'remove' | 'replace';
  /** One sentence for people. */
  readonly words: string;
  /** Whether it waits for RCU, some 8 ms. */
  readonly wait: boolean;
  /** Revision that the hook has before it, in decimal; null where it can't be foreseen. */
  readonly expectedRevision: string | null;
  /** The chain before and after it, in run order: the names of programs, `(stand-in)` behind those of stand-ins. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The state that a plan was made for; it is over when anything of it differs. */
export interface PlanBase {
  /** In decimal. */
  readonly revision: string;
  readonly programs: readonly number[];
  /** 0 for one that is attached directly or where it can't be told. */
  readonly links: readonly number[];
}

/** What a plan does to one hook. */
export interface HookPlan {
  /** Name that every command takes. */
  readonly hook: string;
  readonly strategy: Strategy;
  readonly base: PlanBase;
  readonly before: readonly PlanMember[];
  readonly after: readonly PlanMember[];
  readonly steps: readonly PlanStep[];
  readonly waits: number;
  /** Programs that a packet may meet twice meanwhile. */
  readonly twice: readonly string[];
  /** Programs that are missing meanwhile. */
  readonly missing: readonly string[];
  /** Sentences for people: what is left over of earlier changes, links that are severed, … */
  readonly notes: readonly string[];
  /** Why there is no plan; everything else is as it is today then. */
  readonly error: PlanError | null;
}

/** A refusal as data. */
export interface PlanError {
  readonly code: string;
  readonly message: string;
}

/** What a policy would change on this host: frozen data. */
export interface PolicyPlan {
  readonly version: 1;
  readonly kernel: string;
  readonly bootId: string;
  /** Name of the policy file, `-` for standard input. */
  readonly policy: string;
  readonly programs: readonly ProgramPlan[];
  readonly hooks: readonly HookPlan[];
  /** Whether anything would change. */
  readonly changes: boolean;
  /** Foreign programs that `others: remove` takes off, which needs `force`. */
  readonly removes: readonly string[];
  readonly warnings: readonly string[];
  /** What could not be read, a sentence each. */
  readonly errors: readonly string[];
}

/** What became of one hook. */
export interface HookOutcome {
  readonly hook: string;
  /** `unchanged`: it satisfied the plan already, and nothing was done. */
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** Entry of the journal; null where nothing was done. */
  readonly entry: string | null;
  /** Entry of the history that it is part of, by which it can be undone; null where nothing was done. */
  readonly history: string | null;
  readonly steps: number;
  readonly waits: number;
  /** How often it was planned, since others changed the chain meanwhile: 1 at least. */
  readonly attempts: number;
  readonly before: readonly PlanMember[];
  readonly after: readonly PlanMember[];
  readonly revisionBefore: string;
  /** Null where it could not be read. */
  readonly revisionAfter: string | null;
  readonly notes: readonly string[];
  readonly error: PlanError | null;
}
