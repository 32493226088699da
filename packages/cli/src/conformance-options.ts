import { clip, MprogError } from '@mprog/core';
import type { Invocation } from './command-line/invocation.js';

/** Bounds of a number, both included. */
interface Bounds {
  readonly least: number;
  readonly most?: number;
}

/**
 * The value of an option that is a number; undefined when it was not given.
 *
 * @throws MprogError `EINVAL` for one outside of its bounds
 */
export function numberOption(
  invocation: Invocation,
  name: string,
  { least, most = Number.MAX_SAFE_INTEGER }: Bounds,
): number | undefined {
  const text = invocation.option(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value >= least && value <= most && Number.isSafeInteger(value)) return value;
  throw new MprogError('EINVAL', `read --${name} ${text}: it must be ${least} to ${most} (EINVAL)`);
}

/**
 * The seeds that `--seeds A..B` means; `A` alone is one seed.
 *
 * @throws MprogError `EINVAL`
 */
export function seedRange(text: string): { readonly from: number; readonly to: number } {
  const [, first = '', last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  const isRange = first !== '' && Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to;
  if (isRange) return { from, to };
  throw new MprogError(
    'EINVAL',
    `read --seeds ${JSON.stringify(clip(text))}: it must be A..B with numbers A not above B, 1..100 (EINVAL)`,
  );
}
