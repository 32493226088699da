import { afterAll, expect, test } from 'vitest';
import {
  type CrashGoal,
  expectGoal,
  expectGoalWithoutRecords,
  expectNothingLost,
  expectNothingToDo,
  expectUndone,
  goalOf,
  latestEntry,
  perform,
} from './crash-checks.js';
import { type CrashEnd, type CrashMachine, hookText } from './crash-machine.js';
import { crashMode } from './crash-mode.js';
import { damageJournal } from './damage-journal.js';
import type { DeathPoint } from './doomed-host.mjs';
import type { Task } from './perform-task.mjs';
import type { CrashScenario } from './scenarios.js';
import { look, type Sighting } from './sighting.js';

/** Which deaths are tried. */
export interface CrashSelection {
  readonly moments: readonly DeathPoint['moment'][];
  /** Every how manieth change of the first process: 1 for all of them. Each scenario begins at another one. */
  readonly step: number;
  /** Which changes of the second process are tried, of that many: none, one in its middle, or all. */
  readonly second: 'none' | 'one' | 'all';
  /**
   * Whether what was cut off is also undone and then done after all, a move finished by another move, and all of it finished
   * by somebody who finds the journal deleted or torn.
   */
  readonly otherwise: boolean;
}

/**
 * Kills whoever carries scenarios out at one change after the other, and lets the next one finish. How many were killed is
 * printed where more than some are.
 */
export function crashSuite(
  scenarios: readonly CrashScenario[],
  open: (scenario: CrashScenario) => CrashMachine,
  selection: CrashSelection,
): void {
  const deaths = { count: 0, scenarios: 0 };
  for (const [index, scenario] of scenarios.entries()) {
    test(scenario.name, () => {
      deaths.scenarios++;
      using machine = open(scenario);
      new CrashRun(machine, selection, beginOf(index, scenarios.length, selection), deaths).all();
    });
  }
  afterAll(() => {
    if (crashMode() !== 'some') console.log(`${deaths.count} deaths in ${deaths.scenarios} scenarios`);
  });
}

/**
 * The first change that somebody dies at. Few scenarios begin as far apart as can be; of many, as the memory has them, those
 * of one kind begin between them at every change up to the step.
 */
function beginOf(index: number, count: number, { step }: CrashSelection): number {
  return 1 + ((index * Math.max(1, Math.floor(step / count))) % step);
}

/** All deaths of one scenario. */
class CrashRun {
  readonly #machine: CrashMachine;
  readonly #selection: CrashSelection;
  readonly #begin: number;
  readonly #deaths: { count: number };

  constructor(machine: CrashMachine, selection: CrashSelection, begin: number, deaths: { count: number }) {
    this.#machine = machine;
    this.#selection = selection;
    this.#begin = begin;
    this.#deaths = deaths;
  }

  all(): void {
    const goal = this.#undisturbed();
    for (const moment of this.#selection.moments) {
      // A scenario may have fewer changes than the one that it would begin at.
      const died = this.#from(this.#begin, moment, goal) || this.#from(1, moment, goal);
      expect(died, `somebody died in ${this.#machine.scenario.name}`).toBe(true);
    }
  }

