import type { BtfObject } from './btf.js';
import type { Cgroup } from './cgroup.js';
import type { LinkObject } from './link.js';
import type { MapObject } from './map.js';
import type { ProgramObject } from './program.js';

/** A running count of statistics; runs are counted while one is referenced (ENABLE_STATS). */
export interface StatisticsObject {
  readonly kind: 'statistics';
  references: number;
}

/** An open file that is no BPF object: standard input and the like. */
export interface PlainFile {
  readonly kind: 'file';
  references: number;
}

/** The open directory of a cgroup. */
export interface CgroupDirectory {
  readonly kind: 'directory';
  readonly cgroup: Cgroup;
  references: number;
}

/**
 * Whatever an fd can stand for. An object lives while `references` is above 0: each fd, pin, attachment and object that
 * holds it counts one (spec 2).
 */
export type KernelObject =
  | ProgramObject
  | LinkObject
  | MapObject
  | BtfObject
  | StatisticsObject
  | PlainFile
  | CgroupDirectory;
