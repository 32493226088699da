/** What became of one seed. */
export interface FuzzResult {
  readonly operations: number;
  /** The shortest script after which the kernels differ; null when they agree. */
  readonly script: string | null;
}

/** One kind of random input, tried on two kernels side by side. */
export interface FuzzTarget extends Disposable {
  /** `tcx`, `cgroup` or `raw`. */
  readonly layer: string;
  /**
   * Tries one seed.
   *
   * @param rest called now and then while it shortens what it found; what it throws ends the attempt
   */
  run(seed: number, rest: () => Promise<void>): Promise<FuzzResult>;
  close(): void;
}

/** How far a fuzz run has come. */
export interface FuzzProgress {
  readonly layer: string;
  readonly seed: number;
  /** Sequences that are done, of all layers. */
  readonly done: number;
  readonly total: number;
  /** The script of what the last of them found. */
  readonly script: string | null;
}

/** What a fuzz run covers. */
export interface FuzzOptions {
  /** First and last seed. */
  readonly from: number;
  readonly to: number;
  /** Ends the run after the sequence that it is at; a reason that is text is reported. */
  readonly signal?: AbortSignal;
  /** Called after each sequence. */
  readonly onProgress?: (progress: FuzzProgress) => void;
}

/** A difference that was found. */
export interface FuzzFinding {
  readonly layer: string;
  readonly seed: number;
  readonly script: string;
}

/** What became of a fuzz run. */
export interface FuzzSummary {
  /** Sequences that were done to their end or to a difference. */
  readonly sequences: number;
  readonly operations: number;
  readonly findings: readonly FuzzFinding[];
  /** Where it was when it was interrupted, and by what where the signal says so; null when it came to its end. */
  readonly interrupted: {
    readonly layer: string;
    readonly seed: number;
    readonly by: string | null;
  } | null;
}

/**
 * Tries every seed on every target, one after the other, and goes on after a difference.
 *
 * Between two sequences the event loop gets its turn, so that a signal can end the run.
 *
 * @param open opens the targets, each when its turn comes; it is closed before the next
 */
export async function fuzz(
  open: readonly (() => FuzzTarget)[],
  { from, to, signal, onProgress }: FuzzOptions,
): Promise<FuzzSummary> {
  const total = open.length * (to - from + 1);
  const findings: FuzzFinding[] = [];
  let sequences = 0;
  let operations = 0;
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted === true) throw new Interruption();
  };
  for (const openTarget of open) {
    using target = openTarget();
    const { layer } = target;
    for (let seed = from; seed <= to; seed++) {
      try {
        await rest();
        const result = await target.run(seed, rest);
        operations += result.operations;
        if (result.script !== null) findings.push({ layer, seed, script: result.script });
        sequences++;
        onProgress?.({ layer, seed, done: sequences, total, script: result.script });
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        const by = typeof signal?.reason === 'string' ? signal.reason : null;
        return { sequences, operations, findings, interrupted: { layer, seed, by } };
      }
    }
  }
  return { sequences, operations, findings, interrupted: null };
}

/** Whether a fuzz run came to its end without a difference. */
export function fuzzPassed({ sequences, findings, interrupted }: FuzzSummary): boolean {
  return sequences > 0 && findings.length === 0 && interrupted === null;
}

/**
 * The report of a fuzz run: where it was interrupted, if it was, and always the line
 * `N sequences, N operations, N mismatches`.
 */
export function reportFuzz({ sequences, operations, findings, interrupted }: FuzzSummary): string {
  const counts = `${sequences} sequences, ${operations} operations, ${findings.length} mismatches`;
  if (interrupted === null) return counts;
  const { layer, seed, by } = interrupted;
  return `interrupted${by === null ? '' : ` by ${by}`} at seed ${seed} of ${layer}, before it was done\n${counts}`;
}

class Interruption extends Error {}
