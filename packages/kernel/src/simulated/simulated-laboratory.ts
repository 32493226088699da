import { attr } from '../abi/attr.js';
import { command } from '../abi/command.js';
import { programType } from '../abi/program-type.js';
import { Arena } from '../arena.js';
import type { Host } from '../host.js';
import type {
  CgroupPacketFate,
  ClassicQdisc,
  Laboratory,
  PacketFate,
  VerdictOptions,
} from '../laboratory.js';
import type { Capability } from '../world.js';
import type { Direction } from './objects/device.js';
import type { NetkitPolicy } from './objects/netkit-end.js';
import { orThrow } from './simulated-error.js';
import { SimulatedKernel, type SimulatedKernelOptions } from './simulated-kernel.js';
import type { SimulatedProcess } from './simulated-process.js';

const SCRATCH_BASE = 0x6000_0000_0000;
const layout = attr.progLoad;

/**
 * A laboratory on a simulated kernel of its own; programs that it loads do what they say, others need a behaviour.
 *
 * @example
 * using laboratory = new SimulatedLaboratory();
 * const ifindex = laboratory.addDevice('eth0');
 */
export class SimulatedLaboratory implements Laboratory {
  readonly kernel: SimulatedKernel;
  readonly #process: SimulatedProcess;
  #cgroups = 0;
  #closed = false;

  constructor(options: SimulatedKernelOptions = {}) {
    this.kernel = new SimulatedKernel(options);
    this.#process = this.kernel.openProcess();
  }

  get host(): Host {
    return this.#process;
  }

  addDevice(name?: string): number {
    return this.kernel.addDevice(name ?? this.#freeName(), this.#process.namespace);
  }

  removeDevice(ifindex: number): void {
    this.kernel.removeDevice(ifindex, this.#process.namespace);
  }

  renameDevice(ifindex: number, name: string): void {
    this.kernel.renameDevice(ifindex, name, this.#process.namespace);
  }

  setDeviceUp(ifindex: number, up: boolean): void {
    this.kernel.setDeviceUp(ifindex, up, this.#process.namespace);
  }

  addNamespace(): string {
    return this.kernel.addNamespace();
  }

  removeNamespace(inode: string): void {
    this.kernel.removeNamespace(inode);
  }

  moveDevice(ifindex: number, inode: string): number {
    return this.kernel.moveDevice(ifindex, inode, this.#process.namespace);
  }

  setQdisc(ifindex: number, kind: ClassicQdisc, present: boolean): void {
    this.kernel.setQdisc(ifindex, kind, present, this.#process.namespace);
  }

  addNetkitPair(policy?: NetkitPolicy): { readonly primary: number; readonly peer: number } {
    const primary = this.#freeName('nk');
    const peer = this.#freeName('nk', primary);
    return this.kernel.addNetkitPair(primary, peer, policy, this.#process.namespace);
  }

  addCgroup(parent: string = '/'): string {
    const path = `${parent === '/' ? '' : parent}/group${this.#cgroups++}`;
    return this.kernel.cgroups.add(path).path;
  }

  removeCgroup(path: string): void {
    this.kernel.cgroups.remove(path);
  }

  sendCgroupPacket(path: string, direction: Direction): CgroupPacketFate {
    return this.kernel.runtime.runCgroup(path, `inet_${direction}`).fate;
  }

  loadVerdict(value: number, options: VerdictOptions = {}): number {
    const arena = new Arena(new ArrayBuffer(256), SCRATCH_BASE);
    const input = arena.reserve(layout.tokenFd);
    const instructions = arena.reserve(16);
    const license = arena.reserve(4);
    // r0 = value; exit
    arena.bytes.set([0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95], instructions);
    arena.view.setInt32(instructions + 4, value, true);
    arena.bytes.set(new TextEncoder().encode('GPL'), license);
    arena.bytes.set(new TextEncoder().encode(options.name ?? '').subarray(0, 16), input + layout.name);
    arena.view.setUint32(input + layout.type, options.type ?? programType.SCHED_CLS, true);
    arena.view.setUint32(input + layout.expectedAttachType, options.expectedAttachType ?? 0, true);
    arena.view.setUint32(input + layout.instructionCount, 2, true);
    arena.setPointer(input + layout.instructions, instructions);
    arena.setPointer(input + layout.license, license);
    const fd = this.#process.call(arena, command.PROG_LOAD, arena.address(input), layout.tokenFd);
    orThrow(fd, 'load program');
    const program = this.#process.transact((_, { fds }) => fds.get(fd));
    if (program?.kind === 'program') this.kernel.setBehaviour(program.id, () => value);
    return fd;
  }

  openFile(): number {
    return this.#process.transact((kernel, { fds }) =>
      orThrow(kernel.openFd({ fds }, kernel.file), 'open file'),
    );
  }

  sendPacket(ifindex: number, direction: Direction): PacketFate {
    const { fate } = this.kernel.sendPacket(ifindex, direction, undefined, this.#process.namespace);
    return fate === 'dropped' ? 'dropped' : 'accepted';
  }

  withCapabilities<Result>(capabilities: readonly Capability[], action: () => Result): Result {
    return this.#process.withCapabilities(capabilities, action);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#process.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #freeName(prefix: string = 'veth', taken?: string): string {
    const names = new Set(this.#process.world.devices().map(({ name }) => name));
    let number = 0;
    while (names.has(`${prefix}${number}`) || `${prefix}${number}` === taken) number++;
    return `${prefix}${number}`;
  }
}
