import { clip } from '@mprog/core';
import { isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { type Chain, readChain } from '../host/chain.js';
import { describeAttachment, describeList } from '../host/describe.js';
import { requireOurs } from '../host/foreign.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import type { AttachmentState } from '../host/state.js';
import { refusal } from '../manager-error.js';
import type { DetachOptions, DetachTarget } from '../options.js';
import { resolveAttachment } from '../resolve/resolve-attachment.js';
import { requireKnownLink } from '../rules/cgroup-rules.js';
import { checkRevision } from './guarded.js';

/** What goes from a chain as it was read. */
export interface DetachPlan {
  readonly view: HostView;
  readonly chain: Chain;
  /** Null when it is not there and that is no error. */
  readonly member: AttachmentState | null;
}

/**
 * Reads the chain and resolves the request to one attachment.
 *
 * @throws MprogError `ESTALE`, `ENOENT`, `ERR_AMBIGUOUS`, `ERR_FOREIGN`, `ERR_INVALID_ARGUMENT`
 */
export function planDetach(
  context: Context,
  hook: FoundHook,
  target: DetachTarget,
  options: DetachOptions,
  operation: string,
): DetachPlan {
  const view = new HostView(context);
  const chain = readChain(context, view, hook);
  checkRevision(options.revision, chain, operation);
  let member: AttachmentState;
  try {
    member = memberAt(context, view, chain.members, target, operation);
  } catch (error) {
    if (options.ignoreMissing !== true || !isErrno(error, 'ENOENT')) throw error;
    return { view, chain, member: null };
  }
  requireKnownLink(view, hook, member, operation);
  requireOurs(member, options.force, operation);
  return { view, chain, member };
}

/** A target in words, for messages. */
export function describeTarget(target: DetachTarget): string {
  if (typeof target === 'string') return clip(target);
  if ('first' in target) return 'the first';
  if ('last' in target) return 'the last';
  return 'before' in target ? `what is before ${clip(target.before)}` : `what is after ${clip(target.after)}`;
}

function memberAt(
  context: Context,
  view: HostView,
  members: readonly AttachmentState[],
  target: DetachTarget,
  operation: string,
): AttachmentState {
  if (typeof target === 'string') return resolveAttachment(context, view, members, target, operation);
  if ('first' in target || 'last' in target) {
    const end = 'first' in target ? members[0] : members.at(-1);
    if (end === undefined)
      throw refusal('ENOENT', operation, 'no program is attached here', {
        remedy: 'mprog ls shows the hooks that have some',
      });
    return end;
  }
  const [word, text] = 'before' in target ? ['before', target.before] : ['after', target.after];
  if (text === undefined) {
    throw refusal('ERR_INVALID_ARGUMENT', operation, 'it names no attachment');
  }
  const anchor = resolveAttachment(context, view, members, text, operation);
  // The kernel would take the anchor itself at the end of the chain (spec 5.2); whoever names a neighbour means it.
  const found = members[anchor.position - 1 + (word === 'before' ? -1 : 1)];
  if (found !== undefined) return found;
  throw refusal('ENOENT', operation, `nothing stands ${word} ${describeAttachment(anchor)}`, {
    remedy: `the list is ${describeList(members.map(describeAttachment))}`,
  });
}
