import type { Anchor } from '@mprog/core';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errnoName } from '../abi/errno.js';
import { queryFlag } from '../abi/flag.js';
import { type CgroupOptions, withCgroupOptions } from './cgroup-mode.js';
import type { ChainReading } from './chain-reading.js';
import type { Descriptor } from './descriptor.js';
import {
  attachTypeOf,
  type CgroupHook,
  describeHook,
  type KernelHook,
  type MprogHook,
  targetOf,
} from './hook.js';
import { type HookRequest, hookReason } from './hook-reason.js';
import { check, KernelError } from './kernel-error.js';
import type { ObjectCalls } from './object-calls.js';
import { placementOf, type RawPlacement } from './placement.js';
import type { Probe } from './probe.js';
import {
  type CgroupAttachment,
  type CgroupQueryResult,
  type QueryRequest,
  type QueryResult,
  queryCgroup,
  queryChain,
  readInto,
} from './query.js';
import type { ObjectReference } from './reference.js';
import { writeRevision } from './revision.js';

/** How a change is placed and guarded. */
export interface ChangeOptions {
  /** Where to stand; at the end when there are none. */
  readonly anchors?: readonly Anchor<ObjectReference>[];
  /** Revision that the chain must have (`ESTALE` otherwise); 0 or none: whatever it is. */
  readonly expectedRevision?: number | bigint;
}

/** How a program is attached. */
export interface AttachOptions extends ChangeOptions, CgroupOptions {}

/** What a detach removes, and how it is guarded. */
export interface DetachOptions extends ChangeOptions {
  /** fd of the program that goes; without it the anchors name a position. */
  readonly programFd?: number;
}

const layout = attr.progAttach;

/** Programs on hooks without a link: attach, detach, query (spec 4 to 10). */
export class Attachments {
  readonly #calls: ObjectCalls;
  readonly #probe: Probe;

  constructor(calls: ObjectCalls, probe: Probe) {
    this.#calls = calls;
    this.#probe = probe;
  }

  /**
   * Attaches a program to a hook, which then holds a reference to it.
   *
   * A tcx attach waits some 8 ms; a replace does not wait at all.
   *
   * @param programFd fd of the program
   * @throws KernelError `ESTALE`, `EEXIST`, `ENOENT`, `EBUSY`, `ERANGE`, `EINVAL`, `EBADF`, `ENODEV` in the order of spec 4.1;
   * on a cgroup `EPERM` and `E2BIG` besides, in the order of spec 10.3
   * @example
   * kernel.attachments.attach(tcx('ingress', 4), program.fd, { anchors: [before(programId(97))], expectedRevision: 3 });
   */
  attach(hook: KernelHook, programFd: number, options: AttachOptions = {}): void {
    const opened: Descriptor[] = [];
    try {
      const placement = this.#placement(hook, options, opened);
      const result = this.tryAttach(hook, programFd, placement, options.expectedRevision);
      if (result < 0) this.#refuse(result, { hook, operation: 'attach', placement });
    } finally {
      closeAll(opened);
    }
  }

  /** Attaches with the kernel's raw flags; returns 0 or the negated error number. */
  tryAttach(
    hook: KernelHook,
    programFd: number,
    placement: RawPlacement,
    expectedRevision: number | bigint = 0,
  ): number {
    this.#write(hook, programFd, placement, expectedRevision);
    return this.#calls.call(command.PROG_ATTACH, layout.end);
  }

  /** Does what `attach` does off the event loop. */
  async attachLater(hook: KernelHook, programFd: number, options: AttachOptions = {}): Promise<void> {
    const opened: Descriptor[] = [];
    try {
      const placement = this.#placement(hook, options, opened);
      this.#write(hook, programFd, placement, options.expectedRevision ?? 0);
      const result = await this.#later(command.PROG_ATTACH);
      if (result < 0) this.#refuse(result, { hook, operation: 'attach', placement });
    } finally {
      closeAll(opened);
    }
  }

  /**
   * Detaches one program: the named one, or the one at the position that the anchors name (spec 5.2).
   *
   * @throws KernelError `ESTALE`, `ENOENT`, `EBUSY` for an attachment that a link owns, `ERANGE`, `EINVAL`, `EPERM`
   */
  detach(hook: KernelHook, options: DetachOptions = {}): void {
    const opened: Descriptor[] = [];
    try {
      const placement = this.#placement(null, options, opened);
      const { programFd, expectedRevision } = options;
      const result = this.tryDetach(hook, programFd ?? 0, placement, expectedRevision);
      if (result < 0) this.#refuse(result, { hook, operation: 'detach', placement });
    } finally {
      closeAll(opened);
    }
  }

  /** Detaches with the kernel's raw flags; returns 0 or the negated error number. */
  tryDetach(
    hook: KernelHook,
    programFd: number,
    placement: RawPlacement,
    expectedRevision: number | bigint = 0,
  ): number {
    this.#write(hook, programFd, placement, expectedRevision);
    return this.#calls.call(command.PROG_DETACH, layout.end);
  }

