import type { ProgramVersion } from '../programs/desired-program.js';

/** A program of a policy that is to be attached, as this host has it. */
export interface OwnProgram {
  readonly name: string;
  /** Id of the program that is attached where it is missing or older; null as long as it is not loaded. */
  readonly current: number | null;
  /** Every version that this boot knows, by id; several may be the one that the policy names. */
  readonly versions: ReadonlyMap<number, ProgramVersion>;
}
