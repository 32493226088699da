import type { Effort } from '../benchmark.js';
import { type Contender, cpuTime } from '../measure.js';
import type { Context, SourceText } from './source-text.js';

/** Lets the loop see another function in the field, so that it cannot count on the one that is measured. */
export async function runAnother(
  subject: { run: unknown },
  loop: (times: number, context: Context) => void,
  text: SourceText,
  effort: Effort,
): Promise<void> {
  const measured = subject.run;
  subject.run = await text.byHand(await text.handlers(1));
  loop(Math.max(10, Math.round(20_000 * effort.scale)), { kind: 0, n: 0 });
  subject.run = measured;
}

/** How many runs make a hook hot, and one more. */
const HOT = 10_001;

/** A loop as a contender, warm, after its handlers were seen to do what they should; in every round they are looked at. */
export function contender(
  name: string,
  loop: (times: number, context: Context) => void,
  length: number,
  effort: Effort,
): Contender {
  const context = { kind: 0, n: 0 };
  loop(1, context);
  check(name, context, length, 1);
  const times = Math.max(1, Math.round((2_000_000 / (length + 4)) * effort.scale));
  loop(HOT, context);
  for (let warm = 0; warm < 40 * effort.scale; warm++) loop(Math.max(1_000, Math.round(times / 8)), context);
  const pass = (): number => {
    context.n = 0;
    const time = cpuTime(() => loop(times, context));
    check(name, context, length, times);
    return time / times;
  };
  return { name, pass };
}

/** @throws Error when the handlers did not come to what they come to in so many runs from 0 */
export function check(name: string, { n }: Context, length: number, times: number): void {
  const wanted = expected(length, times);
  if (n !== wanted) throw new Error(`${name}: comes to ${n}, not ${wanted}`);
}

/** What the handlers of {@link SourceText.handlers} come to in so many runs. */
function expected(length: number, times: number): number {
  let n = 0;
  for (let time = 0; time < times; time++) {
    for (let i = 0; i < length; i++) n = Math.imul(n ^ ((i % 8) + 1), 31);
  }
  return n;
}
