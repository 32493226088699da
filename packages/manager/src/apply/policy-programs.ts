import type { MprogError } from '@mprog/core';
import { type ChangeProgram, programOf } from '../change.js';
import type { Context } from '../context.js';
import type { HostView } from '../host-view.js';
import { plannedProgram } from '../object-file.js';
import type { Policy } from '../policy/policy.js';
import { type PolicyProblemCode, problemAt } from '../policy/policy-problem.js';
import { policyRefusal } from '../policy/policy-refusal.js';
import type { ResolvedHook } from '../policy/resolve-hooks.js';
import type { DesiredProgram } from '../programs/desired-program.js';
import { desiredPrograms } from '../programs/desired-programs.js';
import { loadDesired } from '../programs/load-desired.js';
import type { OwnProgram } from './own-program.js';
import type { ProgramPlan } from './policy-plan-data.js';

/** Programs of a policy on this host: what there is, and what is to be done about them. */
export class PolicyPrograms {
  readonly plans: readonly ProgramPlan[];
  readonly #context: Context;
  readonly #view: HostView;
  readonly #desired: ReadonlyMap<string, DesiredProgram>;
  readonly #own: Map<string, OwnProgram>;
  readonly #ready: Map<string, ChangeProgram> = new Map();

  /**
   * Looks what this host has of the programs that hooks name.
   *
   * @throws MprogError of an object that can't be read, of maps that don't fit, of a pin that is missing or taken; of several
   * such `ERR_POLICY` with each in `data.problems`
   */
  constructor(context: Context, view: HostView, policy: Policy, hooks: readonly ResolvedHook[]) {
    this.#context = context;
    this.#view = view;
    const needed = new Map(
      hooks.flatMap(({ hook, entry }) => entry.names.map((name) => [name, hook] as const)),
    );
    const { programs, errors } = desiredPrograms(context, policy, needed);
    const [first] = errors.values();
    if (first !== undefined) throw errors.size === 1 ? first : allOf(policy, errors);
    this.#desired = programs;
    this.#own = new Map(
      [...programs].map(([name, { versions, id, action }]) => [
        name,
        {
          name,
          current: action === 'load' || action === 'update' ? null : id,
          versions,
        },
      ]),
    );
    this.plans = [...programs.values()].map(planOf);
  }

  /** By the policy's name, as they are at this moment. */
  get own(): ReadonlyMap<string, OwnProgram> {
    return this.#own;
  }

  /** What is known of the version that the policy names, also before it is loaded; null for an unknown name. */
  describe(name: string): ChangeProgram | null {
    const desired = this.#desired.get(name);
    if (desired === undefined) return null;
    const ready = this.#ready.get(name);
    if (ready !== undefined) return ready;
    if (desired.action === 'none') return programOf(this.#view.program(desired.id ?? 0, true));
    return plannedProgram(desired.origin.function, desired.as.type);
  }

  /**
   * Does what is planned for a program: loads it, once, and pins it below `mprog/programs`.
   *
   * @param entry entry of the history for which an older version is kept
   * @throws MprogError of loading and pinning, `ESTALE` when it is another one than was planned for
   */
  makeReady(name: string, entry: string): void {
    const desired = this.#desired.get(name);
    const own = this.#own.get(name);
    if (desired === undefined || own === undefined || this.#ready.has(name)) return;
    using ready = loadDesired(this.#context, desired, entry);
    const { program } = ready;
    this.#ready.set(name, program);
    if (program.id === null) return;
    this.#own.set(name, {
      ...own,
      current: program.id,
      versions: new Map([...own.versions, [program.id, 'current']]),
    });
  }
}

/** One refusal of several programs, a line for each, at its place. */
function allOf(policy: Policy, errors: ReadonlyMap<string, MprogError>): MprogError {
  const problems = [...errors].map(([name, { code, message }]) => {
    const { source } = policy.programs.get(name)!;
    const words = message.replace(` (${source.where})`, '');
    return problemAt(source, 'error', code as PolicyProblemCode, words);
  });
  return policyRefusal(policy.file, problems);
}

function planOf(desired: DesiredProgram): ProgramPlan {
  const { name, action, id, pin, maps, notes } = desired;
  const isObject = desired.kind === 'object';
  return {
    name,
    action: isObject && action === 'none' && desired.pinned !== id ? 'pin' : action,
    path: isObject ? desired.origin.object : pin,
    function: isObject ? desired.origin.function : null,
    digest: isObject ? desired.origin.digest : null,
    id,
    maps: maps.map((map) => ({ name: map.name, action: map.id === null ? 'create' : 'reuse' })),
    notes,
  };
}
