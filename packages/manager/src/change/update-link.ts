import { clip } from '@mprog/core';
import { cgroupAttachTypeName, isErrno } from '@mprog/kernel';
import { type Change, type ChangeMember, makeChange, memberOf, programOf, withProgram } from '../change.js';
import type { Context } from '../context.js';
import { sameChain } from '../host/chain.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import type { UpdateLinkOptions } from '../options.js';
import {
  describeTargetChange,
  findLinkTarget,
  isPlaceKnown,
  type LinkTarget,
  linkIntent,
  readTarget,
  requireOurLink,
} from '../resolve/link-target.js';
import { openLink } from '../resolve/resolve-link.js';
import { openProgram, type ProgramHandle, resolveProgram } from '../resolve/resolve-program.js';
import type { RuledHook } from '../rules/layer-rules.js';
import { checkRevision } from './guarded.js';
import { foreignChanges } from './verify.js';

/** Gives a link another program, in place; the kernel checks that it still has the one that was read. */
export function updateLink(
  context: Context,
  linkText: string,
  programText: string,
  options: UpdateLinkOptions,
): Change {
  const operation = `update ${clip(linkText)} to ${clip(programText)}`;
  const target = findLinkTarget(context, linkText, operation);
  const { state, chain, view } = target;
  if (state.defunct === true) {
    throw refusal('ENOLINK', operation, `link:${state.id} is defunct, what it was attached to is gone`, {
      remedy: 'remove its pins (mprog link prune) and attach anew',
    });
  }
  if (options.revision !== undefined) {
    if (chain === null) {
      throw refusal(
        'ENOENT',
        operation,
        `the hook of link:${state.id} was not found, so its revision is unknown`,
        { remedy: 'leave out --revision' },
      );
    }
    checkRevision(options.revision, chain, operation);
  }
  using handle = resolveProgram(context, view, programText, ruledHook(target, operation), operation);
  const { id } = handle.program;
  if (id === state.program.id) {
    return change(target, handle, options, {
      kind: 'none',
      notes: [`link:${state.id} has that program already`],
    });
  }
  const present = chain?.members.find(({ program }) => program.id === id);
  // A cgroup may have a program several times (spec 11).
  if (present !== undefined && state.type !== 'cgroup') {
    const remedy = 'detach it first';
    throw refusal('EEXIST', operation, `id:${id} is on the hook already, at position ${present.position}`, {
      remedy,
    });
  }
  requireOurLink(target, options, operation);
  if (options.dryRun === true) return change(target, handle, options, { after: expected(target, handle) });
  handle.open();
  const intent = linkIntent(target, {
    operation: 'update-link',
    program: handle.program.id,
    ...handle.origin,
    replaced: state.program.id,
  });
  return journalled(context, intent, () => {
    act(context, target, handle, operation);
    return verified(context, target, handle, options);
  });
}

/** The hook of a link as far as the type of its programs is concerned. */
function ruledHook({ state, hook, view }: LinkTarget, operation: string): RuledHook {
  if (hook !== null) return hook;
  if (state.type !== 'cgroup') return { layer: 'tcx', direction: 'ingress' };
  const direction = cgroupAttachTypeName(
    view.linkWalk.links.find(({ id }) => id === state.id)?.attachType ?? -1,
  );
  if (direction !== undefined) return { layer: 'cgroup', direction };
  throw refusal('ERR_LAYER', operation, `link:${state.id} is of an attach type that mprog does not know`);
}

function act(context: Context, target: LinkTarget, handle: ProgramHandle, operation: string): void {
  const { state, view, hook, chain } = target;
  const again = readTarget(context, hook);
  const same = again === null || chain === null ? again === chain : sameChain(again, chain);
  if (!same) throw stale(target, operation);
  using link = openLink(context, view, state.id, operation);
  using old = openProgram(context, view, state.program.id, operation);
  try {
    context.kernel.links.update(link.fd, handle.open(), { oldProgramFd: old.fd });
  } catch (error) {
    if (isErrno(error, 'EPERM')) throw stale(target, operation, error);
    throw error;
  }
  const found = context.kernel.links.info(link.fd).programId;
  if (found !== handle.program.id) {
    throw refusal('ERR_VERIFY', operation, `link:${state.id} was updated, but has id:${found} by now`, {
      remedy: 'somebody updated it at the same moment',
    });
  }
}

function stale({ state }: LinkTarget, operation: string, cause?: unknown): Error {
  return refusal('ESTALE', operation, `link:${state.id} or its chain is another one than a moment ago`, {
    remedy: 'look at it and try again',
    cause,
  });
}

function verified(
  context: Context,
  target: LinkTarget,
  handle: ProgramHandle,
  options: UpdateLinkOptions,
): Change {
  const found = readTarget(context, target.hook);
  if (found === null || target.chain === null) return change(target, handle, options, {});
  return change(target, handle, options, {
    revisionAfter: String(found.revision),
    after: found.members.map((member) => withProgram(memberOf(member), handle.program)),
    notes: foreignChanges(
      isPlaceKnown(target) ? expected(target, handle) : null,
      target.chain.revision + 1,
      found,
    ),
  });
}

function change(
  target: LinkTarget,
  handle: ProgramHandle,
  options: UpdateLinkOptions,
  parts: Partial<Change>,
): Change {
  return makeChange({
    kind: 'update-link',
    ...describeTargetChange(target),
    program: handle.program,
    replaced: programOf(target.state.program),
    dryRun: options.dryRun ?? false,
    ...parts,
  });
}

function expected({ state, chain }: LinkTarget, handle: ProgramHandle): readonly ChangeMember[] {
  return (chain?.members ?? []).map((member) =>
    member.link?.id === state.id ? { ...memberOf(member), program: handle.program } : memberOf(member),
  );
}
