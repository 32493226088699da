import type { AttachmentState, ProgramState } from './host/state.js';

/** What a change did, or would do. */
export type ChangeKind =
  | 'attach'
  | 'replace'
  | 'detach'
  | 'update-link'
  | 'detach-link'
  | 'pin-link'
  | 'unpin'
  | 'load-program'
  /** There was nothing to do; the notes say why. */
  | 'none';

/** A program of a change. */
export interface ChangeProgram {
  /** Null in a dry run for one that would be loaded. */
  readonly id: number | null;
  readonly type: string | null;
  /** As the kernel keeps it: at most 15 characters. */
  readonly name: string | null;
  readonly tag: string | null;
  /** Whole name of its function; null when it has none or could not be read. */
  readonly fullName: string | null;
}

/** A link of a change. */
export interface ChangeLink {
  /** Null in a dry run for one that would be made. */
  readonly id: number | null;
}

/** A member of the chain before or after a change. */
export interface ChangeMember {
  /** From 1, in run order. */
  readonly position: number;
  readonly program: ChangeProgram;
  readonly link: ChangeLink | null;
  /** On a cgroup: whether a link owns it, and which, cannot be told. Absent where it can. */
  readonly linkUnknown?: true;
  readonly ours: boolean | null;
}

/** One change as frozen data: it can be printed, stored and diffed. */
export interface Change {
  readonly kind: ChangeKind;
  /** Null for a change that is about no hook, or whose hook could not be found. */
  readonly hook: string | null;
  /** The program that comes (attach, replace, update) or goes (detach, unpin); null where it is about none. */
  readonly program: ChangeProgram | null;
  /** The program whose place was taken. */
  readonly replaced: ChangeProgram | null;
  readonly link: ChangeLink | null;
  /** Path of the pin that was made or removed; the others that went are in the notes. */
  readonly pin: string | null;
  /** From 1: the place that the program has now, or had. */
  readonly position: number | null;
  /** In decimal; null where no chain is concerned. */
  readonly revisionBefore: string | null;
  /** In decimal; null in a dry run. */
  readonly revisionAfter: string | null;
  readonly dryRun: boolean;
  readonly before: readonly ChangeMember[];
  readonly after: readonly ChangeMember[];
  /** Sentences for people: what else happened, and what somebody else changed meanwhile. */
  readonly notes: readonly string[];
}

/** Freezes a change; what is left out is null, empty or false. */
export function makeChange(parts: Partial<Change> & Pick<Change, 'kind'>): Change {
  const change: Change = {
    hook: null,
    program: null,
    replaced: null,
    link: null,
    pin: null,
    position: null,
    revisionBefore: null,
    revisionAfter: null,
    dryRun: false,
    before: [],
    after: [],
    notes: [],
    ...parts,
  };
  return deepFreeze(change);
}

/** A member of an inventory's chain as a change shows it. */
export function memberOf({ position, program, link, linkUnknown, ours }: AttachmentState): ChangeMember {
  return {
    position,
    program: programOf(program),
    link: link === null ? null : { id: link.id },
    ...(linkUnknown === true ? { linkUnknown } : {}),
    ours,
  };
}

/** A member with what is known of its program by who loaded it, where reading it back takes rights that are missing. */
export function withProgram(member: ChangeMember, program: ChangeProgram): ChangeMember {
  return member.program.id === program.id ? { ...member, program } : member;
}

/** A program of the host as a change shows it. */
export function programOf({ id, type, name, tag, fullName }: ProgramState): ChangeProgram {
  return { id, type, name, tag, fullName: fullName ?? null };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
