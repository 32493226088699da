import { clip } from '@mprog/core';
import type { ClassicQdisc } from '../laboratory.js';
import type { Cgroup, Device, NamespaceSelector, NetworkNamespace } from '../world.js';
import type { Direction, Device as KernelDevice } from './objects/device.js';
import type { Namespace } from './objects/namespace.js';
import type { NetkitPolicy } from './objects/netkit-end.js';
import type { Behaviour, ClassicFilter, Packet, PacketResult } from './packet.js';
import { simulatedError } from './simulated-error.js';
import type { SimulatedKernel } from './simulated-kernel.js';

/**
 * What shapes the host that a simulated kernel stands for: devices, namespaces, cgroups and qdiscs by name. Each method is
 * one step. Devices are those of the first namespace unless another one is named.
 *
 * Methods throw an `MprogError` whose code is the errno name: `ENODEV` for an unknown device, `ENOENT` for an unknown
 * namespace or cgroup, `EEXIST` for a name that is taken, `EINVAL` for a name that Linux would not take.
 */
export class HostShape {
  readonly #transact: <Result>(action: (kernel: SimulatedKernel) => Result) => Result;

  constructor(transact: <Result>(action: (kernel: SimulatedKernel) => Result) => Result) {
    this.#transact = transact;
  }

  /** Adds a device that is up. */
  addDevice(name: string, namespace?: NamespaceSelector): Device {
    return this.#transact((kernel) => ({
      ifindex: kernel.addDevice(name, find(kernel, namespace).inode),
      name,
    }));
  }

  /**
   * Adds a netkit pair whose ends are up, and netkit to a kernel without (spec 9.1).
   *
   * @param policy what each end does with packets while it has no programs
   */
  addNetkitPair(
    primary: string,
    peer: string,
    policy: NetkitPolicy = 'pass',
    namespace?: NamespaceSelector,
  ): { readonly primary: Device; readonly peer: Device } {
    return this.#transact((kernel) => {
      // The pair first: a name that is refused leaves the kernel as it was.
      const ends = kernel.network.addNetkitPair(find(kernel, namespace), primary, peer, policy);
      kernel.addNetkit();
      return {
        primary: { ifindex: ends[0].ifindex, name: primary },
        peer: { ifindex: ends[1].ifindex, name: peer },
      };
    });
  }

  /** Removes a device with all that is attached to it, and with the other end of a netkit pair. */
  removeDevice(name: string, namespace?: NamespaceSelector): void {
    this.#withDevice(name, namespace, (kernel, device, inode) => kernel.removeDevice(device.ifindex, inode));
  }

  renameDevice(name: string, to: string, namespace?: NamespaceSelector): void {
    this.#withDevice(name, namespace, (kernel, device, inode) =>
      kernel.renameDevice(device.ifindex, to, inode),
    );
  }

  setDeviceUp(name: string, up: boolean, namespace?: NamespaceSelector): void {
    this.#withDevice(name, namespace, (kernel, device, inode) =>
      kernel.setDeviceUp(device.ifindex, up, inode),
    );
  }

  /** Moves a device to another namespace, with all that is attached to it; returns it as it is there. */
  moveDevice(name: string, to: NamespaceSelector, namespace?: NamespaceSelector): Device {
    return this.#withDevice(name, namespace, (kernel, device, inode) => {
      const ifindex = kernel.moveDevice(device.ifindex, find(kernel, to).inode, inode);
      return { ifindex, name };
    });
  }

  /** Adds a network namespace. */
  addNamespace(name: string | null): NetworkNamespace {
    return this.#transact((kernel) => ({ inode: kernel.addNamespace(name), name, pid: null }));
  }

  /** Ends a network namespace with every device in it. */
  removeNamespace(namespace: NamespaceSelector): void {
    this.#transact((kernel) => kernel.removeNamespace(find(kernel, namespace).inode));
  }

  /** Adds a cgroup below one that exists. */
  addCgroup(path: string): Cgroup {
    return this.#transact((kernel) => {
      const { id } = kernel.cgroups.add(path);
      return { path, id };
    });
  }

  /** Removes a cgroup without children, with all that is attached to it. */
  removeCgroup(path: string): void {
    this.#transact((kernel) => kernel.cgroups.remove(path));
  }

  /** Puts a classic qdisc on a device or takes it off. */
  setQdisc(name: string, kind: ClassicQdisc, present: boolean, namespace?: NamespaceSelector): void {
    this.#withDevice(name, namespace, (kernel, device, inode) =>
      kernel.setQdisc(device.ifindex, kind, present, inode),
    );
  }

  /** Gives a program something to do, for as long as this process lives. */
  setBehaviour(programId: number, behaviour: Behaviour): void {
    this.#transact((kernel) => kernel.setBehaviour(programId, behaviour));
  }

  /** Models the classic filters of one side of a device, for as long as this process lives; null for none. */
  setClassicFilter(
    name: string,
    direction: Direction,
    filter: ClassicFilter | null,
    namespace?: NamespaceSelector,
  ): void {
    this.#withDevice(name, namespace, (kernel, device) =>
      kernel.runtime.setClassicFilter(device, direction, filter),
    );
  }

  /**
   * Sends a packet through one side of a device (spec 8.6).
   *
   * @throws MprogError `EOPNOTSUPP` when it comes to a program without a behaviour
   */
  sendPacket(
    name: string,
    direction: Direction,
    packet?: Packet,
    namespace?: NamespaceSelector,
  ): PacketResult {
    return this.#withDevice(name, namespace, (kernel, device, inode) =>
      kernel.sendPacket(device.ifindex, direction, packet, inode),
    );
  }

  #withDevice<Result>(
    name: string,
    namespace: NamespaceSelector | undefined,
    action: (kernel: SimulatedKernel, device: KernelDevice, inode: string) => Result,
  ): Result {
    return this.#transact((kernel) => {
      const { inode, devices } = find(kernel, namespace);
      for (const device of devices.values()) if (device.name === name) return action(kernel, device, inode);
      throw simulatedError(`find device ${clip(name)}`, 'ENODEV', undefined, { device: name });
    });
  }
}

function find(kernel: SimulatedKernel, selector: NamespaceSelector | undefined): Namespace {
  if (selector === undefined) return kernel.initialNamespace;
  const found = kernel.network.find(selector);
  if (found === undefined) {
    const words = Object.entries(selector).map(([key, value]) => `${key}:${value}`);
    throw simulatedError(
      `find network namespace ${clip(words.join(' '))}`,
      'ENOENT',
      'there is no such network namespace',
    );
  }
  return found;
}
