import { ABSENT, attach, type Chain, detach } from '@mprog/core';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import { info } from '../../abi/info.js';
import { programType } from '../../abi/program-type.js';
import type { Call } from '../call.js';
import { type Failure, programByFd } from '../lookup.js';
import type { Device } from '../objects/device.js';
import type { LinkObject, LinkTarget } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import type { Layer, LayerRequest } from './layer.js';
import { changeProgram, makeLink, refusedUpdate } from './link-life.js';
import { queryChain } from './query-chain.js';
import { failureOf, relativeOf } from './relative.js';

const KNOWN = flag.REPLACE | flag.BEFORE | flag.AFTER;

/**
 * What the layers share that keep a chain of SCHED_CLS programs on a device: chapters 4 to 6 by the engine, links and
 * references (spec 8.3, 8.4, 9.2). How a device is found and how long its chains live is each layer's own.
 */
export abstract class MprogLayer implements Layer {
  abstract readonly attachTypes: readonly number[];
  abstract readonly linkType: number;
  readonly #kernel: SimulatedKernel;

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
  }

  /** The device whose hook is meant. */
  protected abstract deviceOf(call: Call, ifindex: number, attachType: number): Device | Failure;
  /** The chain of a hook that something is attached to or that is kept without; null for a hook that has none. */
  protected abstract chainOf(device: Device, attachType: number): Chain | null;
  /** The chain that an attach works on, which is the hook's own only once `settle` was called. */
  protected abstract chainFor(device: Device, attachType: number): Chain;
  /** Called after each change of a chain. */
  protected abstract settle(device: Device, attachType: number, chain: Chain): void;

  attach(call: Call, request: LayerRequest, program: ProgramObject): number {
    const device = this.deviceOf(call, request.target, request.attachType);
    if (typeof device === 'number') return device;
    let replaced: ProgramObject | null = null;
    if ((request.flags & flag.REPLACE) !== 0) {
      const old = programByFd(call, request.replaceFd, programType.SCHED_CLS);
      if (typeof old === 'number') return old;
      replaced = old;
    }
    const result = this.#attach(call, request, device, program, 0, replaced?.id ?? 0);
    if (result < 0) return result;
    this.#kernel.acquire(program);
    if (replaced !== null) this.#kernel.release(replaced);
    return 0;
  }

  detach(call: Call, request: LayerRequest, program: ProgramObject | null): number {
    const device = this.deviceOf(call, request.target, request.attachType);
    if (typeof device === 'number') return device;
    const chain = this.chainOf(device, request.attachType);
    if (chain === null) return -errno.ENOENT;
    const { flags } = request;
    const removed = detach(chain, {
      program: program?.id ?? 0,
      replace: (flags & flag.REPLACE) !== 0,
      before: (flags & flag.BEFORE) !== 0,
      after: (flags & flag.AFTER) !== 0,
      relative: relativeOf(call, flags, request.relative, program?.type),
      qualified: (flags & ~KNOWN) !== 0,
      expectedRevision: request.expectedRevision,
    });
    if (typeof removed === 'string') return failureOf(removed);
    this.settle(device, request.attachType, chain);
    this.#kernel.release(this.#kernel.programs.get(removed)!);
    return 0;
  }

  query(call: Call, attachType: number): number {
    const device = this.deviceOf(call, call.attr.u32(attr.progQuery.target), attachType);
    return typeof device === 'number' ? device : queryChain(call, this.chainOf(device, attachType));
  }

  createLink(call: Call, request: LayerRequest, program: ProgramObject): number {
    const device = this.deviceOf(call, request.target, request.attachType);
    if (typeof device === 'number') return device;
    // A link that is being made owns no slot, so whatever REPLACE names is not in one that it owns.
    const replace = (request.flags & flag.REPLACE) !== 0 ? ABSENT : 0;
    return makeLink(call, this, request, program, device, ({ id }) =>
      this.#attach(call, request, device, program, id, replace),
    );
  }

  updateLink(_call: Call, link: LinkObject, program: ProgramObject, old: ProgramObject | null): number {
    const refused = refusedUpdate(link, old);
    if (refused !== 0) return refused;
    if (program === link.program) return 0;
    const chain = this.#chainOfLink(link)!;
    if (chain.indexOfProgram(program.id) >= 0) return -errno.EEXIST;
    if (program.type !== link.program.type) return -errno.EINVAL;
    const result = attach(chain, { program: program.id, link: link.id, replace: link.program.id });
    if (typeof result === 'string') return failureOf(result);
    changeProgram(this.#kernel, link, program);
    return 0;
  }

  detachLink(link: LinkObject): void {
    const { target } = link;
    if (target?.kind !== 'device') return;
    const chain = this.#chainOfLink(link)!;
    detach(chain, { program: link.program.id, link: link.id });
    this.settle(target, link.attachType, chain);
    link.target = null;
  }

  describeLink(link: LinkObject, view: DataView): void {
    const ifindex = link.target?.kind === 'device' ? link.target.ifindex : 0;
    view.setUint32(info.link.ifindex, ifindex, true);
    view.setUint32(info.link.attachType, link.attachType, true);
  }

  removeTarget(target: LinkTarget): void {
    if (target.kind !== 'device') return;
    for (const attachType of this.attachTypes) {
      const chain = this.chainOf(target, attachType);
      if (chain === null) continue;
      for (let i = 0; i < chain.count; i++) {
        const owner = chain.linkAt(i);
        if (owner === 0) this.#kernel.release(this.#kernel.programs.get(chain.programAt(i))!);
        else this.#kernel.links.get(owner)!.target = null;
      }
    }
  }

  owns(link: LinkObject): boolean {
    const chain = this.#chainOfLink(link);
    const slot = chain?.indexOfLink(link.id) ?? -1;
    return slot >= 0 && chain?.programAt(slot) === link.program.id;
  }

  #chainOfLink({ target, attachType }: LinkObject): Chain | null {
    return target?.kind === 'device' ? this.chainOf(target, attachType) : null;
  }

  /** Chapter 4 on the hook of a request; 0 or a negated error number. */
  #attach(
    call: Call,
    request: LayerRequest,
    device: Device,
    program: ProgramObject,
    link: number,
    replace: number,
  ): number {
    const chain = this.chainFor(device, request.attachType);
    const { flags } = request;
    const result = attach(chain, {
      program: program.id,
      link,
      replace,
      before: (flags & flag.BEFORE) !== 0,
      after: (flags & flag.AFTER) !== 0,
      relative: relativeOf(call, flags, request.relative, program.type),
      qualified: (flags & ~KNOWN) !== 0,
      expectedRevision: request.expectedRevision,
    });
    if (typeof result === 'string') return failureOf(result);
    this.settle(device, request.attachType, chain);
    return 0;
  }
}
