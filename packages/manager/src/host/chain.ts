import { clip } from '@mprog/core';
import { type CgroupMode, featureNeeds, isErrno } from '@mprog/kernel';
import type { Context } from '../context.js';
import { refusal } from '../manager-error.js';
import { describeAttachment, describeList } from './describe.js';
import type { FoundHook } from './found-hook.js';
import { HostView } from './host-view.js';
import type { AttachmentState } from './state.js';

/** A chain at one moment, with what is known of its members. */
export interface Chain {
  readonly revision: number;
  /** How the programs of a cgroup share it; null for other layers. */
  readonly mode: CgroupMode | null;
  readonly members: readonly AttachmentState[];
}

/** One entry as the kernel tells it: on a cgroup without its link (spec 10.7). */
export interface Entry {
  readonly programId: number;
  /** 0 for one that was attached directly, null where it is not told. */
  readonly linkId: number | null;
}

/** A hook as the kernel tells it: ids only. */
export interface HookReading {
  readonly revision: number;
  /** Null for layers other than cgroup. */
  readonly mode: CgroupMode | null;
  readonly entries: readonly Entry[];
}

/** How often a cgroup is read again because its list changed while links were looked for. */
const ATTEMPTS = 4;

/**
 * Reads a hook.
 *
 * @param fullNames whether the whole names of functions are found too
 * @throws MprogError `EPERM` without CAP_NET_ADMIN, `ENODEV` or `ENOENT` for a device or cgroup that is gone,
 * `EOPNOTSUPP` where the kernel has no such hooks
 */
export function readChain(context: Context, view: HostView, hook: FoundHook, fullNames = true): Chain {
  let reading = queryHook(context, hook);
  if (hook.cgroupId === null || reading.entries.length === 0) {
    const { revision, mode, entries } = reading;
    return { revision, mode, members: view.attachments(hook, entries, fullNames) };
  }
  for (let attempt = 1; ; attempt++) {
    const members = view.cgroupAttachments({ ...hook, cgroupId: hook.cgroupId }, reading, fullNames);
    const again = queryHook(context, hook);
    if (again.revision === reading.revision || attempt === ATTEMPTS) {
      return { ...reading, members };
    }
    reading = again;
    view.forgetLinks();
  }
}

/** Reads a hook as the kernel tells it. */
export function queryHook(context: Context, hook: FoundHook): HookReading {
  const { kernel } = context;
  try {
    return hook.use((kernelHook) => {
      const result = kernel.attachments.query(kernelHook);
      const mode = 'mode' in result ? result.mode : null;
      return { revision: result.revision, mode, entries: result.attachments };
    });
  } catch (error) {
    if (isErrno(error, 'EINVAL') && kernel.probe.has(hook.layer) === false) {
      const reason = `${hook.layer} is not in this kernel (needs ${featureNeeds[hook.layer]})`;
      throw refusal('EOPNOTSUPP', `query ${clip(hook.text)}`, reason, {
        remedy: 'mprog probe says what it has',
        cause: error,
      });
    }
    if (isErrno(error, 'EPERM')) {
      throw refusal('EPERM', `query ${clip(hook.text)}`, 'reading hooks needs CAP_NET_ADMIN', {
        remedy: 'run mprog as root, or give it that capability',
        cause: error,
      });
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
const maybeStale = ['ENOENT', 'EEXIST', 'EBUSY', 'ERANGE', 'EPERM', 'E2BIG'] as const;

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
  return refusal('ESTALE', operation, 'somebody changed the chain since it was read', {
    remedy: 'look at it and try again',
    cause: error,
  });
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

function identity({ program, link, linkUnknown }: AttachmentState): string {
  return `${program.id} ${linkUnknown === true ? '?' : (link?.id ?? 0)}`;
}
