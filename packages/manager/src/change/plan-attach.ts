import { type Anchor, before, clip, first } from '@mprog/core';
import { type CgroupOptions, type ObjectReference, programId } from '@mprog/kernel';
import { type ChangeLink, type ChangeMember, type ChangeProgram, memberOf } from '../change.js';
import type { Context } from '../context.js';
import { type Chain, readChain } from '../host/chain.js';
import { describeAttachment } from '../host/describe.js';
import { readEffective } from '../host/effective.js';
import { requireOurs } from '../host/foreign.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import type { AttachOptions } from '../options.js';
import { resolveAttachment } from '../resolve/resolve-attachment.js';
import {
  type CgroupPlace,
  cgroupPlaces,
  checkDirectTwice,
  checkModes,
  noSuchPlace,
  requireKnownLink,
} from '../rules/cgroup-rules.js';
import { choosePlace, type Mark, type Place } from '../rules/choose-place.js';
import { capacityOf } from '../rules/layer-rules.js';
import { checkRevision } from './guarded.js';

/** What is left to try where it cannot be seen which PREORDER a neighbour on a cgroup has (spec 10.3.1 #4). */
interface OtherPlaces {
  readonly places: readonly CgroupPlace[];
  /** The refusal when the kernel took none of them. */
  refused(cause: unknown): Error;
}

/** Where a program goes in a chain as it was read. */
export interface AttachPlan {
  readonly view: HostView;
  readonly chain: Chain;
  /** Index that the program will have. */
  readonly index: number;
  /** Member whose place it takes; null for a new place. */
  readonly replaced: AttachmentState | null;
  /** The one directive that says so to the kernel; none for the end and for a replacement. */
  readonly anchors: readonly Anchor<ObjectReference>[];
  /** What to try when the kernel refuses this place by `EINVAL`; null where the place cannot be the reason. */
  readonly otherPlaces: OtherPlaces | null;
  /** What only a cgroup takes. */
  readonly cgroup: CgroupOptions;
  /** Revision that the kernel is to expect; 0 for any. */
  readonly expectedRevision: number | bigint;
  readonly notes: readonly string[];
}

/**
 * Reads the chain and plans one attachment, or one replacement, on it.
 *
 * @throws MprogError `ESTALE`, `EEXIST`, `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_CONTRADICTION` with the two that
 * contradict, `ERANGE` or `E2BIG` on a full hook, `EINVAL` for a change between direct and link, `EPERM` and `EINVAL` for
 * what cgroups do not allow
 */
export function planAttach(
  context: Context,
  hook: FoundHook,
  program: ChangeProgram,
  options: AttachOptions,
  operation: string,
): AttachPlan {
  const view = new HostView(context);
  const chain = readChain(context, view, hook);
  const { members } = chain;
  const isCgroup = hook.layer === 'cgroup';
  if (options.preorder !== undefined && !isCgroup) {
    throw refusal(
      'ERR_INVALID_ARGUMENT',
      operation,
      'only programs of cgroups can be attached with preorder',
      { remedy: 'leave out --preorder' },
    );
  }
  const expectedRevision = revisionToExpect(hook, chain, options, operation);
  const present = members.find((member) => member.program.id === program.id);
  if (present !== undefined && !isCgroup) throw alreadyThere(present, hook, operation);
  const mark =
    (directive: string) =>
    (text: string): Mark => ({
      index:
        resolveAttachment(context, view, members, text, `${operation} ${directive} ${clip(text)}`).position -
        1,
      label: `${directive} ${clip(text)}`,
    });
  const replace = options.replace === undefined ? null : mark('replace')(options.replace);
  const replaced = replace === null ? null : members[replace.index]!;
  if (replaced !== null) {
    requireKnownLink(view, hook, replaced, operation);
    checkReplaced(replaced, options, operation);
  }
  const place = choosePlace({
    count: members.length,
    first: options.first ?? false,
    last: options.last ?? false,
    before: (options.before ?? []).map(mark('before')),
    after: (options.after ?? []).map(mark('after')),
    replace,
  });
  if (!place.found) throw contradiction(place, members, operation);
  const { most, code } = capacityOf(hook);
  // A full cgroup refuses replacements too, except those that a link makes itself (spec 10.3 #8).
  if (members.length >= most && (replaced === null || (isCgroup && replaced.link === null))) {
    throw refusal(code, operation, `the hook is full, ${most} programs fit`, {
      remedy: isCgroup ? 'detach one' : 'detach or replace one',
    });
  }
  const common = { view, chain, replaced, expectedRevision };
  if (isCgroup) return { ...common, ...onCgroup(context, hook, common, program, options, place, operation) };
  const anchors = replaced === null ? anchorsAt(place.index, members) : [];
  return { ...common, index: place.index, anchors, otherPlaces: null, cgroup: {}, notes: [] };
}

