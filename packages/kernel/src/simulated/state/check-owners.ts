import type { Chain } from '@mprog/core';
import { attachType } from '../../abi/attach-type.js';
import type { Device } from '../objects/device.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { known } from './restore-table.js';
import type { StateReader } from './state-reader.js';

/** Makes sure that each attached link is where it says it is, and that each slot of a chain has the link that it names. */
export function checkOwners(kernel: SimulatedKernel, root: StateReader): void {
  for (const item of root.field('links').field('items').items()) {
    const link = known(kernel.links.get(item.field('id').integer()), item, 'link');
    if (link.target !== null && !link.layer.owns(link)) throw item.refuse('is not attached to its target');
  }
  for (const namespace of kernel.network.namespaces.values()) {
    for (const device of namespace.devices.values()) {
      for (const [type, chain] of chainsOf(device)) checkChain(kernel, device, type, chain, root);
    }
  }
}

function chainsOf({ tcx, netkit }: Device): readonly (readonly [attachType: number, chain: Chain | null])[] {
  const netkitType = netkit?.role === 'primary' ? attachType.NETKIT_PRIMARY : attachType.NETKIT_PEER;
  return [
    [attachType.TCX_INGRESS, tcx.ingress],
    [attachType.TCX_EGRESS, tcx.egress],
    [netkitType, netkit?.chain ?? null],
  ];
}

function checkChain(
  kernel: SimulatedKernel,
  device: Device,
  type: number,
  chain: Chain | null,
  root: StateReader,
): void {
  for (const id of chain?.save().links ?? []) {
    if (id === 0) continue;
    const owner = kernel.links.get(id);
    if (owner?.target !== device || owner.attachType !== type) {
      throw root.refuse(`has a chain on ${device.name} with the link ${id}, which is not there`);
    }
  }
}
