import { MprogError } from '@mprog/core';
import { formatPolicyProblem, type PolicyProblem } from './policy-problem.js';

/**
 * The refusal of a policy that has errors: the one that it has, or their number with a line for each in `data.log`.
 *
 * @param problems what was found; `data.problems` has all of it
 */
export function policyRefusal(file: string, problems: readonly PolicyProblem[]): MprogError {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first !== undefined && errors.length === 1) {
    const { line, column, message } = first;
    return new MprogError('ERR_POLICY', `read policy ${file}:${line}:${column}: ${message}`, {
      data: { problems },
    });
  }
  const log = errors.map(formatPolicyProblem).join('\n');
  return new MprogError('ERR_POLICY', `read policy ${file}: it has ${errors.length} errors`, {
    data: { problems, log },
  });
}
