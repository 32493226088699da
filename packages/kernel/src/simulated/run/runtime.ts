import { MprogError } from '@mprog/core';
import { type CgroupAttachType, cgroupAttachTypes } from '../../abi/cgroup-attach-type.js';
import { INITIAL_NAMESPACE } from '../network.js';
import type { Device, Direction } from '../objects/device.js';
import {
  type Behaviour,
  type ClassicFilter,
  freshPacket,
  type Packet,
  type PacketResult,
} from '../packet.js';
import { simulatedError } from '../simulated-error.js';
import type { SimulatedKernel } from '../simulated-kernel.js';
import { type CgroupResult, runCgroup } from './run-cgroup.js';
import { type NetkitResult, runNetkit } from './run-netkit.js';
import { runTcx } from './run-tcx.js';
import { tailCallOf } from './tail-call.js';

/** Tail calls that follow one another; the next one falls through (spec 15.4 f). */
const MOST_TAIL_CALLS = 33;

/**
 * What happens at the hooks of a kernel: programs run, packets meet verdicts. Behaviours stand in for instructions.
 *
 * What sends or runs throws an `MprogError` with the code `EOPNOTSUPP` when it comes to a program without a behaviour.
 */
export class Runtime {
  readonly #kernel: SimulatedKernel;
  #behaviours: Map<number, Behaviour> = new Map();
  readonly #filters: WeakMap<Device, Partial<Record<Direction, ClassicFilter>>> = new WeakMap();

  constructor(kernel: SimulatedKernel) {
    this.#kernel = kernel;
  }

  /**
   * Gives a program something to do; it is forgotten with the program and not part of a saved kernel.
   *
   * @throws MprogError `ENOENT` when there is no such program
   */
  setBehaviour(program: number, behaviour: Behaviour): void {
    if (this.#kernel.programs.get(program) === undefined) {
      throw simulatedError(`set behaviour of program ${program}`, 'ENOENT', 'there is no such program');
    }
    this.#behaviours.set(program, behaviour);
  }

  /** Whether a program has something to do: a behaviour of its own, or a tail call to one that has. */
  hasBehaviour(program: number): boolean {
    return this.#resolve(program).behaviour !== undefined;
  }

  /** Forgets what a program did that has gone. */
  forget(program: number): void {
    this.#behaviours.delete(program);
  }

  /** Takes over the behaviours that another state of the same kernel had. */
  adopt(other: Runtime): void {
    this.#behaviours = new Map(
      [...other.#behaviours].filter(([id]) => this.#kernel.programs.get(id) !== undefined),
    );
  }

  /** Models the classic filters of one side of a device; they act while a qdisc for that side is there (spec 8.6). */
  setClassicFilter(device: Device, direction: Direction, filter: ClassicFilter | null): void {
    const { [direction]: _, ...others } = this.#filters.get(device) ?? {};
    this.#filters.set(device, filter === null ? others : { ...others, [direction]: filter });
  }

  /** Whether classic filters are modelled on one side of a device. */
  hasClassicFilter(device: Device, direction: Direction): boolean {
    return this.#filters.get(device)?.[direction] !== undefined;
  }

  /**
   * Runs one program, counts the run while statistics are on and returns a signed 32-bit number. One that only tail-calls
   * acts as what it calls; the run counts for the program that was entered alone (spec 15.6 a).
   */
  runProgram(id: number, packet: Packet): number {
    const { reached, behaviour } = this.#resolve(id);
    if (behaviour === undefined) {
      const name = this.#kernel.programs.get(reached)?.name;
      throw new MprogError(
        'EOPNOTSUPP',
        `run program ${reached}${name ? ` (${name})` : ''}: it has no behaviour, and the simulated kernel runs no instructions (EOPNOTSUPP); give it one with setBehaviour`,
        { data: { program: reached } },
      );
    }
    if (this.#kernel.statistics.references > 0) this.#kernel.programs.get(id)!.runCount++;
    return behaviour(packet) | 0;
  }

  /** The program that a run of another one comes to, and what it does. */
  #resolve(id: number): { readonly reached: number; readonly behaviour: Behaviour | undefined } {
    let reached = id;
    for (let calls = 0; ; calls++) {
      const program = this.#kernel.programs.get(reached);
      const behaviour = this.#behaviours.get(reached);
      if (program === undefined) return { reached, behaviour: undefined };
      if (behaviour !== undefined) return { reached, behaviour };
      const call = tailCallOf(program);
      if (call === null) return { reached, behaviour: undefined };
      const next = calls < MOST_TAIL_CALLS ? call.array.programs.get(call.index) : undefined;
      if (next === undefined) return { reached, behaviour: () => call.missed };
      reached = next.id;
    }
  }

  /** Sends a packet through one side of a device (spec 8.6). */
  sendPacket(device: Device, direction: Direction, packet: Packet = freshPacket()): PacketResult {
    return runTcx(this, device, direction, packet, this.#filters.get(device)?.[direction]);
  }

  /**
   * Sends a packet from one end of a netkit pair to the other (spec 9.5).
   *
   * @throws MprogError `ENODEV`, `ENXIO` for a device that is no netkit
   */
  transmit(ifindex: number, packet: Packet = freshPacket(), inode: string = INITIAL_NAMESPACE): NetkitResult {
    return runNetkit(this, this.#kernel.netkitEnd(ifindex, inode), packet);
  }

  /**
   * Runs what acts in a cgroup (spec 10.9).
   *
   * @throws MprogError `ENOENT` without the cgroup
   */
  runCgroup(path: string, type: CgroupAttachType, packet: Packet = freshPacket()): CgroupResult {
    const cgroup = this.#kernel.cgroups.get(path);
    if (cgroup === undefined) throw simulatedError(`run cgroup ${path}`, 'ENOENT', 'there is no such cgroup');
    return runCgroup(this, cgroup, cgroupAttachTypes[type], packet);
  }
}
