/** What a plan costs: first its waits count, then its operations. */
export interface Cost {
  /** Inserts and removes. */
  readonly waits: number;
  readonly operations: number;
}

/** Below 0 when `a` is the cheaper one. */
export function compareCosts(a: Cost, b: Cost): number {
  return a.waits - b.waits || a.operations - b.operations;
}
