import { expect, test } from 'vitest';
import {
  type CrashGoal,
  expectGoal,
  expectNothingLost,
  expectNothingToDo,
  goalOf,
  perform,
} from './crash-checks.js';
import { type CrashMachine, hookText } from './crash-machine.js';
import type { DeathPoint } from './doomed-host.mjs';
import type { Task } from './perform-task.mjs';
import type { CrashScenario } from './scenarios.js';
import { look, type Sighting } from './sighting.js';

/** Which deaths are tried. */
export interface CrashSelection {
  readonly moments: readonly DeathPoint['moment'][];
  /** Every how manieth change of the first process: 1 for all of them. */
  readonly step: number;
  /** Which changes of the second process are tried, of that many: none, one in its middle, or all. */
  readonly second: 'none' | 'one' | 'all';
}

/** Kills whoever carries scenarios out at one change after the other, and lets the next one finish. */
export function crashSuite(
  scenarios: readonly CrashScenario[],
  open: (scenario: CrashScenario) => CrashMachine,
  selection: CrashSelection,
): void {
  test.each(scenarios)('$name', (scenario) => {
    using machine = open(scenario);
    new CrashRun(machine, selection).all();
  });
}

/** All deaths of one scenario. */
class CrashRun {
  readonly #machine: CrashMachine;
  readonly #selection: CrashSelection;

  constructor(machine: CrashMachine, selection: CrashSelection) {
    this.#machine = machine;
    this.#selection = selection;
  }

  all(): void {
    const { moments, step } = this.#selection;
    const goal = this.#undisturbed();
    for (const moment of moments) {
      for (let n = 1; ; n += step) {
        const when = `killed ${moment} change ${n}`;
        const before = this.#dies({ n, moment }, goal, when);
        if (before === null) {
          expect(n, `changes of ${this.#machine.scenario.name}`).toBeGreaterThan(step);
          break;
        }
        this.#finish(before, goal, when);
        this.#killAgain({ n, moment }, goal, when);
      }
    }
  }

  get #apply(): Task {
    const { stateDirectory: directory, scenario } = this.#machine;
    return { kind: 'apply', directory, force: scenario.force };
  }

  get #task(): Task {
    const { scenario, target } = this.#machine;
    const { moved, strategy } = scenario;
    if (moved === undefined) return this.#apply;
    const reference = `pin:/sys/fs/bpf/mprog/programs/${moved}`;
    return { kind: 'move', hook: hookText(target), reference, options: { first: true, strategy } };
  }

  #undisturbed(): CrashGoal {
    const machine = this.#machine;
    machine.reset();
    const before = look(machine);
    const end = machine.die(this.#task, null);
    expect(end).toEqual({ killed: false, outcomes: [{ outcome: 'changed', error: null }] });
    const goal = goalOf(look(machine, before.ids));
    expectGoal(machine, before, goal, 'undisturbed');
    expectNothingToDo(machine, this.#apply, 'undisturbed');
    return goal;
  }

  /** What the host was before somebody died there; null when there is no such change. */
  #dies(point: DeathPoint, goal: CrashGoal, when: string): Sighting | null {
    this.#machine.reset();
    const before = look(this.#machine);
    if (!this.#machine.die(this.#task, point).killed) return null;
    expectNothingLost(this.#machine, before, goal, when);
    return before;
  }

  #finish(before: Sighting, goal: CrashGoal, when: string): void {
    const { outcomes } = perform(this.#machine, this.#apply);
    for (const { error } of outcomes) expect(error, when).toBe(null);
    expectGoal(this.#machine, before, goal, when);
    expectNothingToDo(this.#machine, this.#apply, when);
  }

  #killAgain(first: DeathPoint, goal: CrashGoal, when: string): void {
    const { second } = this.#selection;
    if (second === 'none') return;
    for (let n = second === 'all' ? 1 : 1 + (first.n % 5); ; n++) {
      const again = `${when}, the next one after change ${n}`;
      const before = this.#dies(first, goal, when);
      if (before === null) throw new Error(`${when}: it lived this time`);
      if (!this.#machine.die(this.#apply, { n, moment: 'after' }).killed) return;
      expectNothingLost(this.#machine, before, goal, again);
      this.#finish(before, goal, again);
      if (second === 'one') return;
    }
  }
}
