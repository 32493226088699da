import { printable } from './printable.js';

/** One thing in which a subject differs from a trace. */
export interface Difference {
  /** `result`, `output`, `info`, or the name of a hook. */
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** An operation after which a subject is not as the trace says. */
export interface Mismatch {
  readonly file: string;
  /** Line of the operation, counted from 1; 1 for the state before the first operation. */
  readonly line: number;
  /** The operation in words. */
  readonly operation: string;
  readonly differences: readonly Difference[];
}

/** A mismatch over several lines: place and operation, then expected and got for each difference. */
export function describeMismatch(mismatch: Mismatch): string {
  const { file, line, operation, differences } = mismatch;
  return [
    `${file}:${line}: ${operation}`,
    ...differences.flatMap(({ what, expected, got }) => [
      `  ${what}: expected ${expected}`,
      `  ${' '.repeat(what.length)}       got ${got}`,
    ]),
  ]
    .map(printable)
    .join('\n');
}
