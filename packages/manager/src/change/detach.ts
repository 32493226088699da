import { after, clip, first } from '@mprog/core';
import { isErrno, programId } from '@mprog/kernel';
import { type Change, makeChange, memberOf } from '../change.js';
import type { Context } from '../context.js';
import { readChain, sameChain, staleIfChanged } from '../host/chain.js';
import { describeAttachment } from '../host/describe.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import { resolveHook } from '../host/resolve-hook.js';
import type { AttachmentState } from '../host/state.js';
import { journalIntent } from '../journal/journal-intent.js';
import type { JournalIntent } from '../journal/journal-record.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import type { DetachOptions, DetachTarget } from '../options.js';
import { openProgram } from '../resolve/resolve-program.js';
import { guarded } from './guarded.js';
import { type DetachPlan, describeTarget, planDetach } from './plan-detach.js';
import { severLink } from './sever-link.js';
import { foreignChanges } from './verify.js';

/** A plan that has something to remove. */
interface RealPlan extends DetachPlan {
  readonly member: AttachmentState;
}

/** Removes one attachment: directly, or through the link that owns it. */
export function detach(
  context: Context,
  hookText: string,
  target: DetachTarget,
  options: DetachOptions,
): Change {
  const operation = `detach ${describeTarget(target)} from ${clip(hookText)}`;
  let hook: FoundHook;
  try {
    hook = resolveHook(context, hookText);
  } catch (error) {
    const gone = isErrno(error, 'ENODEV') || isErrno(error, 'ENOENT');
    if (options.ignoreMissing !== true || !gone) throw error;
    return nothing(hookText, options, `nothing to detach: ${(error as Error).message}`);
  }
  const plan = () => planDetach(context, hook, target, options, operation);
  const firstPlan = plan();
  if (!isReal(firstPlan)) return missing(hook, firstPlan, target, options);
  if (options.dryRun === true) return planned(hook, firstPlan, options);
  return journalled(context, intentOf(hook, firstPlan), () =>
    guarded(
      context,
      operation,
      firstPlan as DetachPlan,
      plan,
      (current) => {
        if (!isReal(current)) return missing(hook, current, target, options);
        const notes = act(context, hook, current, operation);
        return report(context, hook, current, notes, operation);
      },
      options.revision === undefined,
    ),
  );
}

function act(context: Context, hook: FoundHook, plan: RealPlan, operation: string): readonly string[] {
  const { chain, member, view } = plan;
  if (member.link === null) {
    detachDirectly(context, hook, plan, operation);
    return [];
  }
  // LINK_DETACH carries no revision, so the guard is a second look.
  if (!sameChain(readChain(context, view, hook), chain)) throw changed(operation);
  return severLink(context, view, { program: member.program.id, link: member.link.id }, operation);
}

function detachDirectly(context: Context, hook: FoundHook, plan: RealPlan, operation: string): void {
  const { attachments } = context.kernel;
  const { chain, member, view } = plan;
  const expectedRevision = chain.revision;
  let program: ReturnType<typeof openProgram> | null = null;
  try {
    program = openProgram(context, view, member.program.id, operation);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) throw changed(operation, error);
    // Without CAP_SYS_ADMIN the place names the program; the revision makes sure that it is still the same one. A cgroup
    // knows no places, but in the modes of a single program it needs no name (spec 10.6).
    if (!isErrno(error, 'EPERM') || chain.mode === 'multi') throw error;
  }
  try {
    using opened = program;
    const previous = chain.members[member.position - 2];
    const anchors = previous === undefined ? [first()] : [after(programId(previous.program.id))];
    const place = hook.layer === 'cgroup' ? {} : { anchors };
    const what = opened === null ? place : { programFd: opened.fd };
    hook.use((kernelHook) => attachments.detach(kernelHook, { ...what, expectedRevision }));
  } catch (error) {
    throw staleIfChanged(context, hook, chain, error, operation);
  }
}

function changed(operation: string, cause?: unknown): Error {
  return refusal('ESTALE', operation, 'somebody changed the chain since it was read', {
    remedy: 'look at it and try again',
    cause,
  });
}

function report(
  context: Context,
  hook: FoundHook,
  plan: RealPlan,
  notes: readonly string[],
  operation: string,
): Change {
  const chain = readChain(context, new HostView(context), hook);
  const { member } = plan;
  const still = chain.members.find(
    ({ program, link }) => program.id === member.program.id && link?.id === member.link?.id,
  );
  if (still !== undefined) {
    throw refusal(
      'ERR_VERIFY',
      operation,
      `${describeAttachment(member)} was detached, but it is there again`,
      {
        remedy: 'somebody attached it at the same moment',
        data: { revision: String(chain.revision) },
      },
    );
  }
  const expected = remaining(plan);
  // The revision of a device's hook that was emptied starts again, or goes on where a classic qdisc is (spec 8.2); that of
  // a cgroup goes on (spec 10.1).
  const restarts = expected.length === 0 && hook.layer !== 'cgroup';
  const revision = restarts ? null : plan.chain.revision + 1;
  return makeChange({
    ...base(hook, plan),
    revisionAfter: String(chain.revision),
    after: chain.members.map(memberOf),
    notes: [...notes, ...foreignChanges(expected, revision, chain)],
  });
}

function planned(hook: FoundHook, plan: RealPlan, options: DetachOptions): Change {
  const { member, view } = plan;
  const pinned = { program: member.program.id, link: member.link?.id ?? null };
  const pins = (member.link?.pins ?? []).filter((path) => view.ownsPin(path, pinned));
  return makeChange({
    ...base(hook, plan),
    dryRun: options.dryRun ?? false,
    after: remaining(plan),
    notes: pins.map((path) => `would remove pin ${path}`),
  });
}

function base(
  hook: FoundHook,
  { chain, member }: RealPlan,
): Pick<Change, 'kind' | 'hook' | 'program' | 'link' | 'position' | 'revisionBefore' | 'before'> {
  const { program, link, position } = memberOf(member);
  return {
    kind: 'detach',
    hook: hook.text,
    program,
    link,
    position,
    revisionBefore: String(chain.revision),
    before: chain.members.map(memberOf),
  };
}

function remaining({ chain, member }: RealPlan): Change['after'] {
  return chain.members
    .filter((other) => other !== member)
    .map((other, index) => ({ ...memberOf(other), position: index + 1 }));
}

function missing(hook: FoundHook, plan: DetachPlan, target: DetachTarget, options: DetachOptions): Change {
  const change = nothing(hook.text, options, `nothing to detach: ${describeTarget(target)} is not attached`);
  const members = plan.chain.members.map(memberOf);
  const revision = String(plan.chain.revision);
  return makeChange({
    ...change,
    revisionBefore: revision,
    revisionAfter: options.dryRun === true ? null : revision,
    before: members,
    after: members,
  });
}

function nothing(hook: string, options: DetachOptions, note: string): Change {
  return makeChange({ kind: 'none', hook, dryRun: options.dryRun ?? false, notes: [note] });
}

function isReal(plan: DetachPlan): plan is RealPlan {
  return plan.member !== null;
}

function intentOf(hook: FoundHook, { chain, member }: RealPlan): JournalIntent {
  return journalIntent({
    operation: 'detach',
    hook: hook.text,
    netnsInode: hook.netnsInode,
    ifindex: hook.ifindex,
    cgroupId: hook.cgroupId,
    program: member.program.id,
    link: member.link?.id ?? null,
    revisionBefore: String(chain.revision),
  });
}
