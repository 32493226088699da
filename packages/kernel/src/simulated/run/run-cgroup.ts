import { attachType as types } from '../../abi/attach-type.js';
import { effectiveEntries } from '../layers/cgroup-hierarchy.js';
import { type Cgroup, programOf } from '../objects/cgroup.js';
import type { Packet } from '../packet.js';
import type { Runtime } from './runtime.js';

/** A program that ran in a cgroup. */
export interface CgroupProgramRun {
  readonly program: number;
  /** Path of the cgroup whose list it is in. */
  readonly cgroup: string;
  readonly value: number;
}

/** What the programs of a cgroup made of something. */
export interface CgroupResult {
  /** `refused`: whoever asked gets EPERM; `dropped`: a packet that vanishes without a word to its sender. */
  readonly fate: 'allowed' | 'refused' | 'dropped';
  /** Whether a program of inet_egress hinted at congestion. */
  readonly congested: boolean;
  /** Every effective program, in run order. */
  readonly ran: readonly CgroupProgramRun[];
}

/** Runs what acts in a cgroup: every program, and each of them must allow (spec 10.9). */
export function runCgroup(
  runtime: Runtime,
  cgroup: Cgroup,
  attachType: number,
  packet: Packet,
): CgroupResult {
  const ran = effectiveEntries(cgroup, attachType).map(({ entry, cgroup: owner }): CgroupProgramRun => {
    const { id } = programOf(entry);
    return { program: id, cgroup: owner.path, value: runtime.runProgram(id, packet) };
  });
  const isEgress = attachType === types.CGROUP_INET_EGRESS;
  const allowed = ran.every(({ value }) => (isEgress ? (value & 1) !== 0 : value !== 0));
  const congested = isEgress && ran.some(({ value }) => (value & 2) !== 0);
  const silent = congested || attachType === types.CGROUP_INET_INGRESS;
  return { fate: allowed ? 'allowed' : silent ? 'dropped' : 'refused', congested, ran };
}
