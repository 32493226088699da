import { clip, replace } from '@mprog/core';
import { type CgroupOptions, isErrno, type KernelHook, programFd } from '@mprog/kernel';
import {
  type Change,
  type ChangeLink,
  type ChangeMember,
  type ChangeProgram,
  makeChange,
  memberOf,
  withProgram,
} from '../change.js';
import type { Context } from '../context.js';
import { checkPinPath, defaultLinkPin, isOurPin, ownBpffs, withPinDirectory } from '../host/bpffs.js';
import { type Chain, readChain, staleIfChanged } from '../host/chain.js';
import type { FoundHook } from '../host/found-hook.js';
import { HostView } from '../host/host-view.js';
import { resolveHook } from '../host/resolve-hook.js';
import { journalIntent } from '../journal/journal-intent.js';
import type { JournalIntent } from '../journal/journal-record.js';
import { journalled } from '../journal/journalled.js';
import { refusal } from '../manager-error.js';
import type { AttachOptions } from '../options.js';
import { openLink } from '../resolve/resolve-link.js';
import { openProgram, type ProgramHandle, resolveProgram } from '../resolve/resolve-program.js';
import { guarded } from './guarded.js';
import { type AttachPlan, chainAfter, planAttach } from './plan-attach.js';
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

/** What acting on a plan brought about, as a query right after it shows. */
interface Done {
  readonly plan: AttachPlan;
  readonly link: ChangeLink | null;
  readonly chain: Chain;
  readonly position: number;
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
  const operation = `attach ${clip(programText)} to ${clip(hookText)}`;
  const hook = resolveHook(context, hookText);
  using handle = resolveProgram(context, new HostView(context), programText, hook, operation);
  const plan = () => planAttach(context, hook, handle.program, options, operation);
  const firstPlan = plan();
  const pin = choosePin(context, hook, handle, options, firstPlan, operation);
  if (pin !== null) requireOurProgram(context, handle, options, firstPlan, pin, operation);
  const request: Request = { context, hook, handle, options, operation, pin };
  if (options.dryRun === true) return dryRun(request, firstPlan);
  handle.open();
  const replan = options.revision === undefined;
  return journalled(context, intentOf(request, firstPlan), () =>
    withPinDirectory(context.world, pin, operation, () => {
      const done = guarded(context, operation, firstPlan, plan, (current) => act(request, current), replan);
      return report(request, done);
    }),
  );
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
  const { id, name, fullName } = handle.program;
  const makesLink = options.link === true && plan.replaced === null;
  const path =
    options.pin ??
    (makesLink
      ? defaultLinkPin(ownBpffs(world, operation), hook, fullName || name || `program-${id}`)
      : null);
  const prune = makesLink ? ' (mprog link prune removes those of links whose device or cgroup is gone)' : '';
  const taken = `choose another path with --pin, or remove that pin${prune}`;
  if (path !== null) checkPinPath(world, path, operation, taken);
  return path;
}

/** A pin below `mprog/` makes a program ours on every hook, those that somebody else put it on too. */
function requireOurProgram(
  context: Context,
  { origin, program }: ProgramHandle,
  options: AttachOptions,
  { view, replaced }: AttachPlan,
  pin: string,
  operation: string,
): void {
  const pinsLink = replaced === null ? options.link === true : replaced.link !== null;
  if (pinsLink || origin !== null || program.id === null || options.force === true) return;
  if (!isOurPin(context.world.pins.mounts(), pin) || view.ownsProgram(program.id) === true) return;
  const what = `id:${program.id} is not ours, and a pin below mprog/ would make it ours on every hook`;
  throw refusal('ERR_FOREIGN', operation, what, {
    remedy: 'choose a path elsewhere, or give --force',
    data: { program: program.id, link: null },
  });
}

function act(request: Request, plan: AttachPlan): Done {
  if (plan.replaced?.link) return actOnLink(request, plan, plan.replaced.link.id);
  return request.options.link === true ? actByLink(request, plan) : actDirectly(request, plan);
}

function actDirectly(request: Request, plan: AttachPlan): Done {
  const { context, handle, operation } = request;
  const { kernel } = context;
  const unpin = pinObject(request, () => handle.open());
  try {
    // A cgroup in another mode than multi has one program, which every attach takes the place of (spec 10.3).
    const replaced = (plan.cgroup.mode ?? 'multi') === 'multi' ? plan.replaced : null;
    using old = replaced === null ? null : openProgram(context, plan.view, replaced.program.id, operation);
    const placed = sent(request, plan, (kernelHook, { anchors, expectedRevision }) =>
      kernel.attachments.attach(kernelHook, handle.open(), {
        anchors: old === null ? anchors : [replace(programFd(old.fd))],
        expectedRevision,
        ...optionsOf(kernelHook, plan),
      }),
    );
    return verified(request, placed.plan, null);
  } catch (error) {
    unpin();
    throw error;
  }
}

function actByLink(request: Request, plan: AttachPlan): Done {
  const { context, handle } = request;
  const { kernel } = context;
  const placed = sent(request, plan, (kernelHook, { anchors, expectedRevision }) =>
    kernel.links.create(kernelHook, handle.open(), {
      anchors,
      expectedRevision,
      ...optionsOf(kernelHook, plan),
    }),
  );
  // Closing the only fd of the link detaches it, so whatever fails up to its pin leaves nothing behind.
  using link = placed.result;
  const { id } = kernel.links.info(link.fd);
  const done = verified(request, placed.plan, { id });
  pinObject(request, () => link.fd);
  return done;
}

