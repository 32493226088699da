import { closeSync } from 'node:fs';
import { MprogError } from '@mprog/core';
import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { errno } from '../abi/errno.js';
import { programType } from '../abi/program-type.js';
import { verdict } from '../abi/verdict.js';
import type { Host } from '../host.js';
import type {
  CgroupPacketFate,
  ClassicQdisc,
  Laboratory,
  PacketFate,
  VerdictOptions,
} from '../laboratory.js';
import type { Capability } from '../world.js';
import { capabilityWords, setCapabilityWords, withEffective } from './capabilities.js';
import { sendCgroupPacket, withProcessIn } from './cgroup-packet.js';
import { CgroupSentinel } from './cgroup-sentinel.js';
import { Devices } from './devices.js';
import { type ForeignFunctions, foreignFunctions } from './ffi.js';
import { LaboratoryCgroups } from './laboratory-cgroups.js';
import { linuxError, orThrow } from './linux-error.js';
import { currentNamespace } from './namespaces.js';
import { LinuxHost } from './open-linux.js';
import { PacketProbe } from './packet-probe.js';
import { enterFreshNamespace, enterNamespace, enterPrivateMounts, WayBack } from './private-world.js';
import { requireLinux } from './rights.js';

/** Bound on waits for what the kernel does by itself; it takes a few milliseconds. */
const BOUND_MILLISECONDS = 10_000;
const AT_FDCWD = -100;
const O_CLOEXEC = 0o2000000;
/** The discard protocol. */
const DEFAULT_PORT = 9;
const LOOPBACK = 1;

/** A device that the laboratory made: where it is, and its other end in the namespace of the other ends. */
interface LaboratoryDevice {
  inode: string;
  ifindex: number;
  readonly peer: number;
  probe: PacketProbe | undefined;
}

/** The private world of a laboratory on Linux. */
export class LinuxLaboratory implements Laboratory {
  readonly host: Host;
  readonly #foreign: ForeignFunctions = foreignFunctions();
  readonly #devices: Devices = new Devices(this.#foreign);
  readonly #host: LinuxHost;
  readonly #way: WayBack;
  readonly #inode: string;
  /** Fds of the namespaces that hold something of the laboratory, by inode. */
  readonly #namespaces = new Map<string, number>();
  /** Holds the other ends of all veth pairs, so that a device has its namespace to itself. */
  readonly #peers: number;
  readonly #made: LaboratoryDevice[] = [];
  #cgroups: LaboratoryCgroups | undefined;
  #count = 0;
  #closed = false;

