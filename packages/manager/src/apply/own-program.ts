/** A program of a policy that is to be attached, as this host has it. */
export interface OwnProgram {
  readonly name: string;
  /** Id of the version that the policy names; null as long as it is not loaded. */
  readonly current: number | null;
  /** Ids of every version that this boot knows, the current one among them. */
  readonly versions: ReadonlySet<number>;
}
