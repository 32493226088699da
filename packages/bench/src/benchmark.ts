/** How much a benchmark does: everything, or just enough to see that it still works. */
export interface Effort {
  /**
   * How many processes are measured one after the other: where its code and data come to lie is decided once for a
   * process, and can make a difference that no number of rounds shows.
   */
  readonly processes: number;
  /** How often every contender is measured in a process. */
  readonly rounds: number;
  /** What the number of operations of a round is multiplied by, above 0 to 1. */
  readonly scale: number;
  /** Told at the beginning of every round, from 1 to `rounds`, where somebody watches. */
  readonly progress?: (round: number, rounds: number) => void;
}

/** What a reason to skip begins with where a running kernel, or a right on it, is missing. */
export const LIVE = 'live kernel: ';

/** One line of a table. */
export interface Row {
  readonly name: string;
  /** One for each round: nanoseconds an operation, or what `unit` names. */
  readonly values: readonly number[];
  readonly unit?: string;
  /** What is compared with, and for each round this value divided by that one. */
  readonly against?: string;
  readonly ratios?: readonly number[];
  /** The limit that the goal sets for the median of the ratios, or of the values where there are no ratios. */
  readonly limit?: number;
  /** What the goal wants that median to be above. */
  readonly above?: number;
  /** Why it, or what it is to be compared with, could not be measured; {@link LIVE} begins what the kernel is the reason of. */
  readonly skipped?: string;
}

/** A group of rows that were measured together. */
export interface Table {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** One benchmark; it runs in a process of its own. */
export interface Benchmark {
  /** The goals that it measures. */
  readonly goals: readonly string[];
  readonly title: string;
  /** Roughly, of a whole run. */
  readonly minutes: number;
  /** Options for Node. */
  readonly options?: readonly string[];
  run(effort: Effort): Promise<readonly Table[]>;
}
