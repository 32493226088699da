import { MprogError } from '@mprog/core';
import { chooseProgram } from '../resolve/object-file.js';
import { loadedAs } from '../rules/layer-rules.js';
import type { Policy } from './policy.js';
import { type PolicyProblem, type PolicyProblemCode, problemAt } from './policy-problem.js';
import type { HostLook, ResolvedHook } from './resolve-hooks.js';

/**
 * Finds what is wrong with the object files that hooks of a policy need: one that can't be read or is none, a program that
 * is not in it or is not told, one that its hooks don't take. Nothing is loaded. Where objects can't be read on this host at
 * all that is a warning.
 *
 * @returns a problem at most for each program, at its place
 */
export function checkObjects(
  look: HostLook,
  policy: Policy,
  hooks: readonly ResolvedHook[],
): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  for (const program of policy.programs.values()) {
    const needs = hooks.find(({ entry }) => entry.names.includes(program.name));
    if (program.kind !== 'object' || needs === undefined) continue;
    const { path, program: wanted, name, source } = program;
    const operation = `read program ${name}`;
    try {
      const found = chooseProgram(look, path, wanted, operation, { hook: needs.hook, inPolicy: true });
      loadedAs(needs.hook, found.program, operation);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      const isUnknown = error.code === 'ELIBBPF';
      const code = isUnknown ? 'WARN_UNKNOWN' : (error.code as PolicyProblemCode);
      problems.push(problemAt(source, isUnknown ? 'warning' : 'error', code, error.message));
      // The next one would say the same.
      if (isUnknown) return problems;
    }
  }
  return problems;
}
