import { flag } from '@mprog/kernel';

/** What kind of hook a trace was recorded on. */
export type TraceLayer = 'tcx' | 'cgroup';

/** Hooks of a trace by layer: two directions of one device, or a cgroup and its only child. */
export const traceHooks: Readonly<Record<TraceLayer, readonly string[]>> = {
  tcx: ['ingress', 'egress'],
  cgroup: ['A', 'B'],
};

/** A flag as traces spell it; the UNKNOWN ones are bits that no kernel knows. */
export type TraceFlag = keyof typeof flag | 'UNKNOWN_7' | 'UNKNOWN_20';

/** The bit of each flag. */
export const traceFlag: Readonly<Record<TraceFlag, number>> = {
  ...flag,
  UNKNOWN_7: 1 << 7,
  UNKNOWN_20: 1 << 20,
};

/**
 * An object of a trace: program `p0` …, `x0` (a program of a wrong type), link `l0` …, `bogus` (an fd that is not open)
 * or `file` (an open fd that is no BPF object).
 */
export type Handle = string;

/** The object that an operation stands beside. */
export type TraceRelative =
  | { readonly kind: 'none'; readonly by: 'fd' | 'id' }
  | { readonly kind: 'prog' | 'link'; readonly by: 'fd' | 'id'; readonly ref: Handle }
  | { readonly kind: 'bogus'; readonly by: 'fd' }
  | { readonly kind: 'bogus'; readonly by: 'id'; readonly what: 'prog' | 'link' }
  | { readonly kind: 'file'; readonly by: 'fd' };

/** The revision that an operation expects; `mode` says what it was when the trace was made. */
export interface TraceRevision {
  readonly mode: '0' | 'exact' | 'stale';
  readonly value: number;
}

interface Placed {
  readonly on: string;
  readonly flags: readonly TraceFlag[];
  readonly rel: TraceRelative | null;
  readonly rev: TraceRevision;
}

export interface AttachOperation extends Placed {
  readonly op: 'attach';
  readonly prog: Handle | null;
  readonly replace: Handle | null;
}

export interface DetachOperation extends Placed {
  readonly op: 'detach';
  readonly prog: Handle | null;
}

export interface LinkCreateOperation extends Placed {
  readonly op: 'link_create';
  readonly prog: Handle | null;
  /** Name of the link if it comes into being. */
  readonly as: Handle;
}

export interface LinkUpdateOperation {
  readonly op: 'link_update';
  readonly link: Handle;
  readonly prog: Handle | null;
  readonly flags: readonly TraceFlag[];
  readonly old: Handle | null;
}

export interface LinkOperation {
  readonly op: 'link_detach' | 'link_open' | 'link_close' | 'link_info';
  readonly link: Handle;
}

export interface QueryOperation {
  readonly op: 'query';
  readonly on: string;
  /** Entries that each array has room for. */
  readonly count: number;
  /** Whether an array for program ids was passed. */
  readonly ids: boolean;
  readonly queryFlags: number;
  readonly attachFlags: number;
  /** Whether an array for flags of programs was passed. */
  readonly progFlags: boolean;
}

export interface ClsactOperation {
  readonly op: 'clsact';
  readonly present: boolean;
}

export interface TargetRemoveOperation {
  readonly op: 'target_remove';
}

/** One operation, inputs only. */
export type TraceOperation =
  | AttachOperation
  | DetachOperation
  | LinkCreateOperation
  | LinkUpdateOperation
  | LinkOperation
  | QueryOperation
  | ClsactOperation
  | TargetRemoveOperation;

/** One entry of a list: program and link (null without one) for tcx, the program alone for cgroup. */
export type ListEntry = readonly [program: string, link: string | null] | string;

/** A hook at one moment, or why it could not be read. */
export type HookState =
  | { readonly err: string }
  | {
      readonly rev: number;
      /** In run order for tcx, in list order for cgroup. */
      readonly list: readonly ListEntry[];
      /** Attach mode; cgroup only. */
      readonly flags?: number;
      /** Effective programs in run order; cgroup only. */
      readonly eff?: readonly string[];
    };

/** Every hook of a trace at one moment, by name. */
export type TraceState = Readonly<Record<string, HookState>>;

/** What a query wrote; arrays hold the entries that were written, null where none was passed. */
export interface QueryOutput {
  readonly count: number;
  readonly rev: number;
  readonly attachFlags: number;
  readonly ids: readonly string[] | null;
  readonly progFlags: readonly number[] | null;
  /** tcx only. */
  readonly links?: readonly (string | null)[];
}

/** What the info of a link says. */
export interface LinkState {
  readonly prog: string;
  /** Whether it has a target; false for a defunct link. */
  readonly attached: boolean;
}

/** What an operation led to: `ok` or the name of an errno, what it wrote, and the state after it. */
export interface Observation {
  readonly res: string;
  /** Of a query that ended in `ok` or `ENOSPC`. */
  readonly out?: QueryOutput;
  /** Of a `link_info` on a link that ended in `ok`. */
  readonly info?: LinkState;
  readonly q: TraceState;
}

/** An operation and what it led to. */
export interface TraceStep {
  readonly operation: TraceOperation;
  readonly observation: Observation;
}

/** The first line of a trace. */
export interface TraceHeader {
  readonly trace: TraceLayer;
  readonly version: 1;
  readonly seed: number;
  /** Number of operations. */
  readonly ops: number;
  /** Number of programs `p0` …. */
  readonly progs: number;
  /** Release of the kernel that it was recorded on; null when the trace does not say. */
  readonly kernel: string | null;
  /** State before the first operation. */
  readonly q: TraceState;
}

/** A whole trace; step `i` stands on line `i + 2` of the file. */
export interface Trace {
  /** Name or path that messages call it by. */
  readonly file: string;
  readonly header: TraceHeader;
  readonly steps: readonly TraceStep[];
}
