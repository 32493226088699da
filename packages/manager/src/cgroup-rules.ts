import { type Anchor, after, before, first } from '@mprog/core';
import { type CgroupAttachType, linkId, type ObjectReference, programId } from '@mprog/kernel';
import { type Chain, queryHook } from './chain.js';
import type { Context } from './context.js';
import { describeAttachment, describeList } from './describe.js';
import { upwards } from './effective.js';
import { cgroupHook, type FoundHook } from './found-hook.js';
import type { HostView } from './host-view.js';
import { refusal } from './manager-error.js';
import type { AttachmentState } from './state.js';

/** Where a new entry goes in a cgroup's list, and how that is said to the kernel. */
export interface CgroupPlace {
  readonly index: number;
  readonly anchors: readonly Anchor<ObjectReference>[];
}

/**
 * Finds the place nearest the end, of those that satisfy a request, that can be said to the kernel: the ends always, any
 * other beside an entry of the same kind alone (spec 10.3.1).
 *
 * @param range indexes that satisfy the request, from `least` to `most`
 * @param link whether the new entry is a link
 * @returns null when none of the places can be said
 */
export function cgroupPlace(
  members: readonly AttachmentState[],
  { least, most }: { readonly least: number; readonly most: number },
  link: boolean,
): CgroupPlace | null {
  for (let index = most; index >= least; index--) {
    if (index === members.length) return { index, anchors: [] };
    if (index === 0) return { index, anchors: [first()] };
    const next = referenceTo(members[index], link);
    if (next !== null) return { index, anchors: [before(next)] };
    const previous = referenceTo(members[index - 1], link);
    if (previous !== null) return { index, anchors: [after(previous)] };
  }
  return null;
}

function referenceTo(member: AttachmentState | undefined, link: boolean): ObjectReference | null {
  if (member === undefined || member.linkUnknown === true || (member.link !== null) !== link) return null;
  return member.link === null ? programId(member.program.id) : linkId(member.link.id);
}

/** The refusal where no place can be said to the kernel: the rule in words. */
export function noSuchPlace(members: readonly AttachmentState[], link: boolean, operation: string): Error {
  const rule = link
    ? 'on a cgroup a link stands beside links alone, and here the neighbours are attached directly'
    : 'on a cgroup a program that is attached directly stands beside such programs alone, and here the neighbours are owned by links';
  return refusal('EINVAL', operation, rule, {
    remedy: `${link ? 'leave out --link' : 'give --link'}, or choose another place; the list is ${describeList(members.map(describeAttachment))}`,
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
