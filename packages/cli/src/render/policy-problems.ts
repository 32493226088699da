import { formatPolicyProblem, type PolicyProblem } from '@mprog/manager/policy';
import { counted } from './cells.js';
import { printable } from './printable.js';
import type { Style } from './style.js';

/** A line for each problem, as compilers write them. */
export function renderPolicyProblems(problems: readonly PolicyProblem[], style: Style): string[] {
  return problems.map((problem) => {
    const { severity } = problem;
    const markup = severity === 'error' ? style.bad : style.caution;
    return printable(formatPolicyProblem(problem)).replace(`: ${severity}: `, `: ${markup(severity)}: `);
  });
}

/** `2 errors, 1 warning`, or nothing. */
export function countProblems(problems: readonly PolicyProblem[]): string {
  const count = (wanted: PolicyProblem['severity']) =>
    problems.filter(({ severity }) => severity === wanted).length;
  const errors = count('error');
  const warnings = count('warning');
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ');
}
