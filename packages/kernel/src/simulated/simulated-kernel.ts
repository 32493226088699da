import type { ClassicQdisc } from '../laboratory.js';
import type { Capability } from '../world.js';
import type { Caller } from './caller.js';
import { CgroupTree } from './cgroup-tree.js';
import { dispatch } from './dispatch.js';
import { CgroupLayer } from './layers/cgroup.js';
import type { Layer } from './layers/layer.js';
import { NetkitLayer } from './layers/netkit.js';
import { TcxLayer } from './layers/tcx.js';
import { INITIAL_NAMESPACE, Network } from './network.js';
import { ObjectStore } from './object-store.js';
import type { Device, Direction } from './objects/device.js';
import { FdTable } from './objects/fd-table.js';
import type { LinkTarget } from './objects/link.js';
import type { Namespace } from './objects/namespace.js';
import type { NetkitEnd, NetkitPolicy } from './objects/netkit-end.js';
import type { Process, ProcessOwner } from './objects/process.js';
import type { ProgramObject } from './objects/program.js';
import type { Behaviour, ClassicFilter, Packet, PacketResult } from './packet.js';
import { PinStore } from './pin-store.js';
import { Runtime } from './run/runtime.js';
import { simulatedError } from './simulated-error.js';
import { type KernelAccess, SimulatedProcess } from './simulated-process.js';
import { readHeader, restoreState } from './state/restore-state.js';
import { saveState } from './state/save-state.js';
import { MAX_UPTIME, type SimulatedState } from './state/simulated-state.js';

const STANDARD_FILES = 3;
/** As many as Linux allows a process at the most by default. */
const MAX_FDS = 1_048_576;

/** How a simulated kernel is made. */
export interface SimulatedKernelOptions {
  /** Identity of this boot; made up when absent. */
  readonly bootId?: string;
  /** The clock, in milliseconds since 1970; `Date.now` when absent. */
  readonly now?: () => number;
  /** Whether it has netkit (spec 9); without, as by default, it answers like the kernel that it was measured on. */
  readonly netkit?: boolean;
  /** When it was started, in milliseconds since 1970; what the clock says when absent. */
  readonly bootTime?: number;
  /**
   * First id of programs and of links; 1 when absent. On a kernel that was up for a while ids are far above the numbers of
   * fds, so that an fd in the place of an id means nothing.
   */
  readonly firstId?: number;
}

/** How a process of a simulated kernel is made. */
export interface ProcessOptions {
  /** All four when absent. */
  readonly capabilities?: readonly Capability[];
  /** Name of its user; `root` when absent. */
  readonly user?: string;
  /** How many fds it may have open, 3 to 1 048 576, which is also the number when absent. */
  readonly maximumFds?: number;
  /** Bytes of its arena; 4 MiB when absent. */
  readonly arenaSize?: number;
}

/**
 * A whole host in memory: programs, links, maps, type information, devices, namespaces, cgroups, pins and processes,
 * behind the same bpf(2) that Linux has (spec 1, 2, 7 to 10).
 *
 * It has no verifier and runs no instructions: a program does what `setBehaviour` gives it, and one that only
 * tail-calls does what it calls. Everything else answers errno for errno as the kernel does.
 *
 * @example
 * const kernel = new SimulatedKernel();
 * const eth0 = kernel.addDevice('eth0');
 * const host = kernel.openProcess(); // a Host: systemCall, world, objects
 */
