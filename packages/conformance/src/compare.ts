import { describeHookState, describeLink, describeOutput } from './describe-state.js';
import type { Difference } from './mismatch.js';
import type { Observation, TraceState } from './trace.js';

/** What differs between two observations of one operation; nothing when they agree. */
export function compareObservations(expected: Observation, got: Observation): Difference[] {
  const differences = difference('result', expected.res, got.res, String);
  if (differences.length === 0) {
    differences.push(...difference('output', expected.out, got.out, describeOutput));
    differences.push(...difference('info', expected.info, got.info, describeLink));
  }
  return [...differences, ...compareStates(expected.q, got.q)];
}

/** What differs between two states, hook by hook. */
export function compareStates(expected: TraceState, got: TraceState): Difference[] {
  const hooks = new Set([...Object.keys(expected), ...Object.keys(got)]);
  return [...hooks].flatMap((hook) => difference(hook, expected[hook], got[hook], describeHookState));
}

function difference<Value>(
  what: string,
  expected: Value,
  got: Value,
  describe: (value: Value) => string,
): Difference[] {
  return same(expected, got) ? [] : [{ what, expected: describe(expected), got: describe(got) }];
}

/** Whether two values of JSON are equal; a field that is absent and one that is undefined are. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Fields)[key], (b as Fields)[key]));
}

type Fields = Readonly<Record<string, unknown>>;
