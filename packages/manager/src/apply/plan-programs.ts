/** A program that is held open. */
export interface OpenProgram {
  readonly id: number;
  readonly fd: number;
}

/** Where a plan takes its programs from. What it opens stays open until it is closed. */
export interface PlanPrograms extends Disposable {
  /**
   * The program that a key names, in its newest version.
   *
   * @throws MprogError `ENOENT` when it is gone
   */
  program(key: string): OpenProgram;
  /**
   * The stand-in of a key, loaded on first use; its array is pinned until `close()`.
   *
   * @throws MprogError of loading, and when the program array refuses the program
   */
  standIn(key: string): OpenProgram;
  close(): void;
}
