import { featureNeeds, isErrno, type QueryResult } from '@mprog/kernel';
import type { Context } from './context.js';
import { describeAttachment, describeList } from './describe.js';
import { HostView } from './host-view.js';
import { refusal } from './manager-error.js';
import type { FoundHook } from './resolve-hook.js';
import type { AttachmentState } from './state.js';

/** A chain at one moment, with what is known of its members. */
export interface Chain {
  readonly revision: number;
  readonly members: readonly AttachmentState[];
}

/**
 * Reads a hook.
 *
 * @param fullNames whether the whole names of functions are found too
 * @throws MprogError `EPERM` without CAP_NET_ADMIN, `ENODEV` for a device that is gone, `EOPNOTSUPP` without tcx
 */
export function readChain(context: Context, view: HostView, hook: FoundHook, fullNames = true): Chain {
  const { revision, attachments } = queryHook(context, hook);
  return { revision, members: view.attachments(hook, attachments, fullNames) };
}

/** Reads a hook as the kernel tells it: ids only. */
export function queryHook(context: Context, hook: FoundHook): QueryResult {
  const { kernel } = context;
  try {
    return hook.within(() => kernel.attachments.query(hook.kernelHook));
  } catch (error) {
    if (isErrno(error, 'EINVAL') && kernel.probe.has('tcx') === false) {
      throw refusal(
        'EOPNOTSUPP',
        `query ${hook.text}`,
        `tcx is not in this kernel (needs ${featureNeeds.tcx})`,
        {
          cause: error,
        },
      );
    }
    if (isErrno(error, 'EPERM')) {
      throw refusal('EPERM', `query ${hook.text}`, 'reading hooks needs CAP_NET_ADMIN', { cause: error });
    }
    throw error;
  }
}

/** Whether a chain is still the one that was read; the revision alone does not tell, since it restarts at 1 (spec 8.2). */
export function sameChain(a: Chain, b: Chain): boolean {
  return a.revision === b.revision && sameMembers(a.members, b.members);
}

/** Whether two chains have the same programs, through the same links, in the same order. */
export function sameMembers(a: readonly AttachmentState[], b: readonly AttachmentState[]): boolean {
  return a.length === b.length && a.every((member, index) => identity(member) === identity(b[index]!));
}

/** What the kernel answers when the chain is not the one that a request was planned on. */
const maybeStale = ['ENOENT', 'EEXIST', 'EBUSY', 'ERANGE'] as const;

/**
 * Makes `ESTALE` of a refusal that a changed chain led to; any other error comes back as it is.
 *
 * The kernel itself says `ESTALE` only while the revision differs: a hook that was emptied answers `ENOENT` first
 * (spec 8.3), and one that was emptied and filled again may have the same revision.
 */
export function staleIfChanged(
  context: Context,
  hook: FoundHook,
  planned: Chain,
  error: unknown,
  operation: string,
): unknown {
  if (!maybeStale.some((code) => isErrno(error, code))) return error;
  const view = new HostView(context);
  if (sameChain(readChain(context, view, hook, false), planned)) return error;
  return refusal('ESTALE', operation, 'somebody changed the chain since it was read', { cause: error });
}

/** What somebody else changed between two readings, in words; null when it is nothing. */
export function describeDifference(
  before: readonly AttachmentState[],
  after: readonly AttachmentState[],
): string | null {
  const had = new Set(before.map(identity));
  const has = new Set(after.map(identity));
  const came = after.filter((member) => !had.has(identity(member)));
  const left = before.filter((member) => !has.has(identity(member)));
  const parts = [
    came.length === 0 ? null : `${describeList(came.map(describeAttachment))} appeared`,
    left.length === 0 ? null : `${describeList(left.map(describeAttachment))} left`,
  ].filter((part) => part !== null);
  if (parts.length > 0) return parts.join(' and ');
  const stayed = before.filter((member) => has.has(identity(member)));
  const kept = after.filter((member) => had.has(identity(member)));
  return sameMembers(stayed, kept) ? null : 'the order changed';
}

function identity({ program, link }: AttachmentState): string {
  return `${program.id} ${link?.id ?? 0}`;
}
