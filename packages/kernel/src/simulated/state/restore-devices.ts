import { Chain, DEFAULT_CAPACITY, MprogError } from '@mprog/core';
import { programType } from '../../abi/program-type.js';
import type { ClassicQdisc } from '../../laboratory.js';
import { isHeldByQdisc } from '../layers/tcx.js';
import { FIRST_ADDED_NAMESPACE, INITIAL_NAMESPACE } from '../network.js';
import type { Device, Direction } from '../objects/device.js';
import type { Namespace } from '../objects/namespace.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import type { StateReader } from './state-reader.js';

const MAX_ID = 0x7fff_ffff;
const DEVICE_NAME = /^[^/:\s\0]{1,15}$/;
const DIRECTIONS = ['ingress', 'egress'] as const;

/** Restores namespaces, devices with their chains, and cgroups; links find their devices afterwards. */
export function restoreDevices(kernel: SimulatedKernel, root: StateReader): void {
  const { network, cgroups } = kernel;
  network.namespaces.clear();
  network.nextInode = root.field('nextNamespace').integer(FIRST_ADDED_NAMESPACE, Number.MAX_SAFE_INTEGER);
  for (const item of root.field('namespaces').items()) readNamespace(kernel, item);
  if (network.get(INITIAL_NAMESPACE) === undefined) throw root.refuse('lacks the first network namespace');

  cgroups.clear();
  cgroups.nextId = root.field('nextCgroup').integer(1, Number.MAX_SAFE_INTEGER);
  for (const item of root.field('cgroups').items()) {
    cgroups.restore({
      path: item.field('path').text(/^\/[^\0\n]*$/),
      id: item.field('id').text(/^\d{1,16}$/),
    });
  }
  if (!cgroups.has('/')) throw root.refuse('lacks the root of the cgroups');
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
    ifindex: item.field('ifindex').integer(1, MAX_ID),
    name: item.field('name').text(DEVICE_NAME),
    up: item.field('up').boolean(),
    namespace,
    qdisc: qdisc.isNull ? null : qdisc.oneOf<ClassicQdisc>(['clsact', 'ingress']),
    tcx: { ingress: null, egress: null },
  };
  for (const direction of DIRECTIONS)
    device.tcx[direction] = readChain(kernel, item.field(direction), device, direction);
  return device;
}

function readChain(
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
  if (item.field('capacity').integer() !== DEFAULT_CAPACITY) throw item.refuse('has another capacity');
  const chain = restoreChain(item);
  if (chain.count === 0 && !held) throw item.refuse('is there without a program');
  for (let i = 0; i < chain.count; i++) {
    const program = kernel.programs.get(chain.programAt(i));
    if (program === undefined)
      throw item.refuse(`names the program ${chain.programAt(i)}, which is not there`);
    if (program.type !== programType.SCHED_CLS)
      throw item.refuse(`has the program ${program.id} of another type`);
    if (chain.linkAt(i) === 0) kernel.acquire(program);
  }
  return chain;
}

function restoreChain(item: StateReader): Chain {
  try {
    return Chain.restore(item.raw() as Parameters<typeof Chain.restore>[0]);
  } catch (error) {
    if (MprogError.is(error)) throw item.refuse(`is no chain: ${error.message}`);
    throw error;
  }
}