function actOnLink(request: Request, plan: AttachPlan, id: number): Done {
  const { context, handle, operation } = request;
  const { kernel } = context;
  using link = openLink(context, plan.view, id, operation);
  using old = openProgram(context, plan.view, plan.replaced!.program.id, operation);
  const unpin = pinObject(request, () => link.fd);
  try {
    kernel.links.update(link.fd, handle.open(), { oldProgramFd: old.fd });
    return verified(request, plan, { id }, [`the attachment belongs to link:${id}, which was updated`]);
  } catch (error) {
    unpin();
    // The link has another program by now: the chain is not the one that was read.
    if (!isErrno(error, 'EPERM')) throw error;
    throw refusal('ESTALE', operation, `link:${id} has another program than a moment ago`, {
      remedy: 'look at it and try again',
      cause: error,
    });
  }
}

function optionsOf(kernelHook: KernelHook, { cgroup }: AttachPlan): CgroupOptions {
  return kernelHook.layer === 'cgroup' ? cgroup : {};
}

/**
 * Sends a request where the hook is, with the first of its places that the kernel takes; a refusal that a changed chain led
 * to is `ESTALE`.
 */
function sent<Result>(
  request: Request,
  plan: AttachPlan,
  action: (kernelHook: KernelHook, plan: AttachPlan) => Result,
): { readonly result: Result; readonly plan: AttachPlan } {
  const { context, hook, operation } = request;
  try {
    return { result: hook.use((kernelHook) => action(kernelHook, plan)), plan };
  } catch (error) {
    if (plan.otherPlaces === null || !isErrno(error, 'EINVAL')) {
      throw staleIfChanged(context, hook, plan.chain, error, operation);
    }
    const { refused } = plan.otherPlaces;
    const [next, ...places] = plan.otherPlaces.places;
    if (next === undefined) throw refused(error);
    const { index, anchors, sure } = next;
    return sent(request, { ...plan, index, anchors, otherPlaces: sure ? null : { places, refused } }, action);
  }
}

/** Pins what the request asks for; returns what undoes it. */
function pinObject({ context, pin }: Request, fd: () => number): () => void {
  if (pin === null) return () => {};
  const { kernel, world } = context;
  kernel.pins.pin(fd(), pin);
  return () => world.pins.remove(pin);
}

/** Looks whether the change is there. */
function verified(
  { context, hook, handle, operation }: Request,
  plan: AttachPlan,
  link: ChangeLink | null,
  notes: readonly string[] = [],
): Done {
  const { program } = handle;
  const expected: Expected = {
    members: chainAfter(plan, program, link),
    // What a netkit hook without programs reports is no revision to count from (spec 9.3).
    revision: hook.layer === 'netkit' && plan.chain.members.length === 0 ? null : plan.chain.revision + 1,
    program,
    position: plan.index + 1,
  };
  const chain = readChain(context, new HostView(context), hook);
  const found = verify(expected, chain, operation);
  return { plan, link, chain, position: found.position, notes: [...plan.notes, ...notes, ...found.notes] };
}

function report(request: Request, { plan, link, chain, position, notes }: Done): Change {
  const { handle, pin } = request;
  // The chain was read before the link was pinned, which makes it ours for everybody else.
  const isNewLink = (member: ChangeMember) =>
    link !== null &&
    plan.replaced === null &&
    member.program.id === handle.program.id &&
    member.link?.id === link.id;
  const after = chain.members.map((member) => withProgram(memberOf(member), handle.program));
  return makeChange({
    ...base(request, plan),
    link,
    pin,
    position,
    revisionAfter: String(chain.revision),
    after: after.map((member) => (isNewLink(member) ? { ...member, ours: true } : member)),
    notes: [...notes, ...twins(plan, handle.program), ...runOrder(request)],
  });
}

/** Whoever attaches the same file again may have meant to replace what came of it before. */
function twins({ chain, replaced }: AttachPlan, { name, tag }: ChangeProgram): readonly string[] {
  if (replaced !== null || name === null || tag === null) return [];
  return chain.members
    .filter(({ program }) => program.name === name && program.tag === tag)
    .map(
      ({ program }) =>
        `a program with this name and tag was attached already: id:${program.id}; --replace id:${program.id} would have taken its place`,
    );
}

/** The list of a cgroup is not the order in which its programs run (spec 10.5). */
function runOrder({ options, hook }: Request): readonly string[] {
  if (options.preorder !== true) return [];
  return [
    `with PREORDER it runs before those without, whatever its position: mprog show ${hook.text} --effective`,
  ];
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
    notes: [...plan.notes, ...runOrder(request)],
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

function intentOf({ hook, handle, pin }: Request, plan: AttachPlan): JournalIntent {
  return journalIntent({
    operation: plan.replaced === null ? 'attach' : 'replace',
    hook: hook.text,
    netnsInode: hook.netnsInode,
    ifindex: hook.ifindex,
    cgroupId: hook.cgroupId,
    program: handle.program.id,
    ...handle.origin,
    replaced: plan.replaced?.program.id ?? null,
    link: plan.replaced?.link?.id ?? null,
    pin,
    revisionBefore: String(plan.chain.revision),
  });
}
