import { MprogError } from '@mprog/core';
import { isErrno, STAND_IN_NAME } from '@mprog/kernel';
import { type Chain, describeDifference, readChain } from '../host/chain.js';
import { HostView } from '../host/host-view.js';
import type { Place } from '../host/place.js';
import type { OpenEntry } from '../journal/journal.js';
import { refusal } from '../manager-error.js';
import { LinkPins } from '../pins/link-pins.js';
import { StandIns } from '../pins/stand-ins.js';
import { UndoPins } from '../pins/undo-pins.js';
import type { ChainPlan, Step } from '../planner/chain-plan.js';
import { describeStep } from '../plans/describe-step.js';
import type { PlannedHook } from '../plans/planned-hook.js';
import { cameFor, restoreProblem } from '../problems/restore-problem.js';
import { restoringSolver } from '../problems/restoring-solver.js';
import { withoutStandIns } from '../problems/without-stand-ins.js';
import { ChainActor } from './chain-actor.js';
import type { Errand } from './errand.js';
import { directChanges, memberOfPlace, planIntent } from './plan-record.js';

const ATTEMPTS = 10;

/** What came of an errand. */
export interface CarriedOut {
  /** The plan that the first step belonged to. */
  readonly first: PlannedHook;
  /** Places of the hook in the end. */
  readonly places: readonly Place[];
  readonly revision: number;
  /** Entry of the journal; null where nothing was to be done. */
  readonly entry: string | null;
  readonly steps: number;
  readonly waits: number;
  readonly attempts: number;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/**
 * Carries a plan out on one hook, under the lock that all plans of this state directory share.
 *
 * When somebody else changes the chain meanwhile, a plan is made for what is there then, at most ten times; a step that
 * fails for another reason has the steps before it undone.
 *
 * @param first what was planned already; it is made anew when the hook is another one by now
 * @throws MprogError of the step that failed, and in its words what could not be undone; `ESTALE` with what others changed
 */
export function carryOut(errand: Errand, first: PlannedHook): CarriedOut {
  const { places, chain, pinOf } = first.problem;
  const pins = new LinkPins(errand.context, pinOf, errand.operation);
  if (first.plan.steps.length === 0 && first.left.length === 0 && pins.areSettled(places)) {
    return {
      first,
      places,
      revision: chain.revision,
      entry: null,
      steps: 0,
      waits: 0,
      attempts: 1,
      notes: [],
    };
  }
  return errand.context.journal.exclusively(() => new Run(errand, first).run());
}

/** One errand under way. */
class Run {
  readonly #errand: Errand;
  readonly #first: PlannedHook;
  readonly #undo: UndoPins;
  #open: OpenEntry | null = null;
  /** Whether a step was tried: one that others interfered with may be in the chain all the same. */
  #begun = false;
  #actor: ChainActor | null = null;
  #steps = 0;
  #waits = 0;

  constructor(errand: Errand, first: PlannedHook) {
    this.#errand = errand;
    this.#first = first;
    this.#undo = new UndoPins(errand.context, errand.pins, errand.operation);
  }

