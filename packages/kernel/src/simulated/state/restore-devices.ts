import type { Chain } from '@mprog/core';
import type { ClassicQdisc } from '../../laboratory.js';
import { isHeldByQdisc } from '../layers/tcx.js';
import { FIRST_ADDED_NAMESPACE, INITIAL_NAMESPACE } from '../network.js';
import type { Device, Direction } from '../objects/device.js';
import type { Namespace } from '../objects/namespace.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { readChain } from './restore-chain.js';
import type { StateReader } from './state-reader.js';

const MAX_ID = 0x7fff_ffff;
const DEVICE_NAME = /^[^/:\s\0]{1,15}$/;
const DIRECTIONS = ['ingress', 'egress'] as const;

/** Restores namespaces and devices with their tcx chains; links and netkit pairs find their devices afterwards. */
export function restoreDevices(kernel: SimulatedKernel, root: StateReader): void {
  const { network } = kernel;
  network.namespaces.clear();
  network.nextInode = root.field('nextNamespace').integer(FIRST_ADDED_NAMESPACE, Number.MAX_SAFE_INTEGER);
  for (const item of root.field('namespaces').items()) readNamespace(kernel, item);
  if (network.get(INITIAL_NAMESPACE) === undefined) throw root.refuse('lacks the first network namespace');
}

function readNamespace(kernel: SimulatedKernel, item: StateReader): void {
  const { namespaces } = kernel.network;
  const inode = item.field('inode').text(/^\d{1,16}$/);
  const name = item.field('name');
  const namespace: Namespace = {
    inode,
    name: name.isNull ? null : name.text(/^[^/\s\0]{1,255}$/),
    devices: new Map(),
    nextIfindex: item.field('nextIfindex').integer(1, MAX_ID),
  };
  for (const other of namespaces.values()) {
    if (other.inode === inode || (name.raw() !== null && other.name === namespace.name)) {
      throw item.refuse('is there twice');
    }
  }
  namespaces.set(inode, namespace);
  for (const saved of item.field('devices').items()) {
    const device = readDevice(kernel, saved, namespace);
    for (const other of namespace.devices.values()) {
      if (other.ifindex === device.ifindex || other.name === device.name)
        throw saved.refuse('is there twice');
    }
    namespace.devices.set(device.ifindex, device);
  }
}

function readDevice(kernel: SimulatedKernel, item: StateReader, namespace: Namespace): Device {
  const qdisc = item.field('qdisc');
  const device: Device = {
    kind: 'device',
    ifindex: item.field('ifindex').integer(1, MAX_ID),
    name: item.field('name').text(DEVICE_NAME),
    up: item.field('up').boolean(),
    namespace,
    qdisc: qdisc.isNull ? null : qdisc.oneOf<ClassicQdisc>(['clsact', 'ingress']),
    tcx: { ingress: null, egress: null },
    netkit: null,
  };
  for (const direction of DIRECTIONS)
    device.tcx[direction] = readTcxChain(kernel, item.field(direction), device, direction);
  return device;
}

function readTcxChain(
  kernel: SimulatedKernel,
  item: StateReader,
  device: Device,
  direction: Direction,
): Chain | null {
  const held = isHeldByQdisc(device, direction);
  if (item.isNull) {
    if (held) throw item.refuse(`is missing though ${device.qdisc} is there`);
    return null;
  }
  const chain = readChain(kernel, item);
  if (chain.count === 0 && !held) throw item.refuse('is there without a program');
  return chain;
}
