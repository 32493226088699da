import type { Chain } from '@mprog/core';
import { attachType, linkType } from '../../abi/attach-type.js';
import { errno } from '../../abi/errno.js';
import type { Call } from '../call.js';
import type { Failure } from '../lookup.js';
import type { Device } from '../objects/device.js';
import type { NetkitRole } from '../objects/netkit-end.js';
import { MprogLayer } from './mprog-layer.js';

/** The netkit layer (spec 9): one hook on each end of a pair, with a chain that lives as long as its device. */
export class NetkitLayer extends MprogLayer {
  readonly attachTypes: readonly number[] = [attachType.NETKIT_PRIMARY, attachType.NETKIT_PEER];
  readonly linkType: number = linkType.NETKIT;

  /** Both ends are named by the ifindex of the primary one (spec 9.1, 9.2). */
  protected override deviceOf(call: Call, ifindex: number, type: number): Device | Failure {
    const device = call.caller.namespace.devices.get(ifindex);
    if (device === undefined) return -errno.ENODEV;
    if (device.netkit === null) return -errno.ENXIO;
    if (device.netkit.role === 'peer') return -errno.EACCES;
    return roleOf(type) === 'primary' ? device : device.netkit.other;
  }

  /** Null for a hook without programs, though its chain and revision are still there (spec 9.3). */
  protected override chainOf(device: Device, type: number): Chain | null {
    const { netkit } = device;
    return netkit?.role === roleOf(type) && netkit.chain.count > 0 ? netkit.chain : null;
  }

  protected override chainFor(device: Device): Chain {
    return device.netkit!.chain;
  }

  /** The chain is part of the device (spec 9.3). */
  protected override settle(): void {}
}

/** The end of a pair that an attach type stands for. */
export function roleOf(type: number): NetkitRole {
  return type === attachType.NETKIT_PRIMARY ? 'primary' : 'peer';
}