  run(): CarriedOut {
    const { context, operation } = this.#errand;
    let planned = this.#first;
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#attempt(planned, attempt);
      } catch (error) {
        if (isErrno(error, 'ESTALE') && attempt < ATTEMPTS) {
          // Others need the lock for some 8 ms each; a random pause lets one of several win.
          context.pause(Math.random() * Math.min(2 ** attempt, 64));
          try {
            planned = this.#errand.plan();
            continue;
          } catch (planError) {
            throw this.#failed(planError);
          }
        }
        throw this.#failed(isErrno(error, 'ESTALE') ? this.#whoWasFaster(error, operation) : error);
      }
    }
  }

  #attempt(planned: PlannedHook, attempt: number): CarriedOut {
    const { context, hook, operation, programs } = this.#errand;
    const { view, problem, plan, left } = planned;
    const { chain, places, pinOf } = problem;
    const actor = new ChainActor({ context, view, hook, chain, places, programs, pinOf, operation });
    this.#actor = actor;
    actor.requireUnchanged();
    actor.settle(left);
    if (plan.steps.length > 0) {
      try {
        this.#prepare(planned);
        this.#perform(actor, planned);
      } catch (error) {
        // Programs that others had there may be gone with their places.
        throw actor.staleIfChanged(error);
      }
    }
    const notes = this.#record(planned, actor);
    return {
      first: this.#first,
      places: actor.places,
      revision: actor.revision,
      entry: this.#open?.entry ?? null,
      steps: this.#steps,
      waits: this.#waits,
      attempts: attempt,
      notes: [...actor.notes, ...notes],
    };
  }

  /** Everything that can fail before the chain is touched, and what a kill between two steps must find. */
  #prepare(planned: PlannedHook): void {
    const { context, programs, record } = this.#errand;
    const { view, problem, plan } = planned;
    this.#requireIds(planned);
    for (const { key, standIn } of plan.steps.flatMap(contentsOf)) {
      if (standIn) programs.standIn(key);
      else programs.program(key);
    }
    const intent = planIntent(this.#errand, planned);
    this.#open =
      this.#open === null ? context.journal.begin(intent) : context.journal.again(this.#open, intent);
    this.#undo.keep(view, record.group, leaving(plan, problem.places));
  }

  /** Without the right to open programs by their ids no stand-in can be told, so it could not be taken back either. */
  #requireIds({ problem: { places }, plan: { steps } }: PlannedHook): void {
    const { kernel } = this.#errand.context;
    const isPlain = steps.every((step) => step.kind === 'insert' && !step.entry.standIn);
    if (!isPlain && places[0] !== undefined) kernel.programs.open(places[0].program).close();
  }

  #perform(actor: ChainActor, { problem, plan }: Pick<PlannedHook, 'problem' | 'plan'>): void {
    const { context } = this.#errand;
    let state = problem.problem.today;
    for (const step of plan.steps) {
      this.#begun = true;
      if (step.kind === 'remove') actor.remove(step.entry.slot);
      else {
        actor.requireSlots(state);
        if (step.kind === 'insert') actor.insert(step.index, step.entry);
        else actor.replace(step.index, step.by);
      }
      this.#steps++;
      if (step.kind !== 'replace' && problem.problem.rules.waits) this.#waits++;
      const words = describeStep(step, state, problem.nameOf);
      if (this.#open !== null) context.journal.step(this.#open, words, String(actor.revision));
      state = step.after;
    }
    actor.requireSlots(state);
  }

  /** What was done is done, also where that can't be recorded: then it counts as cut off. */
  #record({ view, plan }: PlannedHook, actor: ChainActor): readonly string[] {
    if (this.#open?.intent.plan === undefined) return [];
    const after = actor.places.map((place, index) =>
      memberOfPlace(view, place, plan.target[index] ?? { role: place.own ? 'own' : 'wall', standIn: false }),
    );
    const { plan: intended } = this.#open.intent;
    const ended = { ...intended, after, ...directChanges(intended.before, after) };
    try {
      this.#errand.context.journal.ended(this.#open, ended, String(actor.revision));
      return [];
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      return [`it was done, but its end could not be recorded: ${error.message}`];
    }
  }

  /** Undoes what was done; the error then says what could not be. */
  #failed(error: unknown): unknown {
    const { context, operation } = this.#errand;
    const isTouched = this.#steps > 0 || this.#actor?.isTouched === true || isErrno(error, 'ESTALE');
    const trouble = this.#begun ? this.#restore() : null;
    const problem = isTouched ? trouble : null;
    // What could not be undone is left as a kill leaves it: the next change goes on from there.
    if (this.#open !== null && problem === null) {
      try {
        context.journal.failed(this.#open, error);
      } catch (journalError) {
        // The first record stays alone, as after a kill; the failure itself says more.
        if (!MprogError.is(journalError)) throw journalError;
      }
    }
    if (!MprogError.is(error) || !isTouched) return error;
    const state =
      problem === null
        ? 'the steps before it were undone'
        : `and the steps before it could not be undone: ${problem}; the next change of the hook goes on from here`;
    return new MprogError(error.code, `${error.message}; ${state}`, {
      cause: error,
      data: { ...error.data, operation, restored: problem === null },
    });
  }

  /** Brings the chain back to what it was before the first step; returns why it could not, or null. */
  #restore(): string | null {
    const { context, hook, operation, pins, programs, solver, record } = this.#errand;
    const { view: firstView, problem: original } = this.#first;
    const found = original.places.map((place, index) =>
      memberOfPlace(firstView, place, original.problem.today[index]!),
    );
    for (let attempt = 1; ; attempt++) {
      try {
        const recorded = withoutStandIns(found, (key) => programs.program(key).id);
        const came = cameFor(
          recorded,
          original.problem.wanted.map(({ key }) => ({ program: programs.program(key).id, key })),
        );
        const view = new HostView(context);
        const chain = readChain(context, view, hook, false);
        const request = { context, view, hook, chain, pins, recorded, came } as const;
        const source = { where: record.group, words: 'the order that it had' };
        const standIns = new StandIns(context, pins);
        const problem = restoreProblem({ ...request, standIns, strategy: 'in-place', source });
        const solution = restoringSolver(solver)(problem.problem);
        if (!solution.ok) return 'others changed the chain so that the old order is impossible';
        const { places, pinOf } = problem;
        const actor = new ChainActor({ context, view, hook, chain, places, programs, pinOf, operation });
        this.#undo.keep(view, record.group, leaving(solution.plan, places));
        this.#perform(actor, { problem, plan: solution.plan });
        return null;
      } catch (error) {
        if (!MprogError.is(error)) throw error;
        if (!isErrno(error, 'ESTALE') || attempt === ATTEMPTS) return error.message;
        context.pause(Math.random() * Math.min(2 ** attempt, 64));
      }
    }
  }

  /** A failure to find out must not keep the hook from being brought back. */
  #whoWasFaster(cause: unknown, operation: string): unknown {
    try {
      return this.#gaveUp(cause, operation);
    } catch (error) {
      if (!MprogError.is(error)) throw error;
      return cause;
    }
  }

  #gaveUp(cause: unknown, operation: string): MprogError {
    const { context, hook } = this.#errand;
    const now = readChain(context, new HostView(context), hook);
    const before = this.#first.problem.chain;
    // What this very change did meanwhile is no news; it is undone next.
    const keys = new Set(this.#first.problem.problem.wanted.map(({ key }) => key));
    const own = new Set(
      this.#first.problem.places.flatMap(({ key, program }) => (keys.has(key) ? program : [])),
    );
    for (const key of keys) own.add(this.#errand.programs.program(key).id);
    const others = (members: Chain['members']) =>
      members.filter(({ program: { id, name } }) => !own.has(id) && name !== STAND_IN_NAME);
    const difference =
      describeDifference(others(before.members), others(now.members)) ?? 'the members are the same again';
    return refusal('ESTALE', operation, `the chain changed during each of ${ATTEMPTS} attempts`, {
      remedy: `meanwhile ${difference}`,
      data: { expected: String(before.revision), found: String(now.revision) },
      cause,
    });
  }
}

function contentsOf(step: Step): readonly { readonly key: string; readonly standIn: boolean }[] {
  if (step.kind === 'remove') return [];
  return [step.kind === 'insert' ? step.entry : step.by];
}

/** Programs that leave a place in a plan, even for a moment; stand-ins are nothing to keep. */
function leaving({ today, steps }: ChainPlan, places: readonly Place[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const step of steps) {
    if (step.kind === 'insert') continue;
    const index = today.findIndex(({ slot }) => slot === step.entry.slot);
    if (index >= 0 && !today[index]!.standIn) found.add(places[index]!.program);
  }
  return found;
}
