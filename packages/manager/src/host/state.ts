import type { CgroupMode, LinkHolder, TrafficFilter } from '@mprog/kernel';
import type { LayerName } from '../names/hook-name.js';

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
  /** Processes that hold it by fds; only in `show`, null when not all of them could be looked at. */
  readonly holders?: readonly LinkHolder[] | null;
}

/** One member of a chain. */
export interface AttachmentState {
  /** From 1, in run order; on a cgroup in the order of its own list. */
  readonly position: number;
  readonly program: ProgramState;
  /** Null for one that was attached directly, and where `linkUnknown` is true. */
  readonly link: AttachmentLink | null;
  /** On a cgroup: whether a link owns it, and which, cannot be told. Absent where it can. */
  readonly linkUnknown?: true;
  /** Whether mprog put it there; null when neither pins nor journal could be read to tell. */
  readonly ours: boolean | null;
}

/** A program that acts in a cgroup, its own or one of an ancestor. */
export interface EffectiveAttachment extends AttachmentState {
  /** Path of the cgroup whose list it is in; null where several have the program and the order does not tell. */
  readonly cgroup: string | null;
  /** Whether it was attached with PREORDER; null where the order does not tell, and the kernel does not say. */
  readonly preorder: boolean | null;
}

/** What lies behind a hook, where its chain ends. */
export interface BehindHook {
  /** The qdisc that carries classic filters; null for none. Only for tcx. */
  readonly qdisc: 'clsact' | 'ingress' | null;
  /** Filters of classic tc on the hook's side of the device, in the order in which they are asked. */
  readonly filters: readonly Omit<TrafficFilter, 'direction'>[];
  /** What a netkit device does with packets while the hook has no programs; null for other layers. */
  readonly policy: 'pass' | 'drop' | null;
  /** The same in one sentence for people. */
  readonly words: string;
}

/** One hook with its chain. */
export interface HookState {
  /** Name that every command takes, `tcx/ingress@eth0%blue`. */
  readonly hook: string;
  readonly layer: LayerName;
  readonly direction: string;
  /** Absent for cgroups. */
  readonly ifindex?: number;
  /** In decimal; for cgroups alone. */
  readonly cgroupId?: string;
  /** Inode of the network namespace, in decimal; absent for cgroups. */
  readonly netnsInode?: string;
  /** Name of the namespace under `/run/netns`; null for the caller's own and for one without a name; absent for cgroups. */
  readonly netns?: string | null;
  /** How the programs of a cgroup share it; for cgroups alone. */
  readonly mode?: CgroupMode;
  /** In decimal. */
  readonly revision: string;
  readonly attachments: readonly AttachmentState[];
  /** What acts in the cgroup, in run order; only where it was asked for. */
  readonly effective?: readonly EffectiveAttachment[];
  /** Only in `show`; null when it could not be read. */
  readonly behind?: BehindHook | null;
  /** What is suspicious about the hook, a sentence each; only in `show`. */
  readonly warnings?: readonly string[];
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
  /** Hook that it is attached to; null when it is defunct, or in a namespace that could not be read. */
  readonly hook: string | null;
  /** Device; null for kinds without one, 0 for a defunct link. */
  readonly ifindex: number | null;
  /** Cgroup, in decimal; null for other kinds, `0` for a defunct link. */
  readonly cgroupId: string | null;
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
