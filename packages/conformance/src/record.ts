import type { Laboratory } from '@mprog/kernel';
import type { KernelSubject } from './kernel-subject.js';
import { openSubject } from './open-subject.js';
import { type SequenceOptions, SequencePlan } from './sequence-plan.js';
import type { Trace, TraceState, TraceStep } from './trace.js';

/**
 * Does a random sequence in a laboratory and writes down what the kernel answered.
 *
 * @param file what messages call the trace
 * @example
 * using laboratory = openLinuxLaboratory();
 * writeTraceFile('a.jsonl.gz', recordTrace({ layer: 'tcx', seed: 1, ops: 120 }, laboratory, 'a.jsonl.gz'));
 */
export function recordTrace(options: SequenceOptions, laboratory: Laboratory, file: string): Trace {
  const recorder = new Recorder(options, laboratory);
  try {
    while (recorder.step());
    return recorder.trace(file);
  } finally {
    recorder.close();
  }
}

/** A recording under way, operation by operation. */
export class Recorder implements Disposable {
  readonly #options: SequenceOptions;
  readonly #plan: SequencePlan;
  readonly #subject: KernelSubject;
  readonly #kernel: string;
  readonly #first: TraceState;
  readonly #steps: TraceStep[] = [];
  #state: TraceState;

  constructor(options: SequenceOptions, laboratory: Laboratory) {
    this.#options = options;
    this.#plan = new SequencePlan(options);
    this.#kernel = laboratory.host.world.kernel.replace(/^linux /, '');
    this.#subject = openSubject(options.layer, laboratory, this.#plan.programs);
    this.#first = this.#subject.state();
    this.#state = this.#first;
  }

  /** Operations that are done. */
  get done(): number {
    return this.#steps.length;
  }

  /** Does the next operation; false when there is none. */
  step(): boolean {
    const operation = this.#plan.next(this.#state);
    if (operation === null) return false;
    const observation = this.#subject.perform(operation);
    this.#plan.observe(operation, observation);
    this.#state = observation.q;
    this.#steps.push({ operation, observation });
    return true;
  }

  /** What was recorded so far. */
  trace(file: string): Trace {
    const { layer, seed } = this.#options;
    const { programs: progs } = this.#plan;
    const kernel = this.#kernel;
    const ops = this.#steps.length;
    return {
      file,
      header: { trace: layer, version: 1, seed, ops, progs, kernel, q: this.#first },
      steps: this.#steps,
    };
  }

  /** Removes the target and closes every fd. */
  close(): void {
    this.#subject.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
