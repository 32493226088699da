import type { Source } from '../planner/problem.js';

/**
 * What is wrong in a policy, or looks wrong.
 *
 * - `ERR_TEXT`: the bytes are no text, or too many
 * - `ERR_SYNTAX`: it is no YAML, or uses a part of YAML that policies do without
 * - `ERR_KEY`: a key that is unknown, missing, given twice or out of place
 * - `ERR_VALUE`: a value of another kind or outside of what is allowed
 * - `ERR_UNKNOWN_PROGRAM`: a program that `programs` does not name
 * - `ERR_CYCLE`: orders that no chain satisfies
 * - `ERR_CLAIM`: claims to an end that contradict one another or an order
 * - `ERR_PROGRAM_TYPE`: a program that is asked for on hooks of different types
 * - `ERR_HOOK_TWICE`: a hook that two entries mean
 * - `WARN_NO_MATCH`: a pattern that nothing matches
 * - `WARN_UNUSED`: a program that no hook names
 * - `WARN_UNKNOWN`: a part of the host that could not be looked at
 *
 * What is not there or can't be had on this host carries the errno name: `ENODEV`, `ENOENT`, `EOPNOTSUPP`, `EPERM`, ….
 */
export type PolicyProblemCode =
  | 'ERR_TEXT'
  | 'ERR_SYNTAX'
  | 'ERR_KEY'
  | 'ERR_VALUE'
  | 'ERR_UNKNOWN_PROGRAM'
  | 'ERR_CYCLE'
  | 'ERR_CLAIM'
  | 'ERR_PROGRAM_TYPE'
  | 'ERR_HOOK_TWICE'
  | 'WARN_NO_MATCH'
  | 'WARN_UNUSED'
  | 'WARN_UNKNOWN'
  | `E${Uppercase<string>}`;

/** One thing that is wrong in a policy, and where. */
export interface PolicyProblem {
  readonly severity: 'error' | 'warning';
  readonly code: PolicyProblemCode;
  readonly message: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters; a tab is one. */
  readonly column: number;
}

/** A problem of what was read from `FILE:LINE:COLUMN` before. */
export function problemAt(
  { where }: Source,
  severity: PolicyProblem['severity'],
  code: PolicyProblemCode,
  message: string,
): PolicyProblem {
  const [, file = where, line = '1', column = '1'] = /^(.*):(\d+):(\d+)$/s.exec(where) ?? [];
  return Object.freeze({ severity, code, message, file, line: Number(line), column: Number(column) });
}

/** A problem as compilers write it, `policy.yaml:12:5: error: …`, which editors can follow. */
export function formatPolicyProblem(problem: PolicyProblem): string {
  const { file, line, column, severity, message } = problem;
  return `${file}:${line}:${column}: ${severity}: ${message}`;
}
