/** A program as the inventory shows it; what could not be read is null. */
export interface ProgramState {
  readonly id: number;
  /** The kernel's word for its type, `sched_cls`. */
  readonly type: string | null;
  /** As the kernel keeps it: at most 15 characters. */
  readonly name: string | null;
  /** Sixteen hexadecimal digits. */
  readonly tag: string | null;
  /** Paths that it is pinned at; null when bpffs could not be read. */
  readonly pins: readonly string[] | null;
  /** Whole name of its function; left out where it was not asked for, null when it has none or could not be read. */
  readonly fullName?: string | null;
}

/** The link that owns an attachment. */
export interface AttachmentLink {
  readonly id: number;
  /** Paths that it is pinned at; null when bpffs could not be read. */
  readonly pins: readonly string[] | null;
}

/** One member of a chain. */
export interface AttachmentState {
  /** From 1, in run order. */
  readonly position: number;
  readonly program: ProgramState;
  /** Null for one that was attached directly. */
  readonly link: AttachmentLink | null;
  /** Whether mprog put it there; null when neither pins nor journal could be read to tell. */
  readonly ours: boolean | null;
}

/** One hook with its chain. */
export interface HookState {
  /** Name that every command takes, `tcx/ingress@eth0%blue`. */
  readonly hook: string;
  readonly layer: 'tcx';
  readonly direction: 'ingress' | 'egress';
  readonly ifindex: number;
  /** Inode of the network namespace, in decimal. */
  readonly netnsInode: string;
  /** Name of the namespace under `/run/netns`; null for the caller's own and for one without a name. */
  readonly netns: string | null;
  /** In decimal. */
  readonly revision: string;
  readonly attachments: readonly AttachmentState[];
}

/** What every listing carries. */
export interface Listing {
  /** Version of this shape; fields may be added within one. */
  readonly version: 1;
  /** Name and release, `linux 6.18.44`. */
  readonly kernel: string;
  readonly bootId: string;
  /** What could not be read, a sentence each. */
  readonly errors: readonly string[];
}

/** Hooks of a host: the JSON of `ls` and `show`. */
export interface Inventory extends Listing {
  readonly hooks: readonly HookState[];
}

/** A link as `link ls` and `link show` list it. */
export interface LinkState {
  readonly id: number;
  /** `tcx`, or `type N` for a kind that has no name here. */
  readonly type: string;
  readonly program: ProgramState;
  /** Hook that it is attached to; null when it is defunct, of another layer, or in a namespace that could not be read. */
  readonly hook: string | null;
  /** Device; null for kinds without one, 0 for a defunct link. */
  readonly ifindex: number | null;
  /** Whether what it was attached to is gone; null for kinds that do not tell. */
  readonly defunct: boolean | null;
  readonly pins: readonly string[] | null;
  readonly ours: boolean | null;
}

/** Links of a host: the JSON of `link ls` and `link show`. */
export interface LinkListing extends Listing {
  readonly links: readonly LinkState[];
}

/** A program of the host with whose it is. */
export interface ProgramListingEntry extends ProgramState {
  readonly ours: boolean | null;
}

/** Programs of a host: the JSON of `program ls`. */
export interface ProgramListing extends Listing {
  readonly programs: readonly ProgramListingEntry[];
}
