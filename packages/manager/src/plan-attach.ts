import { type Anchor, before, first } from '@mprog/core';
import { type ObjectReference, programId } from '@mprog/kernel';
import { type Chain, readChain } from './chain.js';
import { type ChangeLink, type ChangeMember, type ChangeProgram, memberOf } from './change.js';
import { choosePlace, type Mark, type Place } from './choose-place.js';
import type { Context } from './context.js';
import { describeAttachment } from './describe.js';
import { requireOurs } from './foreign.js';
import { checkRevision } from './guarded.js';
import { HostView } from './host-view.js';
import { refusal } from './manager-error.js';
import type { AttachOptions } from './options.js';
import { resolveAttachment } from './resolve-attachment.js';
import type { FoundHook } from './resolve-hook.js';
import type { AttachmentState } from './state.js';

/** Programs that fit on a hook of tcx (spec 3.1). */
const CAPACITY = 63;

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
}

/**
 * Reads the chain and plans one attachment, or one replacement, on it.
 *
 * @throws MprogError `ESTALE`, `EEXIST`, `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_CONTRADICTION` with the two that
 * contradict, `ERANGE` on a full hook, `EINVAL` for a change between direct and link
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
  checkRevision(options.revision, chain, operation);
  const present = members.find((member) => member.program.id === program.id);
  if (present !== undefined) throw alreadyThere(present, hook, operation);
  const mark =
    (directive: string) =>
    (text: string): Mark => ({
      index:
        resolveAttachment(context, view, members, text, `${operation} ${directive} ${text}`).position - 1,
      label: `${directive} ${text}`,
    });
  const replace = options.replace === undefined ? null : mark('replace')(options.replace);
  const replaced = replace === null ? null : members[replace.index]!;
  if (replaced !== null) checkReplaced(replaced, options, operation);
  const place = choosePlace({
    count: members.length,
    first: options.first ?? false,
    last: options.last ?? false,
    before: (options.before ?? []).map(mark('before')),
    after: (options.after ?? []).map(mark('after')),
    replace,
  });
  if (!place.found) throw contradiction(place, members, operation);
  if (replaced === null && members.length >= CAPACITY) {
    throw refusal('ERANGE', operation, `the hook is full, ${CAPACITY} programs fit`, {
      remedy: 'detach or replace one',
    });
  }
  const anchors = replaced === null ? anchorsAt(place.index, members) : [];
  return { view, chain, index: place.index, replaced, anchors };
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
    `id:${present.program.id} is attached to ${hook.text} already, at position ${present.position}${how}`,
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
