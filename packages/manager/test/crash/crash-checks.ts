import { isErrno, Kernel } from '@mprog/kernel';
import { expect } from 'vitest';
import { PolicyManager } from '../../src/policy-manager.js';
import type { CrashMachine } from './crash-machine.js';
import { doomedHost } from './doomed-host.mjs';
import { performTask, type Task, type TaskOutcome } from './perform-task.mjs';
import { look, type Sighting } from './sighting.js';

/** What a chain and its pins are once a task was carried out to its end. */
export interface CrashGoal extends Pick<Sighting, 'pins'> {
  readonly keys: readonly string[];
}

export function goalOf({ chain, pins }: Sighting): CrashGoal {
  return { keys: chain.map(({ key }) => key), pins };
}

/** Carries a task out on behalf of nobody in particular, and counts what it changes. */
export function perform(
  machine: CrashMachine,
  task: Task,
): { readonly outcomes: readonly TaskOutcome[]; readonly changes: number } {
  const { stateDirectory } = machine;
  return machine.use((opened) => {
    const never = { n: Number.POSITIVE_INFINITY, moment: 'after', die: () => {} } as const;
    const { host, changes } = doomedHost(opened, never);
    const outcomes = performTask(new PolicyManager({ kernel: new Kernel(host), stateDirectory }), task);
    return { outcomes, changes: changes() };
  });
}

/** Name of the youngest entry of the history that can be undone; null for none. */
export function latestEntry(machine: CrashMachine): string | null {
  const { stateDirectory } = machine;
  return machine.use((host) => {
    const { entries } = new PolicyManager({ kernel: new Kernel(host), stateDirectory }).history();
    return entries.find(({ undoable }) => undoable)?.entry ?? null;
  });
}

/** What has to hold at the moment of a kill. */
export function expectNothingLost(
  machine: CrashMachine,
  before: Sighting,
  goal: CrashGoal,
  when: string,
): void {
  const { scenario } = machine;
  const now = look(machine, before.ids);
  const keys = now.chain.map(({ key }) => key);
  const had = before.chain.map(({ key }) => key);
  machine.use((host) => {
    const kernel = new Kernel(host);
    for (const { id, key } of before.chain) {
      expect(isThere(kernel, id), `${when}: ${key} (id:${id}) can still be reached`).toBe(true);
    }
  });
  const ofOthers = (all: readonly string[]) =>
    all.filter((key) => scenario.foreign.includes(key) && goal.keys.includes(key));
  expect(ofOthers(keys), `${when}: others stand as they stood`).toEqual(ofOthers(had));
  if (scenario.strategy !== 'overlap') return;
  const stay = had.filter((key) => goal.keys.includes(key));
  expect(keys, `${when}: what stays is there`).toEqual(expect.arrayContaining(stay));
  for (const one of stay) {
    for (const other of stay) {
      const isOrdered = (all: readonly string[]) => all.lastIndexOf(one) < all.indexOf(other);
      if (isOrdered(had) && isOrdered(goal.keys)) {
        expect(isOrdered(keys), `${when}: ${one} before ${other} in ${keys}`).toBe(true);
      }
    }
  }
}

/** What has to hold once somebody carried the task out to its end. */
export function expectGoal(machine: CrashMachine, before: Sighting, goal: CrashGoal, when: string): void {
  const { scenario } = machine;
  const now = look(machine, before.ids);
  expect(goalOf(now), when).toEqual(goal);
  for (const { id, original, key } of now.chain) {
    expect(id, `${when}: ${key} is no stand-in`).toBe(original);
    const old = before.chain.find((member) => member.key === key);
    if (old === undefined) continue;
    if (scenario.rebuilt.includes(key)) expect(id, `${when}: version of ${key}`).not.toBe(old.id);
    else expect(id, `${when}: ${key} is the program that it was`).toBe(old.id);
  }
  const left = (machine.directories?.() ?? []).filter((path) => path.endsWith('/stand-ins'));
  expect(left, `${when}: directories`).toEqual([]);
  for (const id of now.kept) expect(now.ids.has(id), `${when}: id:${id} is kept for undoing`).toBe(true);
}

/** What has to hold once what was cut off was undone: the hook is what it was, with the very same programs. */
export function expectUndone(machine: CrashMachine, before: Sighting, when: string): void {
  const now = look(machine, before.ids);
  const linksOf = ({ pins }: Sighting) => Object.entries(pins).filter(([path]) => path.startsWith('links/'));
  expect(now.chain, `${when}: chain after it was undone`).toEqual(before.chain);
  expect(linksOf(now), `${when}: links after it was undone`).toEqual(linksOf(before));
  const left = Object.keys(now.pins).filter((path) => path.startsWith('stand-ins/'));
  expect(left, `${when}: stand-ins after it was undone`).toEqual([]);
}

/** Whoever does the same again changes nothing. */
export function expectNothingToDo(machine: CrashMachine, task: Task, when: string): void {
  const { outcomes, changes } = perform(machine, task);
  expect(
    outcomes.map(({ outcome }) => outcome),
    `${when}: second time`,
  ).toEqual(['unchanged']);
  expect(changes, `${when}: changes of the second time`).toBe(0);
}

function isThere(kernel: Kernel, id: number): boolean {
  try {
    kernel.programs.open(id).close();
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
