import { SimulatedLaboratory } from '@mprog/kernel/simulated';
import type { FuzzResult, FuzzTarget } from '../fuzz.js';
import { shrink } from '../shrink.js';
import { describeRawStep } from './describe-raw-step.js';
import { planRaw } from './plan-raw.js';
import { simulatedMemory } from './raw-memory.js';
import { NumbersOf, type RawNumbers } from './raw-numbers.js';
import { RawProcess } from './raw-process.js';
import type { RawStep } from './raw-step.js';
import { RawWorld } from './raw-world.js';
import { type RawOutcome, runRaw } from './run-raw.js';

/** Where two kernels differ in a raw sequence. */
export interface RawDivergence {
  readonly steps: readonly RawStep[];
  readonly expected: RawOutcome;
  readonly got: RawOutcome;
}

/** Runs steps on the kernel that is taken for right and on the other one. */
export type RawRun = (steps: readonly RawStep[]) => Promise<{
  readonly expected: readonly RawOutcome[];
  readonly got: readonly RawOutcome[];
}>;

/** The first step in which outcomes differ, with all before it; null when none does. */
export async function compareRaw(steps: readonly RawStep[], run: RawRun): Promise<RawDivergence | null> {
  const { expected, got } = await run(steps);
  const at = steps.findIndex(
    (_, i) => expected[i]?.result !== got[i]?.result || expected[i]?.written !== got[i]?.written,
  );
  return at < 0 ? null : { steps: steps.slice(0, at + 1), expected: expected[at]!, got: got[at]! };
}

/** Leaves steps out while the kernels still differ, until none can be left out. */
export async function shrinkRaw(
  divergence: RawDivergence,
  run: RawRun,
  rest: () => Promise<void>,
): Promise<RawDivergence> {
  let shortest = divergence;
  await shrink(divergence.steps, async (steps) => {
    await rest();
    const found = await compareRaw(steps, run);
    if (found === null) return -1;
    shortest = found;
    return found.steps.length - 1;
  });
  return shortest;
}

/** Raw calls of bpf(2), on the running kernel in a process of its own and on a simulated one. */
export class RawTarget implements FuzzTarget {
  readonly layer = 'raw';
  readonly #ops: number;
  readonly #process: RawProcess = new RawProcess();

  /** @param ops steps of a sequence, before the queries of every hook at its end */
  constructor({ ops }: { readonly ops: number }) {
    this.#ops = ops;
  }

  async run(seed: number, rest: () => Promise<void>): Promise<FuzzResult> {
    const request = { seed, ops: this.#ops };
    const first = await this.#process.run(request);
    const { without, outcomes } = first;
    const run: RawRun = async (steps) => {
      const whole = steps.length === outcomes.length;
      const keep = steps.map(({ index }) => index);
      const answer = whole ? first : await this.#process.run({ ...request, keep });
      return { expected: answer.outcomes, got: runSimulated(steps, answer.base, answer.numbers) };
    };
    const steps = planRaw({ ...request, without });
    const divergence = await compareRaw(steps, run);
    if (divergence === null) return { operations: steps.length, script: null };
    const shortest = await shrinkRaw(divergence, run, rest);
    return { operations: steps.length, script: describeRawDivergence(seed, shortest) };
  }

  close(): void {
    this.#process.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A divergence as a script: the steps in order, then what differs in the last. */
export function describeRawDivergence(seed: number, { steps, expected, got }: RawDivergence): string {
  const outcome = ({ result, written }: RawOutcome) =>
    `${result}, written ${written === '' ? 'nothing' : written}`;
  return [
    `raw sequence of seed ${seed}, shortened to ${steps.length} steps:`,
    ...steps.map((step, i) => `  ${i + 1}. ${describeRawStep(step)}`),
    `  the running kernel: ${outcome(expected)}`,
    `  the simulated one:  ${outcome(got)}`,
  ].join('\n');
}

/** Runs steps on a fresh simulated kernel, whose memory is where another kernel's was and which gives the same numbers. */
export function runSimulated(
  steps: readonly RawStep[],
  base: number,
  numbers?: RawNumbers,
): readonly RawOutcome[] {
  using laboratory = new SimulatedLaboratory();
  using memory = simulatedMemory(laboratory, base);
  using world = new RawWorld(memory, numbers && new NumbersOf(laboratory, numbers));
  return runRaw(steps, memory, world);
}