  /** Does what `detach` does off the event loop. */
  async detachLater(hook: KernelHook, options: DetachOptions = {}): Promise<void> {
    const opened: Descriptor[] = [];
    try {
      const placement = this.#placement(null, options, opened);
      this.#write(hook, options.programFd ?? 0, placement, options.expectedRevision ?? 0);
      const result = await this.#later(command.PROG_DETACH);
      if (result < 0) this.#refuse(result, { hook, operation: 'detach', placement });
    } finally {
      closeAll(opened);
    }
  }

  /**
   * Reads a chain whole, in run order; a hook that nothing ever used has revision 1 and no attachments (spec 6). Of a
   * cgroup it reads the cgroup's own list (spec 10.7).
   *
   * @throws KernelError `EPERM` without CAP_NET_ADMIN, `ENODEV`, `ENOENT` for a cgroup that was removed
   */
  query(hook: MprogHook): QueryResult;
  query(hook: CgroupHook): CgroupQueryResult;
  query(hook: KernelHook): QueryResult | CgroupQueryResult;
  query(hook: KernelHook): QueryResult | CgroupQueryResult {
    const { systemCall, memory } = this.#calls;
    const request = queryRequest(hook, 0);
    return hook.layer === 'cgroup'
      ? queryCgroup(systemCall, memory, request, this.#queryFailure(hook))
      : queryChain(systemCall, memory, request, this.#queryFailure(hook));
  }

  /**
   * Reads a chain as `query` does, but into room that is used again, and so without allocating anything.
   *
   * @returns 0 or the negated error number; after a refusal the reading is what it was
   */
  tryQuery(hook: MprogHook, reading: ChainReading): number {
    return readInto(this.#calls.systemCall, this.#calls.memory, queryRequest(hook, 0), reading);
  }

  /**
   * Reads what acts in a cgroup, its own programs and those of its ancestors, in run order (spec 10.5).
   *
   * @throws KernelError as `query`
   */
  queryEffective(hook: CgroupHook): readonly CgroupAttachment[] {
    const { systemCall, memory } = this.#calls;
    const request = queryRequest(hook, queryFlag.EFFECTIVE);
    return queryCgroup(systemCall, memory, request, this.#queryFailure(hook)).attachments;
  }

  #queryFailure(hook: KernelHook): (number: number, reason?: string) => KernelError {
    return (number, reason) => {
      const words = reason ?? hookReason(errnoName(number), { hook, operation: 'query' }, this.#probe);
      return new KernelError(
        `query ${describeHook(hook)}`,
        number,
        words === undefined ? {} : { reason: words },
      );
    };
  }

  #refuse(result: number, request: HookRequest): void {
    const { hook, operation } = request;
    const general = operation === 'attach' ? reasons : { ...reasons, ...detachReasons };
    check(
      result,
      () => `${operation} ${operation === 'attach' ? 'to' : 'from'} ${describeHook(hook)}`,
      (name) =>
        hookReason(name, request, this.#probe) ?? (hook.layer === 'cgroup' ? undefined : general[name]),
    );
  }

  /**
   * @param hook the hook that something is attached to; null to detach, which takes no options of cgroups
   * @param opened takes a program that the anchors name by its id, to be closed after the call
   */
  #placement(hook: KernelHook | null, options: AttachOptions, opened: Descriptor[]): RawPlacement {
    const placement = placementOf(options.anchors ?? [], (id) => {
      const program = this.#calls.open('program', id);
      opened.push(program);
      return program.fd;
    });
    return hook === null ? placement : withCgroupOptions(hook, placement, options, 'program');
  }

  #write(hook: KernelHook, programFd: number, placement: RawPlacement, revision: number | bigint): void {
    const { memory } = this.#calls;
    const { view } = memory.arena;
    const at = memory.attr;
    view.setUint32(at + layout.target, targetOf(hook), true);
    view.setUint32(at + layout.programFd, programFd, true);
    view.setUint32(at + layout.attachType, attachTypeOf(hook), true);
    view.setUint32(at + layout.flags, placement.flags, true);
    view.setUint32(at + layout.replaceFd, placement.replaceFd, true);
    view.setUint32(at + layout.relative, placement.relative, true);
    writeRevision(memory, layout.expectedRevision, revision);
  }

  #later(number: number): Promise<number> {
    return this.#calls.systemCall.bpfLater(number, this.#calls.memory.attrAddress, layout.end);
  }
}

function closeAll(opened: readonly Descriptor[]): void {
  for (const program of opened) program.close();
}

function queryRequest(hook: KernelHook, queryFlags: number): QueryRequest {
  return { target: targetOf(hook), attachType: attachTypeOf(hook), queryFlags };
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'the program is attached to this hook already, directly or through a link',
  ENOENT: 'the program or link to stand beside or to replace is not attached here',
  EBUSY: 'the attachment belongs to a link; change it through that link',
  ERANGE: 'no position satisfies all directives, or the hook is full',
  EINVAL: 'the directives do not go together, or the program is of another type than this hook takes',
};

const detachReasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such program is attached here',
  EBUSY: 'the attachment belongs to a link; detach it through that link',
  ERANGE: 'the program does not stand where the directives say',
  EPERM: 'detaching by position needs CAP_NET_ADMIN; with the fd of the program it needs no capability',
};
