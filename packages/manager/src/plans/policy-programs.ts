import type { MprogError } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import { type ChangeProgram, programOf } from '../change.js';
import type { Context } from '../context.js';
import type { HostView } from '../host/host-view.js';
import type { Policy } from '../policy/policy.js';
import { type PolicyProblemCode, problemAt } from '../policy/policy-problem.js';
import { policyRefusal } from '../policy/policy-refusal.js';
import type { ResolvedHook } from '../policy/resolve-hooks.js';
import type { OwnProgram } from '../problems/own-program.js';
import type { DesiredProgram } from '../programs/desired-program.js';
import { desiredPrograms } from '../programs/desired-programs.js';
import { loadDesired } from '../programs/load-desired.js';
import { plannedProgram } from '../resolve/object-file.js';
import type { ProgramPlan } from './policy-plan-data.js';

const ATTEMPTS = 10;

/** Programs of a policy on this host: what there is, and what is to be done about them. */
export class PolicyPrograms {
  readonly plans: readonly ProgramPlan[];
  readonly #context: Context;
  readonly #policy: Policy;
  /** A hook that each program is for. */
  readonly #needed: ReadonlyMap<string, ResolvedHook['hook']>;
  readonly #view: HostView;
  readonly #desired: Map<string, DesiredProgram>;
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
    this.#policy = policy;
    this.#needed = new Map(
      hooks.flatMap(({ hook, entry }) => entry.names.map((name) => [name, hook] as const)),
    );
    this.#desired = this.#look(this.#needed);
    this.#own = new Map([...this.#desired].map(([name, desired]) => [name, ownProgram(desired)]));
    this.plans = [...this.#desired.values()].map(planOf);
  }

  #look(needed: ReadonlyMap<string, ResolvedHook['hook']>): Map<string, DesiredProgram> {
    const { programs, errors } = desiredPrograms(this.#context, this.#policy, needed);
    const [first] = errors.values();
    if (first !== undefined) throw errors.size === 1 ? first : allOf(this.#policy, errors);
    return new Map(programs);
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
   * Does what is planned for a program: loads it, once, and pins it below `mprog/programs`. Where another process was faster
   * it is looked at again.
   *
   * @param entry entry of the history for which an older version is kept
   * @throws MprogError of loading and pinning, `ESTALE` when others keep changing it
   */
  makeReady(name: string, entry: string): void {
    for (let attempt = 1; !this.#ready.has(name); attempt++) {
      const desired = this.#desired.get(name);
      const hook = this.#needed.get(name);
      if (desired === undefined || hook === undefined) return;
      try {
        using ready = loadDesired(this.#context, desired, entry);
        this.#take(desired, ready.program);
      } catch (error) {
        if (!isErrno(error, 'ESTALE') || attempt === ATTEMPTS) throw error;
        for (const [found, now] of this.#look(new Map([[name, hook]]))) this.#desired.set(found, now);
      }
    }
  }

  #take(desired: DesiredProgram, program: ChangeProgram): void {
    const { name, versions } = desired;
    this.#ready.set(name, program);
    if (program.id === null) return;
    const known = new Map([...versions, [program.id, 'current'] as const]);
    this.#own.set(name, { name, current: program.id, versions: known });
  }
}

function ownProgram({ name, action, id, versions }: DesiredProgram): OwnProgram {
  return { name, current: action === 'load' || action === 'update' ? null : id, versions };
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
