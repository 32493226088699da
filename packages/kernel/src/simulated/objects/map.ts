import type { BtfObject } from './btf.js';
import type { ProgramObject } from './program.js';

/** The kind of programs that a program array takes: that of the first one that had to do with it (spec 15.4). */
export interface ArrayOwner {
  readonly type: number;
  readonly expectedAttachType: number;
}

/** Types of a map's keys and values in type information that the map holds. */
export interface MapTypeInfo {
  readonly btf: BtfObject;
  readonly keyType: number;
  readonly valueType: number;
}

/**
 * A map: a plain store for arrays and hashes, programs for program arrays.
 *
 * `users` counts fds and pins alone: a program array without any gives its programs back, since a program in it may hold
 * the map in turn.
 */
export interface MapObject {
  readonly kind: 'map';
  readonly id: number;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly name: string;
  /** By key in hexadecimal; an array's element that is absent is zero. */
  readonly values: Map<string, Uint8Array>;
  /** Of a program array, by index. */
  readonly programs: Map<number, ProgramObject>;
  /** Of a program array; null until a program is put in or refers to it. */
  owner: ArrayOwner | null;
  readonly typeInfo: MapTypeInfo | null;
  /** Whether bpf(2) may no longer change it (MAP_FREEZE). */
  frozen: boolean;
  references: number;
  users: number;
}
