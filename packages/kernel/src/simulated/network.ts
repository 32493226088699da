import { Chain, clip } from '@mprog/core';
import type { NamespaceSelector } from '../world.js';
import type { Device } from './objects/device.js';
import type { Namespace } from './objects/namespace.js';
import type { NetkitPolicy } from './objects/netkit-end.js';
import { simulatedError } from './simulated-error.js';

const MAX_IFINDEX = 0x7fff_ffff;
const LOOPBACK = 1;

/** Number of the network namespace that a kernel starts with. */
export const INITIAL_NAMESPACE = '4026531833';
/** Number of the first one that is added. */
export const FIRST_ADDED_NAMESPACE = 4_026_532_000;

/** Network namespaces and the devices in them. */
export class Network {
  readonly namespaces: Map<string, Namespace> = new Map();
  nextInode: number = FIRST_ADDED_NAMESPACE;

  /** A namespace, by its inode. */
  get(inode: string): Namespace | undefined {
    return this.namespaces.get(inode);
  }

  /** A namespace by name or inode; none is known by a process in it. */
  find(selector: NamespaceSelector): Namespace | undefined {
    if (typeof selector !== 'object' || selector === null) {
      throw simulatedError(
        'find network namespace',
        'EINVAL',
        `a namespace is given as { name }, { inode } or { pid }, not as ${String(selector)}`,
      );
    }
    if ('pid' in selector) return undefined;
    for (const namespace of this.namespaces.values()) {
      if ('inode' in selector ? namespace.inode === selector.inode : namespace.name === selector.name) {
        return namespace;
      }
    }
    return undefined;
  }

  /** Adds a namespace with nothing in it but `lo`. */
  addNamespace(name: string | null): Namespace {
    return this.#create(String(this.nextInode++), name);
  }

  /** Makes the namespace that a kernel starts with. */
  addInitialNamespace(): Namespace {
    return this.#create(INITIAL_NAMESPACE, null);
  }

  #create(inode: string, name: string | null): Namespace {
    const operation = `add network namespace ${clip(name ?? inode)}`;
    if (name !== null) {
      if (!/^[^/\s\0]{1,255}$/.test(name) || name === '.' || name === '..') {
        throw simulatedError(operation, 'EINVAL', 'a name is 1 to 255 characters without spaces and slashes');
      }
      for (const other of this.namespaces.values()) {
        if (other.name === name) throw simulatedError(operation, 'EEXIST');
      }
    }
    const namespace: Namespace = { inode, name, devices: new Map(), nextIfindex: LOOPBACK };
    this.namespaces.set(inode, namespace);
    this.addDevice(namespace, 'lo');
    return namespace;
  }

  /** Adds a device that is up. */
  addDevice(namespace: Namespace, name: string): Device {
    checkDeviceName(namespace, name, `add device ${clip(name)}`);
    const ifindex = this.#allocateIfindex(namespace);
    const device: Device = {
      kind: 'device',
      ifindex,
      name,
      up: true,
      namespace,
      qdisc: null,
      tcx: { ingress: null, egress: null },
      netkit: null,
    };
    namespace.devices.set(ifindex, device);
    return device;
  }

  /** Adds a netkit pair whose ends are up (spec 9.1). */
  addNetkitPair(
    namespace: Namespace,
    primaryName: string,
    peerName: string,
    policy: NetkitPolicy,
  ): readonly [primary: Device, peer: Device] {
    checkDeviceName(namespace, primaryName, `add netkit pair ${primaryName}`);
    if (peerName === primaryName) throw simulatedError(`add netkit pair ${primaryName}`, 'EEXIST');
    // The peer comes first, as on Linux, so it has the lower number.
    const peer = this.addDevice(namespace, peerName);
    const primary = this.addDevice(namespace, primaryName);
    primary.netkit = { role: 'primary', other: peer, policy, chain: new Chain() };
    peer.netkit = { role: 'peer', other: primary, policy, chain: new Chain() };
    return [primary, peer];
  }

  rename(device: Device, name: string): void {
    if (name === device.name) return;
    checkDeviceName(device.namespace, name, `rename device ${device.name} to ${name}`);
    device.name = name;
  }

  /** Moves a device; it keeps its number where that is free (spec 8.5). */
  move(device: Device, namespace: Namespace): void {
    if (device.namespace === namespace) return;
    const operation = `move device ${device.name} to network namespace ${namespace.inode}`;
    if (device.ifindex === LOOPBACK) throw simulatedError(operation, 'EINVAL', 'lo stays in its namespace');
    checkDeviceName(namespace, device.name, operation);
    device.namespace.devices.delete(device.ifindex);
    if (namespace.devices.has(device.ifindex)) device.ifindex = this.#allocateIfindex(namespace);
    device.namespace = namespace;
    namespace.devices.set(device.ifindex, device);
  }

  /**
   * Takes a device out of its namespace, and with it the other end of a netkit pair (spec 9.4).
   *
   * @returns what went; its hooks are the caller's to empty
   */
  removeDevice(device: Device): readonly Device[] {
    if (device.ifindex === LOOPBACK) {
      throw simulatedError(`remove device ${device.name}`, 'EOPNOTSUPP', 'lo stays as long as its namespace');
    }
    return this.#take(device);
  }

  /** Ends a namespace; returns the devices that went with it (spec 8.5, 9.4). */
  removeNamespace(namespace: Namespace): readonly Device[] {
    this.namespaces.delete(namespace.inode);
    return [...namespace.devices.values()].flatMap((device) => this.#take(device));
  }

  #take(device: Device): readonly Device[] {
    const ends = device.netkit === null ? [device] : [device, device.netkit.other];
    // Of a pair in one namespace the second end has gone with the first.
    return ends.filter(({ namespace, ifindex }) => namespace.devices.delete(ifindex));
  }

  #allocateIfindex(namespace: Namespace): number {
    let ifindex = namespace.nextIfindex;
    while (namespace.devices.has(ifindex)) ifindex = ifindex === MAX_IFINDEX ? 1 : ifindex + 1;
    namespace.nextIfindex = ifindex === MAX_IFINDEX ? 1 : ifindex + 1;
    return ifindex;
  }
}

function checkDeviceName(namespace: Namespace, name: string, operation: string): void {
  if (typeof name !== 'string' || !/^[^/:\s\0]{1,15}$/.test(name) || name === '.' || name === '..') {
    throw simulatedError(
      operation,
      'EINVAL',
      'a name is 1 to 15 characters without spaces, slashes and colons',
    );
  }
  if (new TextEncoder().encode(name).length > 15) {
    throw simulatedError(operation, 'EINVAL', 'a name is at most 15 bytes long');
  }
  for (const other of namespace.devices.values()) {
    if (other.name === name) throw simulatedError(operation, 'EEXIST');
  }
}
