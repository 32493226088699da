import { compareObservations, compareStates } from './compare.js';
import { describeOperation } from './describe-operation.js';
import type { Difference } from './mismatch.js';
import { type SequenceOptions, SequencePlan } from './sequence-plan.js';
import { shrink } from './shrink.js';
import type { TraceLayer, TraceOperation, TraceState } from './trace.js';
import type { TraceSubject } from './trace-subject.js';

/** Makes a fresh subject, with programs `p0` …, for one run of a sequence. */
export type SubjectMaker = (layer: TraceLayer, programs: number) => TraceSubject & Disposable;

/** The two that must answer alike: the first is taken for right. */
export interface Pair {
  readonly reference: SubjectMaker;
  readonly candidate: SubjectMaker;
}

/** A sequence after whose last operation two subjects differ. */
export interface Divergence {
  readonly layer: TraceLayer;
  readonly seed: number;
  /** Empty when they differ from the start. */
  readonly operations: readonly TraceOperation[];
  readonly differences: readonly Difference[];
}

/** What became of one sequence. */
export interface SequenceResult {
  readonly operations: number;
  readonly divergence: Divergence | null;
}

/** Does a random sequence on two subjects side by side, up to the first operation after which they differ. */
export function compareSequence(options: SequenceOptions, pair: Pair): SequenceResult {
  const plan = new SequencePlan(options);
  const { layer, seed } = options;
  return compareOperations({ layer, seed, programs: plan.programs }, pair, {
    next: (state) => plan.next(state),
    observe: (operation, observation) => plan.observe(operation, observation),
  });
}

/**
 * Leaves operations out of a sequence while its subjects still differ, until none can be left out.
 *
 * @param onRun called before each run with the number of operations in it
 */
export async function shrinkDivergence(
  divergence: Divergence,
  pair: Pair,
  programs: number,
  onRun: (operations: number) => void | Promise<void> = () => undefined,
): Promise<Divergence> {
  const { layer, seed } = divergence;
  let shortest = divergence;
  await shrink(divergence.operations, async (operations) => {
    await onRun(operations.length);
    const { divergence: found } = compareOperations({ layer, seed, programs }, pair, given(operations));
    if (found === null) return -1;
    shortest = found;
    return found.operations.length - 1;
  });
  return shortest;
}

/**
 * The script of a divergence, as short as it gets. One that nothing shorter repeats is done once more, and the script says
 * where even that does not differ: whoever walks all links or programs of the machine holds each of them for a moment, and a
 * link that somebody holds outlives its last fd in the run.
 *
 * @param onRun as in {@link shrinkDivergence}
 */
export async function scriptOf(
  divergence: Divergence,
  options: SequenceOptions,
  pair: Pair,
  onRun?: (operations: number) => void | Promise<void>,
): Promise<string> {
  const { programs } = new SequencePlan(options);
  const shortest = await shrinkDivergence(divergence, pair, programs, onRun);
  const script = describeDivergence(shortest);
  if (shortest !== divergence || compareSequence(options, pair).divergence !== null) return script;
  return `${script}\n  done again it does not differ: perhaps another process held one of its links for a moment`;
}

/** A divergence as a script: its operations in order, then what differs after the last. */
export function describeDivergence({ layer, seed, operations, differences }: Divergence): string {
  const width = String(operations.length).length;
  return [
    `${layer} sequence of seed ${seed}, shortened to ${operations.length} operations:`,
    ...operations.map(
      (operation, i) => `  ${String(i + 1).padStart(width)}. ${describeOperation(operation)}`,
    ),
    ...differences.flatMap(({ what, expected, got }) => [
      `  ${what}: the running kernel has ${expected}`,
      `  ${' '.repeat(what.length)}  the simulated one has ${got}`,
    ]),
  ].join('\n');
}

interface Source {
  next(state: TraceState): TraceOperation | null;
  observe(operation: TraceOperation, observation: ReturnType<TraceSubject['perform']>): void;
}

function compareOperations(
  { layer, seed, programs }: { layer: TraceLayer; seed: number; programs: number },
  pair: Pair,
  source: Source,
): SequenceResult {
  using reference = pair.reference(layer, programs);
  using candidate = pair.candidate(layer, programs);
  const done: TraceOperation[] = [];
  const found = (differences: readonly Difference[]) => ({
    operations: done.length,
    divergence: { layer, seed, operations: done, differences },
  });
  let state = reference.state();
  const before = compareStates(state, candidate.state());
  if (before.length > 0) return found(before);
  for (let operation = source.next(state); operation !== null; operation = source.next(state)) {
    const expected = reference.perform(operation);
    const got = candidate.perform(operation);
    done.push(operation);
    const differences = compareObservations(expected, got);
    if (differences.length > 0) return found(differences);
    source.observe(operation, expected);
    state = expected.q;
  }
  return { operations: done.length, divergence: null };
}

/**
 * Operations that were planned for another sequence: revisions are those of this one, and what means nothing here is left
 * out, such as the removal of a qdisc that is not there.
 */
function given(operations: readonly TraceOperation[]): Source {
  const left = [...operations];
  let clsact = false;
  let removed = false;
  return {
    next(state) {
      for (let operation = left.shift(); operation !== undefined; operation = left.shift()) {
        if (operation.op === 'target_remove') {
          if (removed) continue;
          removed = true;
        }
        if (operation.op === 'clsact') {
          if (removed || operation.present === clsact) continue;
          clsact = operation.present;
        }
        return withRevision(operation, state);
      }
      return null;
    },
    observe: () => undefined,
  };
}

function withRevision(operation: TraceOperation, state: TraceState): TraceOperation {
  if (!('rev' in operation) || operation.rev.mode === '0') return operation;
  const hook = state[operation.on];
  const current = hook === undefined || 'err' in hook ? 1 : hook.rev;
  const { mode, value } = operation.rev;
  if (mode === 'exact') return { ...operation, rev: { mode, value: current } };
  return value === current ? { ...operation, rev: { mode, value: value + 1 } } : operation;
}
