import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import type { LastPlan } from '../history/hook-history.js';
import type { Chain } from '../host/chain.js';
import { requireOurs } from '../host/foreign.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { StandIns } from '../pins/stand-ins.js';
import type { Constraint, Source, Strategy, Wanted } from '../planner/problem.js';
import { resolveAttachment } from '../resolve/resolve-attachment.js';
import { buildProblem, type Classification } from './build-problem.js';
import type { HookProblem } from './hook-problem.js';
import { interruptedPrograms } from './interrupted-programs.js';
import { lostPrograms } from './lost-programs.js';
import { pinsOfMembers } from './pins-of-members.js';
import { namesOf } from './policy-hook-problem.js';
import { keyOf } from './program-key.js';
import { type MemberReading, readMembers } from './read-members.js';
import { recordedPlace } from './recorded-place.js';

/** Where one program of a hook is to stand; every reference in its text form. */
export interface MoveOptions {
  readonly first?: boolean;
  readonly last?: boolean;
  /** All of them must come after the program. */
  readonly before?: readonly string[];
  /** All of them must come before the program. */
  readonly after?: readonly string[];
  /** `overlap` when absent. */
  readonly strategy?: Strategy;
  /** Also moves a program that is not ours. */
  readonly force?: boolean;
}

/**
 * What it takes to move one program; everything else on the hook stays where it is.
 *
 * @throws MprogError `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_INVALID_ARGUMENT` without a place
 */
export function moveProblem(
  {
    context,
    hook,
    standIns,
    pins,
    last: lastPlan,
    operation,
    bound,
  }: {
    readonly context: Context;
    readonly hook: FoundHook;
    readonly standIns: StandIns;
    readonly pins: OwnPins;
    readonly last: LastPlan | null;
    readonly operation: string;
    /** What references meant when they were read first; a plan under way may have put something else there since. */
    readonly bound: Map<string, MemberReading>;
  },
  reference: string,
  options: MoveOptions,
  view: HostView,
  chain: Chain,
): HookProblem {
  const { first = false, last = false, before = [], after = [] } = options;
  if (!first && !last && before.length + after.length === 0) {
    throw refusal('ERR_INVALID_ARGUMENT', operation, 'it does not say where', {
      remedy: 'give --before, --after, --first or --last',
    });
  }
  const members = readMembers(context, view, hook, chain, standIns, pins);
  const interrupted = interruptedPrograms(lastPlan, members);
  const shown = shownMembers(view, members, interrupted);
  const resolve = (text: string, what: string) => {
    const from = (list: readonly AttachmentState[]) =>
      members[resolveAttachment(context, view, list, text, what).position - 1]!;
    try {
      return from(shown);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      return from(chain.members);
    }
  };
  const find = (text: string, words: string) => {
    const known = bound.get(text);
    const again = members.find(({ original }) => original === known?.original);
    if (again !== undefined) return again;
    const found = resolve(text, `${operation}${words}`);
    bound.set(text, found);
    return found;
  };
  const lost = lostPrograms(context, lastPlan, members);
  const known = bound.get(reference);
  const isOff = known !== undefined && members.every(({ original }) => original !== known.original);
  const moved = isOff ? known : findMoved(() => find(reference, ''), lost, operation);
  if (known === undefined && !moved.standIn) {
    requireOurs({ ...moved.member, ours: moved.ours }, options.force, operation);
  }
  const movedKey = keyOf(moved.original);
  const source = (words: string): Source => ({ where: 'command line', words });
  const constraints = [
    ...before.map((text): Constraint => {
      const words = `--before ${text}`;
      return { before: movedKey, after: keyOf(find(text, ` ${words}`).original), source: source(words) };
    }),
    ...after.map((text): Constraint => {
      const words = `--after ${text}`;
      return { before: keyOf(find(text, ` ${words}`).original), after: movedKey, source: source(words) };
    }),
  ];
  // What a move that was cut off has left is finished by the way.
  const own = new Map([[moved.original, moved.kind], ...interrupted]);
  const classes = members.map(
    ({ original }): Classification => ({
      key: keyOf(original),
      role: own.has(original) ? 'own' : 'wall',
      outdated: false,
    }),
  );
  return buildProblem({
    hook,
    chain,
    members,
    classes,
    wanted: [
      ...[...own].map(([original, kind]): Wanted => ({ key: keyOf(original), kind })),
      ...lost.flatMap(({ program, key, kind }) => (own.has(program) ? [] : [{ key, kind }])),
    ],
    preferred: recordedPlace(lastPlan?.plan.before ?? [], new Set(lost.map(({ key }) => key))),
    constraints,
    first: first ? { key: movedKey, source: source('--first') } : null,
    last: last ? { key: movedKey, source: source('--last') } : null,
    strategy: options.strategy ?? 'overlap',
    nameOf: namesOf(members, classes),
    pinOf: pinsOfMembers(members, lastPlan, (key) => pins.linkOf(hook, key)),
  });
}

/** A program whose move was cut off is itself, once: neither its stand-in nor several copies. */
function shownMembers(
  view: HostView,
  members: readonly MemberReading[],
  interrupted: ReadonlyMap<number, Wanted['kind']>,
): readonly AttachmentState[] {
  return members.flatMap(({ member, original }, index) => {
    if (!interrupted.has(original)) return [member];
    const first = members.findIndex((other) => other.original === original);
    if (first !== index) return [];
    const { linkUnknown: _, ...told } = member;
    return [{ ...told, program: view.program(original, true) }];
  });
}

/** What a move that was cut off took off the hook can't be found on it; only undoing that brings it back. */
function findMoved(
  find: () => MemberReading,
  lost: readonly { readonly program: number }[],
  operation: string,
): MemberReading {
  try {
    return find();
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || lost.length === 0) throw error;
    const ids = lost.map(({ program }) => `id:${program}`).join(', ');
    throw refusal(
      'ENOENT',
      operation,
      `it is not on the hook, and a change that was cut off took ${ids} off it`,
      {
        remedy: 'mprog undo brings that back',
        cause: error,
      },
    );
  }
}
