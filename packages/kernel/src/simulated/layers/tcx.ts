import { ABSENT, attach, Chain, detach } from '@mprog/core';
import { attachType, linkType } from '../../abi/attach-type.js';
import { attr } from '../../abi/attr.js';
import { errno } from '../../abi/errno.js';
import { flag } from '../../abi/flag.js';
import { info } from '../../abi/info.js';
import { programType } from '../../abi/program-type.js';
import type { ClassicQdisc } from '../../laboratory.js';
import type { Call } from '../call.js';
import { programByFd } from '../lookup.js';
import type { Device, Direction } from '../objects/device.js';
import type { LinkObject } from '../objects/link.js';
import type { ProgramObject } from '../objects/program.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import type { Layer, LayerRequest } from './layer.js';
import { queryChain } from './query-chain.js';
import { failureOf, relativeOf } from './relative.js';

const KNOWN = flag.REPLACE | flag.BEFORE | flag.AFTER;

/** The tcx layer (spec 8): two hooks on every device, each with a chain that lives while something needs it. */
export class TcxLayer implements Layer {
  readonly attachTypes: readonly number[] = [attachType.TCX_INGRESS, attachType.TCX_EGRESS];
  readonly linkType: number = linkType.TCX;
  readonly #kernel: SimulatedKernel;

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
  }

  attach(call: Call, request: LayerRequest, program: ProgramObject): number {
    const device = call.caller.namespace.devices.get(request.target);
    if (device === undefined) return -errno.ENODEV;
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
    const device = call.caller.namespace.devices.get(request.target);
    if (device === undefined) return -errno.ENODEV;
    const direction = directionOf(request.attachType);
    const chain = device.tcx[direction];
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
    releaseUnused(device, direction);
    this.#kernel.release(this.#kernel.programs.get(removed)!);
    return 0;
  }

  query(call: Call, type: number): number {
    const device = call.caller.namespace.devices.get(call.attr.u32(attr.progQuery.target));
    if (device === undefined) return -errno.ENODEV;
    return queryChain(call, device.tcx[directionOf(type)]);
  }

  createLink(call: Call, request: LayerRequest, program: ProgramObject): number {
    const device = call.caller.namespace.devices.get(request.target);
    if (device === undefined) return -errno.ENODEV;
    const { fds } = call.caller;
    if (!fds.hasRoom) return -errno.EMFILE;
    const { links } = this.#kernel;
    const link: LinkObject = {
      kind: 'link',
      id: links.allocateId(),
      type: this.linkType,
      attachType: request.attachType,
      layer: this,
      program,
      device,
      announced: false,
      references: 0,
    };
    links.add(link);
    // A link that is being made owns no slot, so whatever REPLACE names is not in one that it owns.
    const replace = (request.flags & flag.REPLACE) !== 0 ? ABSENT : 0;
    const result = this.#attach(call, request, device, program, link.id, replace);
    if (result < 0) {
      links.delete(link.id);
      return result;
    }
    this.#kernel.acquire(program);
    link.announced = true;
    return fds.add(this.#kernel.acquire(link));
  }

  updateLink(_call: Call, link: LinkObject, program: ProgramObject, old: ProgramObject | null): number {
    const { device, program: current } = link;
    if (device === null) return -errno.ENOLINK;
    if (old !== null && old !== current) return -errno.EPERM;
    if (program === current) return 0;
    const chain = device.tcx[directionOf(link.attachType)]!;
    if (chain.indexOfProgram(program.id) >= 0) return -errno.EEXIST;
    if (program.type !== current.type) return -errno.EINVAL;
    const result = attach(chain, { program: program.id, link: link.id, replace: current.id });
    if (typeof result === 'string') return failureOf(result);
    this.#kernel.acquire(program);
    link.program = program;
    this.#kernel.release(current);
    return 0;
  }

  detachLink(link: LinkObject): void {
    const { device } = link;
    if (device === null) return;
    const direction = directionOf(link.attachType);
    detach(device.tcx[direction]!, { program: link.program.id, link: link.id });
    releaseUnused(device, direction);
    link.device = null;
  }

  describeLink(link: LinkObject, view: DataView): void {
    view.setUint32(info.link.ifindex, link.device?.ifindex ?? 0, true);
    view.setUint32(info.link.attachType, link.attachType, true);
  }

  /** Empties the hooks of a device that goes: direct programs are dropped, links become defunct (spec 8.5). */
  removeDevice(device: Device): void {
    for (const direction of ['ingress', 'egress'] as const) {
      const chain = device.tcx[direction];
      if (chain === null) continue;
      device.tcx[direction] = null;
      const { programs, links } = chain.save();
      for (const [i, id] of programs.entries()) {
        const owner = links[i]!;
        if (owner === 0) this.#kernel.release(this.#kernel.programs.get(id)!);
        else this.#kernel.links.get(owner)!.device = null;
      }
    }
  }

  /** Puts a classic qdisc on a device or takes it off; while it is there its hooks keep their chains (spec 8.2). */
  setQdisc(device: Device, qdisc: ClassicQdisc | null): void {
    device.qdisc = qdisc;
    for (const direction of ['ingress', 'egress'] as const) {
      if (isHeldByQdisc(device, direction)) device.tcx[direction] ??= new Chain();
      else releaseUnused(device, direction);
    }
  }

  /** Chapter 4 on the hook of a request; the chain that an attempt needs goes again when it fails (spec 8.2). */
  #attach(
    call: Call,
    request: LayerRequest,
    device: Device,
    program: ProgramObject,
    link: number,
    replace: number,
  ): number {
    const direction = directionOf(request.attachType);
    const chain = device.tcx[direction] ?? new Chain();
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
    device.tcx[direction] = chain;
    return 0;
  }
}

/** The direction that a tcx attach type stands for. */
export function directionOf(type: number): Direction {
  return type === attachType.TCX_INGRESS ? 'ingress' : 'egress';
}

/** Whether a classic qdisc keeps the chain of a hook (spec 8.2). */
export function isHeldByQdisc(device: Device, direction: Direction): boolean {
  return device.qdisc === 'clsact' || (device.qdisc === 'ingress' && direction === 'ingress');
}

function releaseUnused(device: Device, direction: Direction): void {
  if (device.tcx[direction]?.count === 0 && !isHeldByQdisc(device, direction)) device.tcx[direction] = null;
}