  /** Tries changes from one on, as long as there are any; returns whether there was one. */
  #from(begin: number, moment: DeathPoint['moment'], goal: CrashGoal): boolean {
    for (let n = begin; ; n += this.#selection.step) {
      const when = `killed ${moment} change ${n}`;
      const before = this.#dies({ n, moment }, goal, when);
      if (before === null) return n > begin;
      this.#finish(before, goal, when);
      this.#killAgain({ n, moment }, goal, when);
      if (!this.#selection.otherwise) continue;
      this.#undo({ n, moment }, goal, when);
      for (const damage of ['deleted', 'torn'] as const) this.#damage({ n, moment }, goal, when, damage);
      if (this.#machine.scenario.moved !== undefined) this.#moveAgain({ n, moment }, goal, when);
    }
  }

  #die(task: Task, point: DeathPoint): CrashEnd {
    const end = this.#machine.die(task, point);
    if (end.killed) this.#deaths.count++;
    return end;
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
    expect(end).toEqual({ killed: false, outcomes: [{ outcome: 'changed', attempts: 1, error: null }] });
    const goal = goalOf(look(machine, before.ids));
    expectGoal(machine, before, goal, 'undisturbed');
    expectNothingToDo(machine, this.#apply, 'undisturbed');
    return goal;
  }

  /** What the host was before somebody died there; null when there is no such change. */
  #dies(point: DeathPoint, goal: CrashGoal, when: string): Sighting | null {
    this.#machine.reset();
    const before = look(this.#machine);
    if (!this.#die(this.#task, point).killed) return null;
    expectNothingLost(this.#machine, before, goal, when);
    return before;
  }

  #finish(before: Sighting, goal: CrashGoal, when: string): void {
    const { outcomes } = perform(this.#machine, this.#apply);
    for (const { error } of outcomes) expect(error, when).toBe(null);
    expectGoal(this.#machine, before, goal, when);
    expectNothingToDo(this.#machine, this.#apply, when);
  }

  #undo(point: DeathPoint, goal: CrashGoal, when: string): void {
    this.#machine.reset();
    const latest = latestEntry(this.#machine);
    const before = this.#dies(point, goal, when);
    if (before === null) throw new Error(`${when}: it lived this time`);
    // Before its record there is nothing to undo.
    if (latestEntry(this.#machine) === latest) return;
    const { outcomes } = perform(this.#machine, { kind: 'undo' });
    for (const { error } of outcomes) expect(error, `${when}: undo`).toBe(null);
    expectUndone(this.#machine, before, when);
    this.#finish(before, goal, `${when}, undone`);
  }

  #damage(point: DeathPoint, goal: CrashGoal, when: string, damage: 'deleted' | 'torn'): void {
    const machine = this.#machine;
    const start = this.#dies(point, goal, when);
    if (start === null) throw new Error(`${when}: it lived this time`);
    // Later nothing tells what programs are that were loaded already.
    const then = look(machine, start.ids);
    const without = `${when}, journal ${damage}`;
    damageJournal(machine.stateDirectory, damage);
    const { outcomes } = perform(machine, this.#apply);
    for (const { error } of outcomes) expect(error, without).toBe(null);
    expectGoalWithoutRecords(machine, start, then, goal, without);
    expectNothingToDo(machine, this.#apply, without);
  }

  #moveAgain(point: DeathPoint, goal: CrashGoal, when: string): void {
    const machine = this.#machine;
    const before = this.#dies(point, goal, when);
    if (before === null) throw new Error(`${when}: it lived this time`);
    const task = this.#task;
    const { moved } = machine.scenario;
    const found = look(machine, before.ids).chain.filter(({ key }) => key === moved);
    const member = found.find(({ id, original }) => id === original) ?? found[0];
    if (task.kind !== 'move') return;
    if (member === undefined) {
      // Only a strategy that lets it be missing gets here.
      expect(machine.scenario.strategy).not.toBe('overlap');
      expect(() => perform(machine, task), when).toThrow('mprog undo');
      return;
    }
    const { outcomes } = perform(machine, { ...task, reference: `id:${member.id}` });
    for (const { error } of outcomes) expect(error, when).toBe(null);
    expectGoal(machine, before, goal, `${when}, moved again`);
  }

  #killAgain(first: DeathPoint, goal: CrashGoal, when: string): void {
    const { second } = this.#selection;
    if (second === 'none') return;
    for (let n = second === 'all' ? 1 : 1 + (first.n % 5); ; n++) {
      const again = `${when}, the next one after change ${n}`;
      const before = this.#dies(first, goal, when);
      if (before === null) throw new Error(`${when}: it lived this time`);
      if (!this.#die(this.#apply, { n, moment: 'after' }).killed) return;
      expectNothingLost(this.#machine, before, goal, again);
      this.#finish(before, goal, again);
      if (second === 'one') return;
    }
  }
}
