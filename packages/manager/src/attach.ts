import { replace } from '@mprog/core';
import { isErrno, programFd } from '@mprog/kernel';
import { checkPinPath, defaultLinkPin, makePinDirectory, ownBpffs } from './bpffs.js';
import { readChain } from './chain.js';
import { type Change, type ChangeLink, type ChangeProgram, makeChange, memberOf } from './change.js';
import type { Context } from './context.js';
import { guarded } from './guarded.js';
import { HostView } from './host-view.js';
import { journalled } from './journalled.js';
import { refusal } from './manager-error.js';
import type { AttachOptions } from './options.js';
import { type AttachPlan, chainAfter, planAttach } from './plan-attach.js';
import { type FoundHook, resolveHook } from './resolve-hook.js';
import { openLink } from './resolve-link.js';
import { openProgram, type ProgramHandle, resolveProgram } from './resolve-program.js';
import { type Expected, verify } from './verify.js';

/** One attach request with everything that does not depend on the chain. */
interface Request {
  readonly context: Context;
  readonly hook: FoundHook;
  readonly handle: ProgramHandle;
  readonly options: AttachOptions;
  readonly operation: string;
  /** Path of the pin that is to be made, or null. */
  readonly pin: string | null;
}

/** What acting on a plan brought about. */
interface Done {
  readonly plan: AttachPlan;
  readonly link: ChangeLink | null;
  readonly notes: readonly string[];
}

/**
 * Attaches a program to a hook, or puts it in the place of another one.
 *
 * A link-owned attachment is replaced through its link, whose pins stay what they are.
 */
export function attach(
  context: Context,
  hookText: string,
  programText: string,
  options: AttachOptions,
): Change {
  const operation = `attach ${programText} to ${hookText}`;
  const hook = resolveHook(context, hookText);
  using handle = resolveProgram(context, new HostView(context), programText, operation);
  const plan = () => planAttach(context, hook, handle.program, options, operation);
  const firstPlan = plan();
  const pin = choosePin(context, hook, handle, options, firstPlan, operation);
  const request: Request = { context, hook, handle, options, operation, pin };
  if (options.dryRun === true) return dryRun(request, firstPlan);
  handle.open();
  return journalled(context, intentOf(request, firstPlan), () => {
    const done = guarded(
      context,
      operation,
      firstPlan,
      plan,
      (current) => act(request, current),
      options.revision === undefined,
    );
    return report(request, done);
  });
}

function choosePin(
  context: Context,
  hook: FoundHook,
  handle: ProgramHandle,
  options: AttachOptions,
  plan: AttachPlan,
  operation: string,
): string | null {
  const { world } = context;
  const { id, name } = handle.program;
  const makesLink = options.link === true && plan.replaced === null;
  const path =
    options.pin ??
    (makesLink
      ? defaultLinkPin(
          ownBpffs(world, operation),
          hook,
          name === null || name === '' ? `program-${id}` : name,
        )
      : null);
  if (path !== null) checkPinPath(world, path, operation);
  return path;
}

function act(request: Request, plan: AttachPlan): Done {
  if (plan.replaced?.link) return actOnLink(request, plan, plan.replaced.link.id);
  return request.options.link === true ? actByLink(request, plan) : actDirectly(request, plan);
}

function actDirectly(request: Request, plan: AttachPlan): Done {
  const { context, hook, handle, operation } = request;
  const { kernel } = context;
  const unpin = pinObject(request, () => handle.open());
  try {
    using old =
      plan.replaced === null ? null : openProgram(context, plan.view, plan.replaced.program.id, operation);
    const anchors = old === null ? plan.anchors : [replace(programFd(old.fd))];
    const expectedRevision = plan.chain.revision;
    hook.within(() =>
      kernel.attachments.attach(hook.kernelHook, handle.open(), { anchors, expectedRevision }),
    );
  } catch (error) {
    unpin();
    throw error;
  }
  return { plan, link: null, notes: [] };
}

