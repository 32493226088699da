import type { Host } from './host.js';
import type { Capability } from './world.js';

/** What became of a packet that a laboratory sent. */
export type PacketFate = 'accepted' | 'dropped';

/** What became of a packet of a socket in a cgroup: `refused` is an error for the sender, `dropped` is not. */
export type CgroupPacketFate = 'allowed' | 'refused' | 'dropped';

/** How a program of a laboratory is loaded. */
export interface VerdictOptions {
  readonly name?: string;
  /** SCHED_CLS when absent. */
  readonly type?: number;
  /** Attach type that it is meant for; 0 when absent. */
  readonly expectedAttachType?: number;
}

/** A classic qdisc that carries tc filters; clsact has both directions, ingress only one. */
export type ClassicQdisc = 'clsact' | 'ingress';

/**
 * A private world that may be shaped at will, for tests, replays and the demo: the same calls over both kernels.
 *
 * On Linux it is an unnamed network namespace and a private mount namespace with bpffs in it, both gone with the process
 * that holds them; the calling thread stays inside until `close()`. Cgroups have no such private form: those of a
 * laboratory are directories `mprog-PID-N`. Nothing else is touched.
 */
export interface Laboratory extends Disposable {
  readonly host: Host;
  /** Adds a device and brings it up; on Linux one end of a veth pair. Returns its ifindex. */
  addDevice(name?: string): number;
  /** Removes a device; returns when its hooks are released. */
  removeDevice(ifindex: number): void;
  renameDevice(ifindex: number, name: string): void;
  setDeviceUp(ifindex: number, up: boolean): void;
  /** Adds an unnamed namespace and returns its inode. */
  addNamespace(): string;
  /** Ends a namespace that `addNamespace` made, with every device in it; returns when their hooks are released. */
  removeNamespace(inode: string): void;
  /** Moves a device of the current namespace into another one; returns its ifindex there. */
  moveDevice(ifindex: number, inode: string): number;
  /** Puts a classic qdisc on a device or takes it off. */
  setQdisc(ifindex: number, kind: ClassicQdisc, present: boolean): void;
  /**
   * Adds a netkit pair whose ends are up in the current namespace, and returns their ifindexes.
   *
   * @param policy what each end does with packets while it has no programs
   * @throws MprogError `EOPNOTSUPP` where the kernel has no netkit
   */
  addNetkitPair(policy?: 'pass' | 'drop'): { readonly primary: number; readonly peer: number };

  /**
   * Adds a cgroup that is gone when the laboratory is closed.
   *
   * @param parent path of a cgroup of this laboratory; the root of the tree when absent
   * @returns its path inside the cgroup2 tree
   */
  addCgroup(parent?: string): string;
  /** Removes a cgroup without children; returns when its hooks are released. */
  removeCgroup(path: string): void;
  /** Sends one packet from a socket in a cgroup, or to one, and reports what the cgroup's hooks made of it. */
  sendCgroupPacket(path: string, direction: 'ingress' | 'egress'): CgroupPacketFate;

  /** Loads a program that returns a constant. Returns its fd. */
  loadVerdict(value: number, options?: VerdictOptions): number;
  /**
   * Opens a file that is no BPF object (on Linux `/dev/null`) and returns its fd, which the caller closes; fd 0 is such a
   * file from the start.
   */
  openFile(): number;
  /** Sends one packet through a device's hook and reports what became of it. */
  sendPacket(ifindex: number, direction: 'ingress' | 'egress'): PacketFate;
  /** Runs `action` with just these capabilities in the effective set, and gives the others back afterwards. */
  withCapabilities<Result>(capabilities: readonly Capability[], action: () => Result): Result;
  close(): void;
}
