import type { Context } from '../context.js';
import type { Chain } from '../host/chain.js';
import { describeProgram } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { JournalMember } from '../journal/journal-plan.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { StandIns } from '../pins/stand-ins.js';
import type { Constraint, Source, Strategy } from '../planner/problem.js';
import { buildProblem, type Classification } from './build-problem.js';
import type { HookProblem } from './hook-problem.js';
import { pinsOfMembers } from './pins-of-members.js';
import { namesOf } from './policy-hook-problem.js';
import { keyOf } from './program-key.js';
import { readMembers } from './read-members.js';

/** A chain that is to be as it was. */
export interface RestoreRequest {
  readonly context: Context;
  readonly view: HostView;
  readonly hook: FoundHook;
  readonly chain: Chain;
  readonly standIns: StandIns;
  readonly pins: OwnPins;
  /** The chain as it was, in run order. */
  readonly recorded: readonly JournalMember[];
  /** Programs that came since, by id, with the version whose place they took, or null; those that are still there go. */
  readonly came: ReadonlyMap<number, number | null>;
  /** Recorded programs that were there afterwards too: one that is gone by now was taken off since, and stays so. */
  readonly stayed?: ReadonlySet<number>;
  readonly strategy: Strategy;
  readonly source: Source;
}

/**
 * What it takes to bring a chain back: what is missing comes, what came goes, and what was there stands in the order in
 * which it stood. What others brought, moved or took off since stays as it is; the order of their programs is no part of it.
 */
export function restoreProblem(request: RestoreRequest): HookProblem {
  const { context, view, hook, chain, standIns, pins, recorded, came, stayed, strategy, source } = request;
  const members = readMembers(context, view, hook, chain, standIns, pins);
  const present = members.map(({ original }) => came.get(original) ?? original);
  const there = new Set(present);
  const own = recorded.filter(
    ({ own, program }) => own && (program === null || there.has(program) || stayed?.has(program) !== true),
  );
  const wanted = new Map(
    own.flatMap(({ program, kind }) => (program === null ? [] : [[keyOf(program), kind] as const])),
  );
  const classes = members.map(({ original, ours, standIn }): Classification => {
    const older = came.get(original) ?? null;
    const key = keyOf(older ?? original);
    const mine = (ours || standIn) && (wanted.has(key) || came.has(original) || standIn);
    return { key, role: mine ? 'own' : 'wall', outdated: older !== null };
  });
  const walls = new Set(classes.flatMap(({ key, role }) => (role === 'wall' ? key : [])));
  const pinOf = new Map(
    own.flatMap(({ program, pin }) =>
      program === null || pin === null ? [] : [[keyOf(program), pin] as const],
    ),
  );
  const nameOf = namesOf(members, classes);
  const recordedNames = new Map(
    own.flatMap(({ program, name }) =>
      program === null ? [] : [[keyOf(program), describeProgram({ id: program, name })] as const],
    ),
  );
  const describe = (key: string): string => recordedNames.get(key) ?? nameOf(key);
  const today = pinsOfMembers(members, null, (key) => pins.linkOf(hook, key));
  return buildProblem({
    hook,
    chain,
    members,
    classes,
    wanted: [...wanted].flatMap(([key, kind]) => (walls.has(key) ? [] : [{ key, kind }])),
    constraints: orderOf(recorded, walls, source),
    first: null,
    last: null,
    strategy,
    notes: onlyOnce(own, present, describe),
    nameOf: describe,
    pinOf: (key) => pinOf.get(key) ?? today(key),
  });
}

/** A program that was on a cgroup several times, by links, is there through one entry afterwards, which the plan says. */
function onlyOnce(
  recorded: readonly JournalMember[],
  present: readonly number[],
  nameOf: (key: string) => string,
): readonly string[] {
  return [...new Set(recorded.map(({ program }) => program))].flatMap((program) => {
    const had = recorded.filter((member) => member.program === program).length;
    const has = present.filter((other) => other === program).length;
    if (program === null || had === 1 || has >= had) return [];
    return [`${nameOf(keyOf(program))} was here ${had} times, and is here once afterwards`];
  });
}

/**
 * Programs that came with a change, each with the version whose place it took, or null.
 *
 * @param came by keys
 */
export function cameFor(
  recorded: readonly JournalMember[],
  came: readonly { readonly program: number; readonly key: string }[],
): ReadonlyMap<number, number | null> {
  const had = new Set(recorded.map(({ program }) => program));
  const versions = new Map(recorded.flatMap(({ own, key, program }) => (own ? [[key, program]] : [])));
  return new Map(
    came.flatMap(({ program, key }) => (had.has(program) ? [] : [[program, versions.get(key) ?? null]])),
  );
}

/**
 * The recorded order as constraints, without those between two that are never moved, and without those of a program that was
 * there several times, as links of a cgroup may be: it stood on both sides of what was between.
 */
function orderOf(
  recorded: readonly JournalMember[],
  walls: ReadonlySet<string>,
  source: Source,
): readonly Constraint[] {
  const keys = recorded.flatMap(({ program, standIn }) =>
    program === null || standIn ? [] : [keyOf(program)],
  );
  const once = keys.filter((key) => keys.indexOf(key) === keys.lastIndexOf(key));
  return once.flatMap((before, index) =>
    once
      .slice(index + 1)
      .flatMap((after) => (walls.has(before) && walls.has(after) ? [] : [{ before, after, source }])),
  );
}
