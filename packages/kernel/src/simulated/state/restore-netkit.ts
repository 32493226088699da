import type { Device } from '../objects/device.js';
import type { NetkitEnd, NetkitPolicy, NetkitRole } from '../objects/netkit-end.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { readChain } from './restore-chain.js';
import { known, readId } from './restore-table.js';
import type { StateReader } from './state-reader.js';

/** Restores what makes devices netkit pairs, once all devices are there. */
export function restoreNetkit(kernel: SimulatedKernel, root: StateReader): void {
  const ends: [device: Device, item: StateReader][] = [];
  for (const namespace of root.field('namespaces').items()) {
    const { devices } = kernel.namespace(namespace.field('inode').text());
    for (const saved of namespace.field('devices').items()) {
      const item = saved.field('netkit');
      if (item.isNull) continue;
      if (!kernel.hasNetkit) throw item.refuse('is there though the kernel has no netkit');
      const device = devices.get(saved.field('ifindex').integer())!;
      device.netkit = readEnd(kernel, item);
      ends.push([device, item]);
    }
  }
  for (const [device, item] of ends) {
    const { role, other } = device.netkit!;
    if (other.netkit?.other !== device || other.netkit.role === role)
      throw item.refuse('is no end of a pair');
  }
}

function readEnd(kernel: SimulatedKernel, item: StateReader): NetkitEnd {
  return {
    role: item.field('role').oneOf<NetkitRole>(['primary', 'peer']),
    other: readDevice(kernel, item.field('other')),
    policy: item.field('policy').oneOf<NetkitPolicy>(['pass', 'drop']),
    chain: readChain(kernel, item.field('chain')),
  };
}

/** The device that saved data names. */
export function readDevice(kernel: SimulatedKernel, item: StateReader): Device {
  const namespace = kernel.network.get(item.field('namespace').text());
  return known(namespace?.devices.get(readId(item.field('ifindex'))), item, 'device');
}
