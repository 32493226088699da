import type { ObjectProgram } from '@mprog/kernel';
import type { ProgramOrigin } from '../resolve/object-file.js';
import type { LoadedAs } from '../rules/layer-rules.js';
import type { MapPlan } from './plan-maps.js';

/** A program of a policy, what the host has of it, and what is to be done about it. */
export type DesiredProgram = DesiredObject | DesiredPinned;

/** A version of a program that is in the kernel: the one that the policy names, or an older one. */
export type ProgramVersion = 'current' | 'older';

/** A program that comes from an object file. */
export interface DesiredObject {
  readonly kind: 'object';
  /** As the policy calls it. */
  readonly name: string;
  /** File, digest and function that the policy names now. */
  readonly origin: ProgramOrigin;
  readonly program: ObjectProgram;
  /** What it is loaded as. */
  readonly as: LoadedAs;
  readonly bytes: Uint8Array;
  /**
   * `none`: the kernel has the version that the policy names. `update`: what it has is older. `load`: it has none.
   */
  readonly action: 'none' | 'load' | 'update';
  /** The program that hooks share, or before an update the one that they shared; null when there is none. */
  readonly id: number | null;
  /** Programs in the kernel that are versions of it, by id: those, and no other ones, may be replaced by it. */
  readonly versions: ReadonlyMap<number, ProgramVersion>;
  /** Where it is, or will be, pinned. */
  readonly pin: string;
  /** Id of the program that is pinned there; null for none. */
  readonly pinned: number | null;
  /** What a load does about each map of the object; empty where nothing is loaded. */
  readonly maps: readonly MapPlan[];
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** A program that somebody pinned, and that the policy names by its pin. */
export interface DesiredPinned {
  readonly kind: 'pinned';
  /** As the policy calls it. */
  readonly name: string;
  readonly action: 'none';
  readonly id: number;
  /** The one program that is pinned there. */
  readonly versions: ReadonlyMap<number, ProgramVersion>;
  readonly pin: string;
  readonly maps: readonly [];
  readonly notes: readonly string[];
}
