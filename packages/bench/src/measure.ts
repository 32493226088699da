import type { Effort, Row } from './benchmark.js';

/** Something that is measured beside others. */
export interface Contender {
  readonly name: string;
  /** Works for a while and returns what that took, in nanoseconds an operation. */
  readonly pass: () => number | Promise<number>;
}

/** For each contender one value a round. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Measures contenders in turn, round by round, so that whatever slows the machine down slows all of them down; each round
 * begins with another one.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, progress }: Effort,
): Promise<Samples> {
  const samples = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    progress?.(round + 1, rounds);
    for (let i = 0; i < contenders.length; i++) {
      const { name, pass } = contenders[(i + round) % contenders.length] as Contender;
      samples.get(name)?.push(await pass());
    }
  }
  return samples;
}

/** The row of one contender, compared with another one of the same rounds. */
export function compare(
  samples: Samples,
  name: string,
  against?: string,
  more: Partial<Pick<Row, 'limit' | 'above' | 'skipped'>> = {},
): Row {
  const values = samples.get(name) ?? [];
  if (against === undefined) return { name, values, ...more };
  const others = samples.get(against) ?? [];
  const ratios = values.map((value, round) => value / (others[round] as number));
  return { name, values, ratios, against, ...more };
}

/**
 * The CPU time of `act` in nanoseconds. Unlike time by the clock it leaves out what other processes take, and it counts
 * what the engine does in threads beside.
 */
export function cpuTime(act: () => void): number {
  const begin = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) * 1_000;
}

/** {@link cpuTime} of something that is awaited. */
export async function cpuTimeAsync(act: () => Promise<void>): Promise<number> {
  const begin = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) * 1_000;
}