export class SimulatedKernel extends ObjectStore {
  readonly bootId: string;
  readonly network: Network = new Network();
  readonly cgroups: CgroupTree = new CgroupTree((cgroup) => this.#removed([cgroup]));
  readonly pins: PinStore;
  readonly processes: Map<string, Process> = new Map();
  readonly runtime: Runtime = new Runtime(this);
  readonly tcx: TcxLayer = new TcxLayer(this);
  readonly #layers: Map<number, Layer> = new Map();
  #hasNetkit = false;
  readonly #clock: () => number;
  readonly #bootTime: number;
  #nextProcess = 1;

  constructor(options: SimulatedKernelOptions = {}) {
    super();
    this.#clock = options.now ?? Date.now;
    this.#bootTime = options.bootTime ?? this.#clock();
    this.bootId = options.bootId ?? randomId();
    this.pins = new PinStore(this);
    this.programs.continueAt(options.firstId ?? 1);
    this.links.continueAt(options.firstId ?? 1);
    this.addLayer(this.tcx);
    this.addLayer(new CgroupLayer(this));
    if (options.netkit === true) this.addNetkit();
    this.network.addInitialNamespace();
    this.cgroups.add('/');
  }

  /** Whether it has netkit (spec 9). */
  get hasNetkit(): boolean {
    return this.#hasNetkit;
  }

  /** Gives it netkit, as if it were built with CONFIG_NETKIT (spec 9); no effect where it has it. */
  addNetkit(): void {
    if (this.#hasNetkit) return;
    this.#hasNetkit = true;
    this.addLayer(new NetkitLayer(this));
  }

  /** Adds a layer; its attach types are its own from there on. */
  addLayer(layer: Layer): void {
    for (const type of layer.attachTypes) this.#layers.set(type, layer);
  }

  /** The layer of an attach type; undefined when this kernel has none. */
  layerOf(attachType: number): Layer | undefined {
    return this.#layers.get(attachType);
  }

  /** Runs one system call for a caller; the result or a negated error number. */
  call(caller: Caller, command: number, address: number, size: number): number {
    return dispatch(this, caller, command, address, size);
  }

  // Processes

  /** Starts a process: one caller with fds, capabilities, a namespace and memory of its own. */
  openProcess(options: ProcessOptions = {}): SimulatedProcess {
    while (this.processes.has(`process-${this.#nextProcess}`)) this.#nextProcess++;
    const key = `process-${this.#nextProcess++}`;
    const process = this.addProcess(key, null, options.maximumFds);
    return this.#run(process, options);
  }

  #run(process: Process, options: ProcessOptions): SimulatedProcess {
    const access: KernelAccess = {
      transact: (action) => action(this, process),
      exit: () => this.exitProcess(process.key),
      now: () => this.now(),
    };
    return new SimulatedProcess(access, options);
  }

  /** Makes the fd table of a process; standard input, output and error are open from the start. */
  addProcess(key: string, owner: ProcessOwner | null, maximumFds: number = MAX_FDS): Process {
    if (!Number.isInteger(maximumFds) || maximumFds < STANDARD_FILES || maximumFds > MAX_FDS) {
      throw simulatedError('open process', 'EINVAL', `maximumFds must be ${STANDARD_FILES} to ${MAX_FDS}`);
    }
    const process = this.restoreProcess(key, owner, maximumFds);
    for (let fd = 0; fd < STANDARD_FILES; fd++) this.openFd(process, this.file);
    return process;
  }

  /** Makes the fd table of a process of a saved kernel, without any fd. */
  restoreProcess(key: string, owner: ProcessOwner | null, maximumFds: number): Process {
    const process: Process = { key, owner, fds: new FdTable(maximumFds) };
    this.processes.set(key, process);
    return process;
  }

  /**
   * Goes on as a process that a restored kernel has.
   *
   * @throws MprogError `ESRCH` when there is no such process
   */
  resumeProcess(key: string, options: ProcessOptions = {}): SimulatedProcess {
    const process = this.processes.get(key);
    if (process === undefined)
      throw simulatedError(`resume process ${key}`, 'ESRCH', 'there is no such process');
    return this.#run(process, options);
  }

  /** Ends a process as exit does: its fds are closed, so unpinned links detach and unreferenced programs vanish. */
  exitProcess(key: string): void {
    const process = this.processes.get(key);
    if (process === undefined) return;
    this.processes.delete(key);
    for (const [fd] of [...process.fds.entries()]) this.closeFd(process.fds, fd);
  }

  // Devices and namespaces

  /** The namespace that the kernel started with. */
  get initialNamespace(): Namespace {
    return this.network.get(INITIAL_NAMESPACE)!;
  }

  /**
   * A network namespace.
   *
   * @throws MprogError `ENOENT`
   */
  namespace(inode: string = INITIAL_NAMESPACE): Namespace {
    const namespace = this.network.get(inode);
    if (namespace === undefined) {
      throw simulatedError(`find network namespace ${inode}`, 'ENOENT', 'there is no such network namespace');
    }
    return namespace;
  }

  /**
   * A device of a namespace.
   *
   * @throws MprogError `ENOENT` without the namespace, `ENODEV` without the device
   */
  device(ifindex: number, inode: string = INITIAL_NAMESPACE): Device {
    const device = this.namespace(inode).devices.get(ifindex);
    if (device === undefined)
      throw simulatedError(`find device ${ifindex}`, 'ENODEV', undefined, { ifindex });
    return device;
  }

  /**
   * Adds a device that is up.
   *
   * @returns its interface number
   * @throws MprogError `EEXIST`, `EINVAL` for a name that Linux would not take, `ENOENT` without the namespace
   */
  addDevice(name: string, inode: string = INITIAL_NAMESPACE): number {
    return this.network.addDevice(this.namespace(inode), name).ifindex;
  }

  /**
   * Adds a netkit pair whose ends are up (spec 9).
   *
   * @param policy what each end does with packets while it has no programs
   * @returns the interface numbers of the two
   * @throws MprogError `EOPNOTSUPP` when this kernel was made without netkit, otherwise as `addDevice`
   */
  addNetkitPair(
    primary: string,
    peer: string,
    policy: NetkitPolicy = 'pass',
    inode: string = INITIAL_NAMESPACE,
  ): { readonly primary: number; readonly peer: number } {
    if (!this.hasNetkit) {
      const reason = 'netkit is not in this kernel; it is made without unless it is asked for';
      throw simulatedError(`add netkit pair ${primary}`, 'EOPNOTSUPP', reason);
    }
    const ends = this.network.addNetkitPair(this.namespace(inode), primary, peer, policy);
    return { primary: ends[0].ifindex, peer: ends[1].ifindex };
  }

  /**
   * Sets what an end of a netkit pair does with packets while it has no programs (spec 9.5).
   *
   * @throws MprogError `ENXIO` for a device that is no netkit
   */
  setNetkitPolicy(ifindex: number, policy: NetkitPolicy, inode: string = INITIAL_NAMESPACE): void {
    this.netkitEnd(ifindex, inode).policy = policy;
  }

  /**
   * One end of a netkit pair.
   *
   * @throws MprogError `ENXIO` for a device that is no netkit
   */
  netkitEnd(ifindex: number, inode: string = INITIAL_NAMESPACE): NetkitEnd {
    const { netkit, name } = this.device(ifindex, inode);
    if (netkit === null) throw simulatedError(`find netkit ${name}`, 'ENXIO', 'it is another kind of device');
    return netkit;
  }

  /** Removes a device; its hooks go with it, and so does the other end of a netkit pair (spec 8.5, 9.4). */
  removeDevice(ifindex: number, inode: string = INITIAL_NAMESPACE): void {
    const device = this.device(ifindex, inode);
    this.#removed(this.network.removeDevice(device));
  }

  renameDevice(ifindex: number, name: string, inode: string = INITIAL_NAMESPACE): void {
    this.network.rename(this.device(ifindex, inode), name);
  }

  setDeviceUp(ifindex: number, up: boolean, inode: string = INITIAL_NAMESPACE): void {
    this.device(ifindex, inode).up = up;
  }

  /**
   * Moves a device to another namespace, with all that is attached to it (spec 8.5).
   *
   * @returns its interface number there
   */
  moveDevice(ifindex: number, to: string, inode: string = INITIAL_NAMESPACE): number {
    const device = this.device(ifindex, inode);
    this.network.move(device, this.namespace(to));
    return device.ifindex;
  }

  /** Adds a network namespace and returns its inode. */
  addNamespace(name: string | null = null): string {
    return this.network.addNamespace(name).inode;
  }

  /** Ends a network namespace with every device in it (spec 8.5). */
  removeNamespace(inode: string): void {
    const namespace = this.namespace(inode);
    if (inode === INITIAL_NAMESPACE) {
      throw simulatedError(`remove network namespace ${inode}`, 'EBUSY', 'the kernel started with it');
    }
    this.#removed(this.network.removeNamespace(namespace));
  }

  #removed(targets: readonly LinkTarget[]): void {
    for (const layer of new Set(this.#layers.values())) {
      for (const target of targets) layer.removeTarget(target);
    }
  }

  /**
   * Puts a classic qdisc on a device or takes it off.
   *
   * @throws MprogError `EEXIST` when there is one already, `ENOENT` when there is none of this kind to take off
   */
  setQdisc(ifindex: number, kind: ClassicQdisc, present: boolean, inode: string = INITIAL_NAMESPACE): void {
    const device = this.device(ifindex, inode);
    const operation = `${present ? 'add' : 'remove'} ${kind} of device ${device.name}`;
    if (present && device.qdisc !== null)
      throw simulatedError(operation, 'EEXIST', `it has ${device.qdisc} already`);
    if (!present && device.qdisc !== kind) throw simulatedError(operation, 'ENOENT', 'it is not there');
    this.tcx.setQdisc(device, present ? kind : null);
  }

  // Running

  /**
   * Gives a program something to do; see `Runtime`.
   *
   * @throws MprogError `ENOENT` when there is no such program
   */
  setBehaviour(programId: number, behaviour: Behaviour): void {
    this.runtime.setBehaviour(programId, behaviour);
  }

  protected override forget(program: ProgramObject): void {
    this.runtime.forget(program.id);
  }

  /** Models the classic filters of one side of a device; they act while a qdisc for that side is there (spec 8.6). */
  setClassicFilter(
    ifindex: number,
    direction: Direction,
    filter: ClassicFilter | null,
    inode?: string,
  ): void {
    this.runtime.setClassicFilter(this.device(ifindex, inode), direction, filter);
  }

  /**
   * Sends a packet through one side of a device (spec 8.6).
   *
   * @throws MprogError `EOPNOTSUPP` when it comes to a program without a behaviour
   */
  sendPacket(ifindex: number, direction: Direction, packet?: Packet, inode?: string): PacketResult {
    return this.runtime.sendPacket(this.device(ifindex, inode), direction, packet);
  }

  // The whole

  /** The whole host as plain data that JSON carries; behaviours of programs and classic filters are not part of it. */
  save(): SimulatedState {
    return saveState(this, this.#bootTime);
  }

  /**
   * Makes a kernel of what `save` gave.
   *
   * @throws MprogError `EBADMSG` for data that cannot be a saved kernel, naming the place
   */
  static restore(state: unknown, options: Pick<SimulatedKernelOptions, 'now'> = {}): SimulatedKernel {
    const { root, ...header } = readHeader(state);
    const kernel = new SimulatedKernel({ ...options, ...header });
    restoreState(kernel, root);
    return kernel;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock();
  }

  /** Nanoseconds since this kernel was started. */
  uptime(): number {
    return Math.min(MAX_UPTIME, Math.max(0, Math.round((this.#clock() - this.#bootTime) * 1e6)));
  }
}

/** 128 random bits; a page without a secure context has no `randomUUID`. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
