import { directionOf } from '../layers/tcx.js';
import type { Device } from '../objects/device.js';
import type { LinkObject } from '../objects/link.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { known, readId, restoreTable } from './restore-table.js';
import type { StateReader } from './state-reader.js';

/** Restores the links; each that has a device must own a slot of its chain, and each slot's owner must be there. */
export function restoreLinks(kernel: SimulatedKernel, root: StateReader): void {
  restoreTable(kernel.links, root.field('links'), (item) => readLink(kernel, item));
  for (const link of kernel.links.values()) kernel.acquire(link.program);
  for (const namespace of kernel.network.namespaces.values()) {
    for (const device of namespace.devices.values()) checkOwners(kernel, device, root);
  }
}

function readLink(kernel: SimulatedKernel, item: StateReader): LinkObject {
  const attachType = item.field('attachType').integer();
  const layer = kernel.layerOf(attachType);
  if (layer === undefined)
    throw item.refuse(`has the attach type ${attachType}, which this kernel does not know`);
  const type = item.field('type').integer();
  if (type !== layer.linkType) throw item.refuse(`has the type ${type} instead of ${layer.linkType}`);
  const target = item.field('device');
  const program = item.field('program');
  const link: LinkObject = {
    kind: 'link',
    id: readId(item.field('id')),
    type,
    attachType,
    layer,
    program: known(kernel.programs.get(readId(program)), program, 'program'),
    device: target.isNull ? null : readTarget(kernel, target),
    announced: true,
    references: 0,
  };
  const chain = link.device?.tcx[directionOf(attachType)];
  const slot = chain?.indexOfLink(link.id) ?? -1;
  if (link.device !== null && (slot < 0 || chain?.programAt(slot) !== link.program.id)) {
    throw item.refuse('is not in the chain of its device');
  }
  return link;
}

function readTarget(kernel: SimulatedKernel, item: StateReader): Device {
  const namespace = kernel.network.get(item.field('namespace').text());
  return known(namespace?.devices.get(readId(item.field('ifindex'))), item, 'device');
}

function checkOwners(kernel: SimulatedKernel, device: Device, root: StateReader): void {
  for (const direction of ['ingress', 'egress'] as const) {
    for (const id of device.tcx[direction]?.save().links ?? []) {
      if (id === 0) continue;
      const owner = kernel.links.get(id);
      if (owner?.device !== device || directionOf(owner.attachType) !== direction) {
        throw root.refuse(`has a chain on ${device.name} with the link ${id}, which is not there`);
      }
    }
  }
}
