import { Chain } from '@mprog/core';
import { attachType, linkType } from '../../abi/attach-type.js';
import { errno } from '../../abi/errno.js';
import type { ClassicQdisc } from '../../laboratory.js';
import type { Call } from '../call.js';
import type { Failure } from '../lookup.js';
import type { Device, Direction } from '../objects/device.js';
import { MprogLayer } from './mprog-layer.js';

/** The tcx layer (spec 8): two hooks on every device, each with a chain that lives while something needs it. */
export class TcxLayer extends MprogLayer {
  readonly attachTypes: readonly number[] = [attachType.TCX_INGRESS, attachType.TCX_EGRESS];
  readonly linkType: number = linkType.TCX;

  protected override deviceOf(call: Call, ifindex: number): Device | Failure {
    return call.caller.namespace.devices.get(ifindex) ?? -errno.ENODEV;
  }

  protected override chainOf(device: Device, type: number): Chain | null {
    return device.tcx[directionOf(type)];
  }

  protected override chainFor(device: Device, type: number): Chain {
    return device.tcx[directionOf(type)] ?? new Chain();
  }

  /** Keeps a chain that is in use, and lets one go that is empty and that no qdisc holds (spec 8.2). */
  protected override settle(device: Device, type: number, chain: Chain): void {
    const direction = directionOf(type);
    const needed = chain.count > 0 || isHeldByQdisc(device, direction);
    device.tcx[direction] = needed ? chain : null;
  }

  /** Puts a classic qdisc on a device or takes it off; while it is there its hooks keep their chains (spec 8.2). */
  setQdisc(device: Device, qdisc: ClassicQdisc | null): void {
    device.qdisc = qdisc;
    for (const type of this.attachTypes) this.settle(device, type, this.chainFor(device, type));
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