/** What the rules of cgroups make of a request (spec 10.3). */
function onCgroup(
  context: Context,
  hook: FoundHook,
  { view, chain, replaced }: Pick<AttachPlan, 'view' | 'chain' | 'replaced'>,
  program: ChangeProgram,
  options: AttachOptions,
  place: { readonly least: number; readonly index: number },
  operation: string,
): Pick<AttachPlan, 'index' | 'anchors' | 'otherPlaces' | 'cgroup' | 'notes'> {
  const { members, mode } = chain;
  if (options.link !== true && replaced?.link == null) {
    checkDirectTwice(members, program.id, replaced, operation);
  }
  const readPreorder = lazily(() => readEffective(context, view, hook, false));
  if (replaced !== null) {
    // A replacement has the PREORDER that it asks for, so that of the old one has to be found out.
    const kept =
      replaced.link === null && mode === 'multi' ? readPreorder().preorder(replaced.position - 1) : false;
    const preorder = options.preorder ?? kept ?? false;
    const notes = options.preorder === undefined && kept === null ? [unseenPreorder(replaced)] : [];
    const cgroup = { mode: mode ?? 'multi', preorder };
    return { index: place.index, anchors: [], otherPlaces: null, cgroup, notes };
  }
  checkModes(context, hook, chain, operation);
  const preorder = options.preorder ?? false;
  const request = { least: place.least, most: place.index, link: options.link === true, preorder };
  const [chosen, ...places] = cgroupPlaces(members, request, (index) => readPreorder().preorder(index));
  if (chosen === undefined) throw noSuchPlace(members, request, operation);
  // A program that may be here directly already is refused by EINVAL too, whatever its neighbours (spec 10.3 #9).
  const mayBeTwice =
    !request.link && members.some((one) => one.linkUnknown === true && one.program.id === program.id);
  const refused = (cause: unknown) => noSuchPlace(members, request, operation, cause);
  const otherPlaces = chosen.sure || mayBeTwice ? null : { places, refused };
  const notes = otherPlaces !== null && options.dryRun === true ? [unsurePlace] : [];
  return { index: chosen.index, anchors: chosen.anchors, otherPlaces, cgroup: { preorder }, notes };
}

const unsurePlace =
  'which PREORDER the neighbours have cannot be seen; where it is another one the next place that fits is tried';

function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function unseenPreorder(replaced: AttachmentState): string {
  return `whether ${describeAttachment(replaced)} was attached with preorder cannot be seen; its replacement is not, unless --preorder is given`;
}

/**
 * The revision to expect: the one that was read. A netkit hook without programs reports revision 1 whatever it is
 * (spec 9.3), so there it is any, or the caller's.
 */
function revisionToExpect(
  hook: FoundHook,
  chain: Chain,
  { revision }: AttachOptions,
  operation: string,
): number | bigint {
  if (hook.layer === 'netkit' && chain.members.length === 0) return revision ?? 0;
  checkRevision(revision, chain, operation);
  return chain.revision;
}

/** The chain as it will be, with the program at its place. */
export function chainAfter(
  plan: AttachPlan,
  program: ChangeProgram,
  link: ChangeLink | null,
): readonly ChangeMember[] {
  const members = plan.chain.members.map(memberOf);
  const own = {
    position: 0,
    program,
    link: plan.replaced === null ? link : ownerOf(plan.replaced),
    ours: true,
  };
  members.splice(plan.index, plan.replaced === null ? 0 : 1, own);
  return members.map((member, index) => ({ ...member, position: index + 1 }));
}

function ownerOf({ link }: AttachmentState): ChangeLink | null {
  return link === null ? null : { id: link.id };
}

function anchorsAt(index: number, members: readonly AttachmentState[]): readonly Anchor<ObjectReference>[] {
  const next = members[index];
  if (next === undefined) return [];
  return [index === 0 ? first() : before(programId(next.program.id))];
}

function alreadyThere(present: AttachmentState, hook: FoundHook, operation: string): Error {
  const how = present.link === null ? '' : ` through link:${present.link.id}`;
  return refusal(
    'EEXIST',
    operation,
    `id:${present.program.id} is attached to ${clip(hook.text)} already, at position ${present.position}${how}`,
    { remedy: 'detach it first', data: { program: present.program.id, position: present.position } },
  );
}

function checkReplaced(replaced: AttachmentState, options: AttachOptions, operation: string): void {
  requireOurs(replaced, options.force, operation);
  if (options.link === true && replaced.link === null) {
    throw refusal(
      'EINVAL',
      operation,
      `${describeAttachment(replaced)} is attached directly, and its place cannot pass to a link`,
      { remedy: 'leave out --link, or detach it and attach the other one' },
    );
  }
}

function contradiction(
  place: Place & { readonly found: false },
  members: readonly AttachmentState[],
  operation: string,
): Error {
  const [one, other] = place.between;
  const order = members.map(describeAttachment).join(', ');
  return refusal('ERR_CONTRADICTION', operation, `no place satisfies both "${one}" and "${other}"`, {
    remedy: `the chain is ${order}`,
    data: { between: place.between },
  });
}
