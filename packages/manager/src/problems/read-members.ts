import type { Context } from '../context.js';
import type { Chain } from '../host/chain.js';
import { readEffective } from '../host/effective.js';
import type { FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import type { OwnPins } from '../pins/own-pins.js';
import type { StandIns } from '../pins/stand-ins.js';
import type { SlotKind } from '../planner/problem.js';

/** A member of a chain with what a plan needs to know of it. */
export interface MemberReading {
  readonly member: AttachmentState;
  /** The planner's name of its place. */
  readonly slot: string;
  readonly kind: SlotKind;
  /** Id of its link; null for one that is attached directly. */
  readonly link: number | null;
  /** Where mprog pinned its link, or null. */
  readonly pin: string | null;
  /** Whether it may be changed without force. */
  readonly ours: boolean;
  /** Id of its program, of a stand-in of ours that of the program behind it. */
  readonly original: number;
  readonly standIn: boolean;
  readonly preorder: boolean;
  /** Which of several entries with its program it is can't be told. */
  readonly untold: boolean;
}

/** Reads what a plan needs to know of each member of a chain. */
export function readMembers(
  context: Context,
  view: HostView,
  hook: FoundHook,
  { members }: Chain,
  standIns: StandIns,
  pins: OwnPins,
): readonly MemberReading[] {
  const owners = cgroupOwners(view, hook, members);
  const preorders = preordersOf(context, view, hook, members);
  return members.map((member, index) => {
    const { program } = member;
    const owner = owners.get(index);
    const link = owner === undefined ? (member.link?.id ?? null) : owner.link;
    const linkPins = link === null ? [] : (view.pins.link(link) ?? []);
    const original = standIns.originalOf(program);
    return {
      member,
      slot: slotOf(member, owner, index),
      kind: link === null ? 'direct' : 'link',
      link,
      pin: linkPins.find((path) => path.startsWith(`${pins.links}/`)) ?? null,
      ours: original !== null || (owner === undefined ? member.ours === true : owner.ours),
      original: original ?? program.id,
      standIn: original !== null,
      preorder: preorders?.(index) ?? false,
      untold: owner !== undefined,
    };
  });
}

interface Owner {
  readonly link: number | null;
  readonly ours: boolean;
}

function slotOf(member: AttachmentState, owner: Owner | undefined, index: number): string {
  if (owner?.ours === false) return `at:${index}`;
  const link = owner === undefined ? (member.link?.id ?? null) : owner.link;
  return link === null ? `id:${member.program.id}` : `link:${link}`;
}

/**
 * Owners of those entries of a cgroup whose owner cannot be told, since their program is there several times.
 *
 * Where all that may own them are ours it does not matter which is which: links go by their id and a direct entry by its
 * program, and what remains then is told. So they are dealt out in order, links first.
 */
function cgroupOwners(
  view: HostView,
  hook: FoundHook,
  members: readonly AttachmentState[],
): ReadonlyMap<number, Owner> {
  const owners = new Map<number, Owner>();
  const untold = members.flatMap((member, index) => (member.linkUnknown === true ? [{ member, index }] : []));
  for (const program of new Set(untold.map(({ member }) => member.program.id))) {
    const entries = untold.filter(({ member }) => member.program.id === program);
    const links = view.linksOf(hook.cgroupId ?? '', hook.direction, program);
    const known = view.linkWalk.whole && links.length <= entries.length && entries.length - links.length <= 1;
    const ours =
      known &&
      links.every((id) => view.ownsLink(id, program) === true) &&
      (links.length === entries.length ||
        view.claims.attached(hook, program) ||
        view.ownsProgram(program) === true);
    for (const [nth, { index }] of entries.entries()) owners.set(index, { link: links[nth] ?? null, ours });
  }
  return owners;
}

/** A replacement has the PREORDER that it asks for, so that of direct entries of ours has to be found out. */
function preordersOf(
  context: Context,
  view: HostView,
  hook: FoundHook,
  members: readonly AttachmentState[],
): ((index: number) => boolean | null) | null {
  if (hook.layer !== 'cgroup' || !members.some(({ ours, link }) => ours === true && link === null))
    return null;
  const effective = readEffective(context, view, hook, false);
  return (index) => effective.preorder(index);
}
