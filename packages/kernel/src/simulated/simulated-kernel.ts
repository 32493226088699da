import { MprogError } from '@mprog/core';
import type { ClassicQdisc } from '../laboratory.js';
import type { Capability } from '../world.js';
import type { Caller } from './caller.js';
import { CgroupTree } from './cgroup-tree.js';
import { dispatch } from './dispatch.js';
import type { Layer } from './layers/layer.js';
import { TcxLayer } from './layers/tcx.js';
import { INITIAL_NAMESPACE, Network } from './network.js';
import { ObjectStore } from './object-store.js';
import type { Device, Direction } from './objects/device.js';
import { FdTable } from './objects/fd-table.js';
import type { Namespace } from './objects/namespace.js';
import type { Process, ProcessOwner } from './objects/process.js';
import type { ProgramObject } from './objects/program.js';
import type { Behaviour, ClassicFilter, Packet, PacketResult } from './packet.js';
import { PinStore } from './pin-store.js';
import { runHook } from './run-hook.js';
import { simulatedError } from './simulated-error.js';
import { type KernelAccess, SimulatedProcess } from './simulated-process.js';
import { readHeader, restoreState } from './state/restore-state.js';
import { saveState } from './state/save-state.js';
import type { SimulatedState } from './state/simulated-state.js';

const STANDARD_FILES = 3;
/** As many as Linux allows a process at the most by default. */
const MAX_FDS = 1_048_576;

/** How a simulated kernel is made. */
export interface SimulatedKernelOptions {
  /** Identity of this boot; made up when absent. */
  readonly bootId?: string;
  /** The clock, in milliseconds since 1970; `Date.now` when absent. */
  readonly now?: () => number;
  /** When it was started, in milliseconds since 1970; what the clock says when absent. */
  readonly bootTime?: number;
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
 * behind the same bpf(2) that Linux has (spec 1, 2, 7, 8).
 *
 * It has no verifier and runs no instructions: a program does what `setBehaviour` gives it. Everything else answers errno
 * for errno as the kernel does.
 *
 * @example
 * const kernel = new SimulatedKernel();
 * const eth0 = kernel.addDevice('eth0');
 * const host = kernel.openProcess(); // a Host: systemCall, world, objects
 */
export class SimulatedKernel extends ObjectStore {
  readonly bootId: string;
  readonly network: Network = new Network();
  readonly cgroups: CgroupTree = new CgroupTree();
  readonly pins: PinStore;
  readonly processes: Map<string, Process> = new Map();
  readonly tcx: TcxLayer;
  readonly #layers: Map<number, Layer> = new Map();
  #behaviours: Map<number, Behaviour> = new Map();
  readonly #filters: WeakMap<Device, Partial<Record<Direction, ClassicFilter>>> = new WeakMap();
  readonly #clock: () => number;
  readonly #bootTime: number;
  #nextProcess = 1;

  constructor(options: SimulatedKernelOptions = {}) {
    super();
    this.#clock = options.now ?? Date.now;
    this.#bootTime = options.bootTime ?? this.#clock();
    this.bootId = options.bootId ?? randomId();
    this.pins = new PinStore(this);
    this.tcx = new TcxLayer(this);
    this.addLayer(this.tcx);
    this.network.addInitialNamespace();
    this.cgroups.add('/');
  }

  /** Adds a consumer of the engine; its attach types are its own from there on. */
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

  /** Removes a device; its hooks go with it (spec 8.5). */
  removeDevice(ifindex: number, inode: string = INITIAL_NAMESPACE): void {
    const device = this.device(ifindex, inode);
    this.network.removeDevice(device);
    for (const layer of new Set(this.#layers.values())) layer.removeDevice(device);
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
    this.network.namespaces.delete(inode);
    for (const device of [...namespace.devices.values()]) {
      namespace.devices.delete(device.ifindex);
      for (const layer of new Set(this.#layers.values())) layer.removeDevice(device);
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
   * Gives a program something to do; it is forgotten with the program and not part of a saved kernel.
   *
   * @throws MprogError `ENOENT` when there is no such program
   */
  setBehaviour(programId: number, behaviour: Behaviour): void {
    if (this.programs.get(programId) === undefined) {
      throw simulatedError(`set behaviour of program ${programId}`, 'ENOENT', 'there is no such program');
    }
    this.#behaviours.set(programId, behaviour);
  }

  /** Whether a program has something to do. */
  hasBehaviour(programId: number): boolean {
    return this.#behaviours.has(programId);
  }

  protected override forget(program: ProgramObject): void {
    this.#behaviours.delete(program.id);
  }

  /** Gives the programs of this kernel the behaviours that another state of the same kernel had. */
  adoptBehaviours(other: SimulatedKernel): void {
    this.#behaviours = new Map([...other.#behaviours].filter(([id]) => this.programs.get(id) !== undefined));
  }

  /** Models the classic filters of one side of a device; they act while a qdisc for that side is there (spec 8.6). */
  setClassicFilter(
    ifindex: number,
    direction: Direction,
    filter: ClassicFilter | null,
    inode: string = INITIAL_NAMESPACE,
  ): void {
    const device = this.device(ifindex, inode);
    const { [direction]: _, ...others } = this.#filters.get(device) ?? {};
    this.#filters.set(device, filter === null ? others : { ...others, [direction]: filter });
  }

  /**
   * Runs one program and counts the run while statistics are on.
   *
   * @returns its result as a signed 32-bit number
   * @throws MprogError `EOPNOTSUPP` for a program without a behaviour
   */
  runProgram(id: number, packet: Packet): number {
    const program = this.programs.get(id);
    const behaviour = this.#behaviours.get(id);
    if (program === undefined || behaviour === undefined) {
      throw new MprogError(
        'EOPNOTSUPP',
        `run program ${id}${program?.name ? ` (${program.name})` : ''}: it has no behaviour, and the simulated kernel runs no instructions (EOPNOTSUPP); give it one with setBehaviour`,
        { data: { program: id } },
      );
    }
    if (this.statistics.references > 0) program.runCount++;
    return behaviour(packet) | 0;
  }

  /**
   * Sends a packet through one side of a device (spec 8.6).
   *
   * @throws MprogError `EOPNOTSUPP` when it comes to a program without a behaviour
   */
  sendPacket(
    ifindex: number,
    direction: Direction,
    packet: Packet = { data: new Uint8Array(64) },
    inode: string = INITIAL_NAMESPACE,
  ): PacketResult {
    const device = this.device(ifindex, inode);
    return runHook(this, device, direction, packet, this.#filters.get(device)?.[direction]);
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
    const { root, bootId, bootTime } = readHeader(state);
    const kernel = new SimulatedKernel({ ...options, bootId, bootTime });
    restoreState(kernel, root);
    return kernel;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock();
  }

  /** Nanoseconds since this kernel was started. */
  uptime(): number {
    return Math.max(0, Math.round((this.#clock() - this.#bootTime) * 1e6));
  }
}

/** 128 random bits; a page without a secure context has no `randomUUID`. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
