import type { Host } from './host.js';
import type { Capability } from './world.js';

/** What became of a packet that a laboratory sent. */
export type PacketFate = 'accepted' | 'dropped';

/** A classic qdisc that carries tc filters; clsact has both directions, ingress only one. */
export type ClassicQdisc = 'clsact' | 'ingress';

/**
 * A private world that may be shaped at will, for tests, replays and the demo: the same calls over both kernels.
 *
 * On Linux it is an unnamed network namespace and a private mount namespace with bpffs in it, both gone with the process
 * that holds them; the calling thread stays inside until `close()`. Nothing outside of it is touched.
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
  /** Loads a program that returns a constant; `type` defaults to SCHED_CLS. Returns its fd. */
  loadVerdict(value: number, options?: { readonly name?: string; readonly type?: number }): number;
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