function actByLink(request: Request, plan: AttachPlan): Done {
  const { context, hook, handle } = request;
  const { kernel } = context;
  const expectedRevision = plan.chain.revision;
  // Closing the only fd of the link detaches it, so whatever fails before the pin is made leaves nothing behind.
  using link = hook.within(() =>
    kernel.links.create(hook.kernelHook, handle.open(), { anchors: plan.anchors, expectedRevision }),
  );
  const { id } = kernel.links.info(link.fd);
  pinObject(request, () => link.fd);
  return { plan, link: { id }, notes: [] };
}

function actOnLink(request: Request, plan: AttachPlan, id: number): Done {
  const { context, handle, operation } = request;
  const { kernel } = context;
  using link = openLink(context, plan.view, id, operation);
  using old = openProgram(context, plan.view, plan.replaced!.program.id, operation);
  const unpin = pinObject(request, () => link.fd);
  try {
    kernel.links.update(link.fd, handle.open(), { oldProgramFd: old.fd });
  } catch (error) {
    unpin();
    // The link has another program by now: the chain is not the one that was read.
    if (!isErrno(error, 'EPERM')) throw error;
    throw refusal('ESTALE', operation, `link:${id} has another program than a moment ago`, { cause: error });
  }
  return { plan, link: { id }, notes: [`the attachment belongs to link:${id}, which was updated`] };
}

/** Pins what the request asks for; returns what undoes it. */
function pinObject({ context, pin }: Request, fd: () => number): () => void {
  if (pin === null) return () => {};
  const { kernel, world } = context;
  const removeDirectories = makePinDirectory(world, pin);
  try {
    kernel.pins.pin(fd(), pin);
  } catch (error) {
    removeDirectories();
    throw error;
  }
  return () => {
    world.pins.remove(pin);
    removeDirectories();
  };
}

function report(request: Request, { plan, link, notes }: Done): Change {
  const { context, hook, handle, operation, pin } = request;
  const { program } = handle;
  const expected: Expected = {
    members: chainAfter(plan, program, link),
    revision: plan.chain.revision + 1,
    program,
    position: plan.index + 1,
  };
  const view = new HostView(context);
  const chain = readChain(context, view, hook);
  const found = verify(expected, chain, operation);
  return makeChange({
    ...base(request, plan),
    link,
    pin,
    position: found.position,
    revisionAfter: String(chain.revision),
    after: chain.members.map(memberOf),
    notes: [...notes, ...found.notes],
  });
}

function dryRun(request: Request, plan: AttachPlan): Change {
  const { handle, options, pin } = request;
  const link: ChangeLink | null =
    plan.replaced === null ? (options.link === true ? { id: null } : null) : linkOf(plan);
  return makeChange({
    ...base(request, plan),
    link,
    pin,
    position: plan.index + 1,
    dryRun: true,
    after: chainAfter(plan, handle.program, link),
  });
}

function base(
  { hook, handle }: Request,
  plan: AttachPlan,
): Pick<Change, 'kind' | 'hook' | 'program' | 'replaced' | 'revisionBefore' | 'before'> {
  const replaced: ChangeProgram | null = plan.replaced === null ? null : memberOf(plan.replaced).program;
  return {
    kind: replaced === null ? 'attach' : 'replace',
    hook: hook.text,
    program: handle.program,
    replaced,
    revisionBefore: String(plan.chain.revision),
    before: plan.chain.members.map(memberOf),
  };
}

function linkOf(plan: AttachPlan): ChangeLink | null {
  return plan.replaced?.link == null ? null : { id: plan.replaced.link.id };
}

function intentOf({ hook, handle, pin }: Request, plan: AttachPlan): Parameters<typeof journalled>[1] {
  return {
    operation: plan.replaced === null ? 'attach' : 'replace',
    hook: hook.text,
    netnsInode: hook.netnsInode,
    ifindex: hook.ifindex,
    program: handle.program.id,
    object: handle.object,
    replaced: plan.replaced?.program.id ?? null,
    link: plan.replaced?.link?.id ?? null,
    pin,
    revisionBefore: String(plan.chain.revision),
  };
}
