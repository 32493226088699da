import type { Anchor } from '@mprog/core';
import { linkType } from '../abi/attach-type.js';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { flag } from '../abi/flag.js';
import { info } from '../abi/info.js';
import { type CgroupOptions, withCgroupOptions } from './cgroup-mode.js';
import { Descriptor } from './descriptor.js';
import { attachTypeOf, describeHook, type KernelHook, targetOf } from './hook.js';
import { hookReason } from './hook-reason.js';
import { check } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';
import { placementOf, type RawPlacement } from './placement.js';
import type { Probe } from './probe.js';
import type { ObjectReference } from './reference.js';
import { writeRevision } from './revision.js';

/** What the kernel says of a link (spec 1.4). */
export interface LinkInfo {
  readonly id: number;
  /** Number of the link type; 11 for tcx. */
  readonly type: number;
  readonly programId: number;
  /** Number of the attach type, for tcx, netkit and cgroup; 0 otherwise. */
  readonly attachType: number;
  /** Device, for tcx and netkit; 0 when the link is defunct (spec 2), and for other links. */
  readonly ifindex: number;
  /** Id of the cgroup in decimal, `0` when the link is defunct; null for links of other layers. */
  readonly cgroupId: string | null;
}

/** How a link is made. */
export interface LinkOptions extends CgroupOptions {
  /** Where to stand; at the end when there are none. `replace` is not for links: they are updated. */
  readonly anchors?: readonly Anchor<ObjectReference>[];
  readonly expectedRevision?: number | bigint;
}

/** Links: objects that own one attachment each (spec 7.4 to 7.9, 8.4, 10.4). */
export class Links {
  readonly #calls: ObjectCalls;
  readonly #probe: Probe;

  constructor(calls: ObjectCalls, probe: Probe) {
    this.#calls = calls;
    this.#probe = probe;
  }

  /**
   * Attaches a program through a link of its own.
   *
   * @returns the fd of the link; when the last fd is closed and no pin holds it, the program is detached
   * @throws KernelError as `Attachments.attach` does, but never `ESTALE` before the device is found
   */
  create(hook: KernelHook, programFd: number, options: LinkOptions = {}): Descriptor {
    const placement = placed(hook, options);
    const result = this.tryCreate(hook, programFd, placement, options.expectedRevision);
    return this.#opened(result, hook, placement);
  }

  /** Makes a link with the kernel's raw flags; returns its fd or the negated error number. */
  tryCreate(
    hook: KernelHook,
    programFd: number,
    placement: RawPlacement,
    expectedRevision: number | bigint = 0,
  ): number {
    this.#write(hook, programFd, placement, expectedRevision);
    return this.#calls.call(command.LINK_CREATE, attr.linkCreate.end);
  }

  /** Does what `create` does off the event loop. */
  async createLater(hook: KernelHook, programFd: number, options: LinkOptions = {}): Promise<Descriptor> {
    const { systemCall, memory } = this.#calls;
    const placement = placed(hook, options);
    this.#write(hook, programFd, placement, options.expectedRevision ?? 0);
    const result = systemCall.bpfLater(command.LINK_CREATE, memory.attrAddress, attr.linkCreate.end);
    return this.#opened(await result, hook, placement);
  }

  #opened(result: number, hook: KernelHook, placement: RawPlacement): Descriptor {
    const request = { hook, operation: 'link', placement } as const;
    const fd = check(
      result,
      () => `attach to ${describeHook(hook)} by a link`,
      (name) =>
        hookReason(name, request, this.#probe) ?? (hook.layer === 'cgroup' ? undefined : reasons[name]),
    );
    return new Descriptor(fd, this.#calls.world);
  }

  #write(hook: KernelHook, programFd: number, placement: RawPlacement, revision: number | bigint): void {
    const { memory } = this.#calls;
    const layout = attr.linkCreate;
    memory.clearAttr();
    memory.setField(layout.programFd, programFd);
    memory.setField(layout.target, targetOf(hook));
    memory.setField(layout.attachType, attachTypeOf(hook));
    memory.setField(layout.flags, placement.flags);
    memory.setField(layout.relative, placement.relative);
    writeRevision(memory, layout.expectedRevision, revision);
  }

