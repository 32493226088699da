import type { ChainState } from '@mprog/core';
import type { ClassicQdisc } from '../../laboratory.js';
import type { Cgroup } from '../../world.js';
import type { Access } from '../objects/fd-table.js';
import type { ArrayOwner } from '../objects/map.js';
import type { NetkitPolicy, NetkitRole } from '../objects/netkit-end.js';
import type { ProcessOwner } from '../objects/process.js';

/** What the field `format` of a saved kernel says. */
export const STATE_FORMAT = 'mprog simulated kernel';
/** Version that is written; others are refused. */
export const STATE_VERSION = 2;

/** Most nanoseconds that a kernel says it is up; beyond 104 days they are more than a number holds exactly. */
export const MAX_UPTIME: number = 2 ** 63;

/** Objects of one kind, and the id that is tried next. */
export interface SavedTable<Item> {
  readonly nextId: number;
  readonly items: readonly Item[];
}

/** What an fd or a pin stands for. */
export type SavedReference =
  | { readonly kind: 'program' | 'link' | 'map' | 'btf'; readonly id: number }
  | ({ readonly kind: 'cgroup' } & Cgroup)
  | { readonly kind: 'file' }
  | { readonly kind: 'statistics' };

export interface SavedExtraInfo {
  readonly recordSize: number;
  /** Base64. */
  readonly records: string;
}

export interface SavedProgram {
  readonly id: number;
  readonly type: number;
  readonly expectedAttachType: number;
  readonly name: string;
  readonly tag: string;
  /** Base64; loads of maps name them by id. */
  readonly instructions: string;
  readonly gpl: boolean;
  readonly loadTime: number;
  readonly createdByUid: number;
  readonly maps: readonly number[];
  readonly btf: number | null;
  readonly functionInfo: SavedExtraInfo;
  readonly lineInfo: SavedExtraInfo;
  readonly runCount: number;
  readonly runTime: number;
}

export interface SavedLink {
  readonly id: number;
  readonly type: number;
  readonly attachType: number;
  readonly program: number;
  /** Null for a defunct one. */
  readonly target: SavedDeviceName | SavedCgroupName | null;
}

/** A device as what refers to it names it. */
export interface SavedDeviceName {
  readonly namespace: string;
  readonly ifindex: number;
}

/** A cgroup as a link names it. */
export interface SavedCgroupName {
  readonly cgroup: string;
}

export interface SavedMap {
  readonly id: number;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly name: string;
  /** Keys in hexadecimal, values in base64. */
  readonly values: readonly (readonly [key: string, value: string])[];
  readonly programs: readonly (readonly [index: number, program: number])[];
  readonly owner: ArrayOwner | null;
  readonly typeInfo: { readonly btf: number; readonly keyType: number; readonly valueType: number } | null;
  readonly frozen: boolean;
}

export interface SavedBtf {
  readonly id: number;
  /** Base64. */
  readonly bytes: string;
}

export interface SavedDevice {
  readonly ifindex: number;
  readonly name: string;
  readonly up: boolean;
  readonly qdisc: ClassicQdisc | null;
  readonly ingress: ChainState | null;
  readonly egress: ChainState | null;
  readonly netkit: SavedNetkit | null;
}

/** One end of a netkit pair. */
export interface SavedNetkit {
  readonly role: NetkitRole;
  readonly other: SavedDeviceName;
  readonly policy: NetkitPolicy;
  readonly chain: ChainState;
}

/** An entry of a cgroup's list: a program by its id, or a link by its. */
export type SavedCgroupEntry = { readonly preorder: boolean } & (
  | { readonly program: number }
  | { readonly link: number }
);

/** What a cgroup has for one attach type. */
export interface SavedCgroupHook {
  readonly attachType: number;
  readonly mode: number;
  readonly revision: number;
  readonly entries: readonly SavedCgroupEntry[];
}

export interface SavedCgroup extends Cgroup {
  readonly hooks: readonly SavedCgroupHook[];
}

export interface SavedNamespace {
  readonly inode: string;
  readonly name: string | null;
  readonly nextIfindex: number;
  readonly devices: readonly SavedDevice[];
}

/** A directory's names with what is there: another directory's names, or a pin. */
export type SavedEntries = readonly (readonly [name: string, entry: SavedEntries | SavedReference])[];

export interface SavedProcess {
  readonly key: string;
  readonly owner: ProcessOwner | null;
  readonly maximumFds: number;
  readonly fds: readonly (readonly [fd: number, object: SavedReference, access: Access])[];
}

/**
 * A whole simulated host as plain data, which JSON carries unchanged.
 *
 * Behaviours of programs and classic filters are functions and not part of it.
 */
export interface SimulatedState {
  readonly format: typeof STATE_FORMAT;
  readonly version: typeof STATE_VERSION;
  readonly bootId: string;
  /** Milliseconds since 1970. */
  readonly bootTime: number;
  /** Whether the kernel has netkit. */
  readonly netkit: boolean;
  readonly programs: SavedTable<SavedProgram>;
  readonly links: SavedTable<SavedLink>;
  readonly maps: SavedTable<SavedMap>;
  readonly btfs: SavedTable<SavedBtf>;
  readonly nextNamespace: number;
  readonly namespaces: readonly SavedNamespace[];
  readonly nextCgroup: number;
  readonly cgroups: readonly SavedCgroup[];
  readonly mounts: readonly (readonly [path: string, entries: SavedEntries])[];
  readonly processes: readonly SavedProcess[];
}
