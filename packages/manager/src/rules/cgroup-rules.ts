import { type Anchor, after, before, first } from '@mprog/core';
import { type CgroupAttachType, linkId, type ObjectReference, programId } from '@mprog/kernel';
import type { Context } from '../context.js';
import { type Chain, queryHook } from '../host/chain.js';
import { describeAttachment, describeList } from '../host/describe.js';
import { upwards } from '../host/effective.js';
import { cgroupHook, type FoundHook } from '../host/found-hook.js';
import type { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';

/** Where a new entry goes in a cgroup's list, and how that is said to the kernel. */
export interface CgroupPlace {
  readonly index: number;
  readonly anchors: readonly Anchor<ObjectReference>[];
  /** False where it cannot be seen whether the neighbour has the PREORDER that is needed. */
  readonly sure: boolean;
}

/** What a new entry of a cgroup's list asks for. */
export interface CgroupRequest {
  /** First and last index that satisfy it. */
  readonly least: number;
  readonly most: number;
  /** Whether it is a link. */
  readonly link: boolean;
  readonly preorder: boolean;
}

/**
 * Finds the places that satisfy a request and can be said to the kernel, the nearest to the end first: the ends always, any
 * other beside an entry of the same kind and with the same PREORDER alone (spec 10.3.1).
 *
 * Those that are not sure are to be tried in turn, since the kernel does not show PREORDER; the last is sure where any is.
 *
 * @param preorderOf whether the member at an index has PREORDER; null where that cannot be seen
 * @returns none when no place can be said
 */
export function cgroupPlaces(
  members: readonly AttachmentState[],
  { least, most, link, preorder }: CgroupRequest,
  preorderOf: (index: number) => boolean | null,
): readonly CgroupPlace[] {
  const found: CgroupPlace[] = [];
  for (let index = most; index >= least; index--) {
    if (index === members.length) return [...found, { index, anchors: [], sure: true }];
    if (index === 0) return [...found, { index, anchors: [first()], sure: true }];
    const beside = [
      { at: index, anchor: before<ObjectReference> },
      { at: index - 1, anchor: after<ObjectReference> },
    ].flatMap(({ at, anchor }) => {
      const reference = referenceTo(members[at], link);
      const bit = reference === null ? null : preorderOf(at);
      if (reference === null || bit === !preorder) return [];
      return [{ index, anchors: [anchor(reference)], sure: bit !== null }];
    });
    const sure = beside.find((place) => place.sure);
    if (sure !== undefined) return [...found, sure];
    found.push(...beside);
  }
  return found;
}

function referenceTo(member: AttachmentState | undefined, link: boolean): ObjectReference | null {
  if (member === undefined || member.linkUnknown === true || (member.link !== null) !== link) return null;
  return member.link === null ? programId(member.program.id) : linkId(member.link.id);
}

/** The refusal where no place can be said to the kernel: the rule in words. */
export function noSuchPlace(
  members: readonly AttachmentState[],
  { least, most, link, preorder }: CgroupRequest,
  operation: string,
  cause?: unknown,
): Error {
  const list = `the list is ${describeList(members.map(describeAttachment))}`;
  const elsewhere = `or choose another place; ${list}`;
  const sameKind = members.slice(Math.max(least - 1, 0), most + 1).some((one) => referenceTo(one, link));
  if (!sameKind) {
    const rule = link
      ? 'on a cgroup a link stands beside links alone, and here the neighbours are attached directly'
      : 'on a cgroup a program that is attached directly stands beside such programs alone, and here the neighbours are owned by links';
    return refusal('EINVAL', operation, rule, {
      remedy: `${link ? 'leave out --link' : 'give --link'}, ${elsewhere}`,
    });
  }
  const kind = link ? 'a link' : 'a program';
  const rule = `on a cgroup ${kind} ${preorder ? 'with' : 'without'} PREORDER stands beside such alone`;
  const reason =
    cause === undefined
      ? `${rule}, and here the neighbours of its kind have ${preorder ? 'none' : 'it'}`
      : `the kernel takes it beside none of the neighbours here; ${rule}`;
  return refusal('EINVAL', operation, reason, {
    remedy: `${preorder ? 'leave out --preorder' : 'give --preorder'}, ${elsewhere}`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Refuses what the modes of a cgroup and of those above it do not allow (spec 10.3 #6 and #7, 10.5).
 *
 * @throws MprogError `EPERM`
 */
export function checkModes(context: Context, hook: FoundHook, chain: Chain, operation: string): void {
  if (chain.members.length > 0 && chain.mode !== 'multi') {
    const [only] = chain.members;
    throw refusal(
      'EPERM',
      operation,
      `${only === undefined ? 'the program here' : describeAttachment(only)} was attached in mode ${chain.mode}, which shares the cgroup with no other program`,
      { remedy: 'replace it or detach it first' },
    );
  }
  const above = blockingAncestor(context, hook);
  if (above === null) return;
  throw refusal('EPERM', operation, `a program of cgroup ${above} was attached in mode none`, {
    remedy: 'cgroups below may have none of their own then; detach that one first',
  });
}

/** The nearest cgroup above that has programs decides (spec 10.5). */
function blockingAncestor(context: Context, hook: FoundHook): string | null {
  const { world } = context;
  for (const path of upwards(hook.target).slice(1)) {
    const above = cgroupHook(world, world.findCgroup(path), hook.direction as CgroupAttachType);
    const { entries, mode } = queryHook(context, above);
    if (entries.length > 0) return mode === 'none' ? path : null;
  }
  return null;
}

/** Refuses to attach a program directly a second time (spec 10.3 #9). */
export function checkDirectTwice(
  members: readonly AttachmentState[],
  program: number | null,
  replaced: AttachmentState | null,
  operation: string,
): void {
  const present = members.find(
    (member) =>
      member.program.id === program &&
      member.link === null &&
      member.linkUnknown !== true &&
      member !== replaced,
  );
  if (present === undefined) return;
  throw refusal(
    'EINVAL',
    operation,
    `id:${program} is attached here directly already, at position ${present.position}, and a cgroup takes a program directly once`,
    { remedy: 'detach it first, or give --link', data: { program, position: present.position } },
  );
}

/**
 * Refuses to touch an attachment of which it cannot be told whether a link owns it.
 *
 * @throws MprogError `ERR_AMBIGUOUS`
 */
export function requireKnownLink(
  view: HostView,
  hook: FoundHook,
  member: AttachmentState,
  operation: string,
): void {
  if (member.linkUnknown !== true) return;
  const links = view
    .linksOf(hook.cgroupId ?? '', hook.direction, member.program.id)
    .map((id) => `link:${id}`);
  const reason = view.linkWalk.whole
    ? `id:${member.program.id} is here several times, through ${describeList(links)}, and the kernel does not tell which is which`
    : `whether a link owns id:${member.program.id} cannot be told`;
  const remedy = view.linkWalk.whole
    ? `one of a link goes by mprog link detach, ${links[0] ?? 'link:N'}`
    : 'seeing all links needs CAP_SYS_ADMIN';
  throw refusal('ERR_AMBIGUOUS', operation, reason, { remedy, data: { candidates: links } });
}