  /** Moves the calling thread into the laboratory. */
  constructor() {
    requireRights();
    this.#way = new WayBack(this.#foreign);
    const opened: number[] = [];
    try {
      this.#peers = enterFreshNamespace(this.#foreign);
      opened.push(this.#peers);
      const here = enterFreshNamespace(this.#foreign);
      opened.push(here);
      enterPrivateMounts(this.#foreign);
      this.#inode = currentNamespace();
      this.#namespaces.set(this.#inode, here);
      this.#host = new LinuxHost();
    } catch (error) {
      this.#way.go();
      this.#way.close();
      for (const fd of opened) closeSync(fd);
      throw error;
    }
    this.host = this.#host;
  }

  addDevice(name?: string): number {
    const chosen = name ?? this.#unusedName();
    const peerName = `peer${this.#count++}`;
    this.#devices.addPair(chosen, peerName, this.#peers);
    const { ifindex, peer } = this.#devices.get(chosen);
    this.#made.push({ inode: currentNamespace(), ifindex, peer, probe: undefined });
    this.#inPeers(() => this.#devices.setUp(peer, true));
    this.setDeviceUp(ifindex, true);
    return ifindex;
  }

  removeDevice(ifindex: number): void {
    const device = this.#find(ifindex);
    if (device !== undefined) this.#forget(device);
    this.#devices.remove(ifindex);
    this.#until(`remove device ${ifindex}`, () =>
      this.#devices.list().every((other) => other.ifindex !== ifindex),
    );
  }

  renameDevice(ifindex: number, name: string): void {
    this.#devices.rename(ifindex, name);
  }

  setDeviceUp(ifindex: number, up: boolean): void {
    this.#devices.setUp(ifindex, up);
    const device = this.#find(ifindex);
    if (device === undefined) return;
    // Each end carries packets only after the kernel has noticed that the other end is there, or gone.
    const settled = (end: number) => this.#devices.get(end).running === up;
    this.#until(`set device ${ifindex} ${up ? 'up' : 'down'}`, () => settled(ifindex));
    this.#inPeers(() => this.#until(`see the other end of device ${ifindex}`, () => settled(device.peer)));
  }

  addNamespace(): string {
    const here = this.#namespaceFd(currentNamespace());
    const fd = enterFreshNamespace(this.#foreign);
    const inode = currentNamespace();
    enterNamespace(this.#foreign, here);
    this.#namespaces.set(inode, fd);
    this.#host.namespaces.hold(inode, fd);
    return inode;
  }

  removeNamespace(inode: string): void {
    const operation = `remove namespace ${inode}`;
    const fd = this.#known(inode, operation);
    if (inode === this.#inode) {
      throw linuxError(operation, errno.EBUSY, 'it is the first one of the laboratory; close that instead');
    }
    if (currentNamespace() === inode) throw linuxError(operation, errno.EBUSY, 'the caller is inside');
    const inside = this.#made.filter((device) => device.inode === inode);
    for (const device of inside) this.#forget(device);
    this.#namespaces.delete(inode);
    this.#host.namespaces.release(inode);
    closeSync(fd);
    // The other ends go in the same step as the devices.
    const peers = new Set(inside.map(({ peer }) => peer));
    this.#inPeers(() =>
      this.#until(operation, () => this.#devices.list().every(({ ifindex }) => !peers.has(ifindex))),
    );
  }

  moveDevice(ifindex: number, inode: string): number {
    const fd = this.#known(inode, `move device ${ifindex}`);
    const { name, up } = this.#devices.get(ifindex);
    const device = this.#find(ifindex);
    device?.probe?.close();
    this.#devices.move(ifindex, fd);
    return this.host.world.within({ inode }, () => {
      const moved = this.#devices.get(name).ifindex;
      if (device !== undefined) Object.assign(device, { inode, ifindex: moved, probe: undefined });
      if (up) this.setDeviceUp(moved, true);
      return moved;
    });
  }

  setQdisc(ifindex: number, kind: ClassicQdisc, present: boolean): void {
    this.#devices.setQdisc(ifindex, kind, present);
  }

  addNetkitPair(policy: 'pass' | 'drop' = 'pass'): { readonly primary: number; readonly peer: number } {
    const primary = this.#unusedName('nk');
    const peer = `${primary}p`;
    this.#devices.addNetkitPair(primary, peer, policy === 'pass' ? verdict.PASS : verdict.DROP);
    const pair = { primary: this.#devices.get(primary).ifindex, peer: this.#devices.get(peer).ifindex };
    for (const ifindex of [pair.primary, pair.peer]) this.#devices.setUp(ifindex, true);
    return pair;
  }

  addCgroup(parent?: string): string {
    this.#cgroups ??= new LaboratoryCgroups();
    return this.#cgroups.add(parent);
  }

  removeCgroup(path: string): void {
    const operation = `remove cgroup ${path}`;
    const cgroups = this.#knownCgroup(path, operation);
    const directory = this.host.world.openCgroup(path);
    try {
      using sentinel = new CgroupSentinel(this.#foreign, directory, (type) => this.loadVerdict(1, { type }));
      cgroups.remove(path);
      this.#until(operation, () => sentinel.released);
    } finally {
      this.host.world.close(directory);
    }
  }

  sendCgroupPacket(path: string, direction: 'ingress' | 'egress'): CgroupPacketFate {
    const cgroups = this.#knownCgroup(path, `send a packet in cgroup ${path}`);
    this.#devices.setUp(LOOPBACK, true);
    const fileOf = (other: string) => cgroups.processesFile(other);
    return sendCgroupPacket(
      this.#foreign,
      (action) => withProcessIn(fileOf(path), fileOf, action),
      direction,
    );
  }

  loadVerdict(value: number, options: VerdictOptions = {}): number {
    const name = options.name ?? '';
    const nameBytes = Buffer.from(name, 'latin1');
    if (nameBytes.length > 15) {
      throw linuxError(`load program ${name}`, errno.EINVAL, 'the name is longer than 15 characters');
    }
    const { scratch } = this.#foreign;
    const [instructions, license] = [256, 272];
    scratch.bytes.fill(0, 0, 280);
    scratch.bytes.set([0xb7, 0, 0, 0], instructions); // r0 = value
    scratch.view.setInt32(instructions + 4, value, true);
    scratch.bytes[instructions + 8] = 0x95; // exit
    this.#foreign.text(license, 'GPL');
    scratch.view.setUint32(attr.progLoad.type, options.type ?? programType.SCHED_CLS, true);
    scratch.view.setUint32(attr.progLoad.instructionCount, 2, true);
    scratch.setPointer(attr.progLoad.instructions, instructions);
    scratch.setPointer(attr.progLoad.license, license);
    scratch.bytes.set(nameBytes, attr.progLoad.name);
    scratch.view.setUint32(attr.progLoad.expectedAttachType, options.expectedAttachType ?? 0, true);
    const size = attr.progLoad.expectedAttachType + 4;
    const operation = `load program ${name} that returns ${value}`;
    return orThrow(this.#foreign.bpf(command.PROG_LOAD, scratch.address(0), size), operation);
  }

  openFile(): number {
    const path = this.#foreign.text(0, '/dev/null');
    return orThrow(this.#foreign.call('openat', AT_FDCWD, path, O_CLOEXEC), 'open /dev/null');
  }

  /**
   * Sends one UDP datagram through a device's hook.
   *
   * @param port destination port, 9 by default
   * @throws MprogError `ENODEV` for a device that the laboratory did not make, `ENETDOWN` for one that is down
   */
  sendPacket(ifindex: number, direction: 'ingress' | 'egress', port: number = DEFAULT_PORT): PacketFate {
    const operation = `send a packet through device ${ifindex}`;
    const device = this.#find(ifindex);
    if (device === undefined) {
      throw linuxError(operation, errno.ENODEV, 'this namespace has no such device of the laboratory');
    }
    if (!this.#devices.get(ifindex).up) throw linuxError(operation, errno.ENETDOWN, 'the device is down');
    device.probe ??= new PacketProbe(this.#foreign, {
      ifindex,
      peer: device.peer,
      inPeerNamespace: (action) => this.#inPeers(action),
    });
    return device.probe.send(direction, port);
  }

  withCapabilities<Result>(capabilities: readonly Capability[], action: () => Result): Result {
    const before = capabilityWords(this.#foreign);
    setCapabilityWords(this.#foreign, withEffective(before, capabilities));
    let result: Result;
    try {
      result = action();
    } finally {
      setCapabilityWords(this.#foreign, before);
    }
    if (typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      throw new MprogError(
        'EINVAL',
        'run with other capabilities: the action returned a promise, and what it does later would have them back (EINVAL)',
      );
    }
    return result;
  }

  close(): void {
    if (this.#closed) return;
    if (currentNamespace() !== this.#inode) {
      throw new MprogError(
        'EBUSY',
        'close the laboratory: this thread is in another namespace (EBUSY); close first what was opened after it',
      );
    }
    this.#closed = true;
    for (const { probe } of this.#made) probe?.close();
    this.#host.close();
    this.#cgroups?.close();
    try {
      this.#way.go();
    } finally {
      this.#way.close();
      for (const fd of [this.#peers, ...this.#namespaces.values()]) closeSync(fd);
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #inPeers<Result>(action: () => Result): Result {
    const here = this.#namespaceFd(currentNamespace());
    enterNamespace(this.#foreign, this.#peers);
    try {
      return action();
    } finally {
      enterNamespace(this.#foreign, here);
    }
  }

  #namespaceFd(inode: string): number {
    const fd = this.#namespaces.get(inode);
    if (fd === undefined)
      throw linuxError(
        `use the laboratory from namespace ${inode}`,
        errno.EXDEV,
        'it is not one of its namespaces',
      );
    return fd;
  }

  #known(inode: string, operation: string): number {
    const fd = this.#namespaces.get(inode);
    if (fd === undefined) throw linuxError(operation, errno.ENOENT, 'the laboratory has no such namespace');
    return fd;
  }

  #knownCgroup(path: string, operation: string): LaboratoryCgroups {
    this.#cgroups ??= new LaboratoryCgroups();
    this.#cgroups.require(path, operation);
    return this.#cgroups;
  }

  #find(ifindex: number): LaboratoryDevice | undefined {
    const inode = currentNamespace();
    return this.#made.find((device) => device.ifindex === ifindex && device.inode === inode);
  }

  #forget(device: LaboratoryDevice): void {
    device.probe?.close();
    this.#made.splice(this.#made.indexOf(device), 1);
  }

  #unusedName(prefix: string = 'dev'): string {
    const used = new Set(this.#devices.list().map(({ name }) => name));
    for (let number = 0; ; number++) {
      if (!used.has(`${prefix}${number}`)) return `${prefix}${number}`;
    }
  }

  #until(operation: string, settled: () => boolean): void {
    const deadline = performance.now() + BOUND_MILLISECONDS;
    while (!settled()) {
      if (performance.now() > deadline)
        throw linuxError(operation, errno.ETIMEDOUT, 'the kernel took too long');
      this.#foreign.pause(1);
    }
  }
}

function requireRights(): void {
  try {
    requireLinux('laboratory');
  } catch (error) {
    if (!MprogError.is(error)) throw error;
    throw new MprogError(error.code, `open the laboratory: ${error.message} (${error.code})`, {
      cause: error,
      data: error.data,
    });
  }
}

/**
 * Opens a laboratory and moves the calling thread into it; `close()` moves the thread back.
 *
 * @throws MprogError `EPERM` naming the capabilities that are missing
 * @example
 * using laboratory = openLinuxLaboratory();
 * const ifindex = laboratory.addDevice();
 */
export function openLinuxLaboratory(): Laboratory {
  return new LinuxLaboratory();
}