  /**
   * Gives a link another program, in the same place and without a moment in which neither runs; it does not wait.
   *
   * @param linkFd fd of the link
   * @param programFd fd of the program that takes over
   * @param options `oldProgramFd`: the update happens only if the link has that program (`EPERM` otherwise)
   * @throws KernelError `ENOLINK` for a defunct link, `EEXIST`, `EINVAL`, `EPERM`
   */
  update(linkFd: number, programFd: number, options: { readonly oldProgramFd?: number } = {}): void {
    const flags = options.oldProgramFd === undefined ? 0 : flag.REPLACE;
    check(
      this.tryUpdate(linkFd, programFd, flags, options.oldProgramFd ?? 0),
      () => `update link fd ${linkFd}`,
      (name) => updateReasons[name],
    );
  }

  /** Updates with the kernel's raw flags; returns 0 or the negated error number. */
  tryUpdate(linkFd: number, programFd: number, flags: number, oldProgramFd: number): number {
    const { memory } = this.#calls;
    const layout = attr.linkUpdate;
    memory.setField(layout.linkFd, linkFd);
    memory.setField(layout.programFd, programFd);
    memory.setField(layout.flags, flags);
    memory.setField(layout.oldProgramFd, oldProgramFd);
    return this.#calls.call(command.LINK_UPDATE, layout.end);
  }

  /** Detaches what a link holds; the link itself stays, defunct, and again is fine (spec 7.7). */
  detach(linkFd: number): void {
    check(this.tryDetach(linkFd), () => `detach link fd ${linkFd}`);
  }

  /** Detaches a link; returns 0 or the negated error number. */
  tryDetach(linkFd: number): number {
    this.#calls.memory.setField(attr.linkDetach.linkFd, linkFd);
    return this.#calls.call(command.LINK_DETACH, attr.linkDetach.end);
  }

  /** Does what `detach` does off the event loop. */
  async detachLater(linkFd: number): Promise<void> {
    const { systemCall, memory } = this.#calls;
    memory.setField(attr.linkDetach.linkFd, linkFd);
    const result = systemCall.bpfLater(command.LINK_DETACH, memory.attrAddress, attr.linkDetach.end);
    check(await result, () => `detach link fd ${linkFd}`);
  }

  /** Opens a link by its id; needs CAP_SYS_ADMIN. */
  open(id: number): Descriptor {
    return this.#calls.open('link', id);
  }

  /** Ids of all links, ascending; needs CAP_SYS_ADMIN. */
  ids(): Generator<number, void, undefined> {
    return this.#calls.ids('link');
  }

  /** Whether a link of this id lives, without holding it for a moment (spec 7.9); needs CAP_SYS_ADMIN. */
  has(id: number): boolean {
    return this.#calls.nextId('link', id - 1) === id;
  }

  /** Reads what the kernel says of a link; needs no capability beyond holding the fd. */
  info(fd: number): LinkInfo {
    const calls = this.#calls;
    const layout = info.link;
    const length = calls.readInfo(fd, () => `read link fd ${fd}`);
    const type = calls.infoField(layout.type);
    const isCgroup = length >= layout.cgroupAttachType + 4 && type === linkType.CGROUP;
    const hasDevice = length >= layout.attachType + 4 && deviceLinks.has(type);
    const attachTypeField = isCgroup ? layout.cgroupAttachType : layout.attachType;
    return {
      id: calls.infoField(layout.id),
      type,
      programId: calls.infoField(layout.programId),
      attachType: isCgroup || hasDevice ? calls.infoField(attachTypeField) : 0,
      ifindex: hasDevice ? calls.infoField(layout.ifindex) : 0,
      cgroupId: isCgroup ? String(calls.infoFieldExact(layout.cgroupId)) : null,
    };
  }
}

function placed(hook: KernelHook, options: LinkOptions): RawPlacement {
  const placement = placementOf(options.anchors ?? [], () => 0);
  return withCgroupOptions(hook, placement, options, 'link');
}

/** Types of links whose info names a device: tcx and netkit. */
const deviceLinks: ReadonlySet<number> = new Set([linkType.TCX, linkType.NETKIT]);

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'the program is attached to this hook already, directly or through a link',
  ENOENT: 'the program or link to stand beside is not attached here',
  ERANGE: 'no position satisfies all directives, or the hook is full',
  EINVAL: 'the directives do not go together, or the program is of another type than this hook takes',
};

const updateReasons: Readonly<Record<string, string>> = {
  EEXIST: 'the program is attached to this hook already',
  EPERM: 'the link has another program than the expected one',
  EINVAL: 'the program is of another type than this link takes, or links of this kind cannot be updated',
};
