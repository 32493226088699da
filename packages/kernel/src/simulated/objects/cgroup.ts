import type { LinkObject } from './link.js';
import type { ProgramObject } from './program.js';

/** One entry of a cgroup's list: a program that was attached directly, or a link (spec 10.1). */
export interface CgroupEntry {
  readonly owner: ProgramObject | LinkObject;
  readonly preorder: boolean;
}

/** What a cgroup keeps for one attach type; it stays, with its revision, when the list becomes empty (spec 10.1). */
export interface CgroupHook {
  readonly entries: CgroupEntry[];
  /** The ALLOW_* bits of the entries; 0 while there are none. */
  mode: number;
  revision: number;
}

/** A control group of version 2. */
export interface Cgroup {
  readonly kind: 'cgroup';
  /** Path inside the tree, `/` for its root. */
  readonly path: string;
  /** Decimal. */
  readonly id: string;
  /** Null for the root. */
  readonly parent: Cgroup | null;
  /** By attach type; one that is absent was never used. */
  readonly hooks: Map<number, CgroupHook>;
  /** True once its directory was removed, which fds of it outlive. */
  removed: boolean;
}

/** The program that an entry runs: its own, or the one that its link has at the moment. */
export function programOf({ owner }: CgroupEntry): ProgramObject {
  return owner.kind === 'link' ? owner.program : owner;
}
