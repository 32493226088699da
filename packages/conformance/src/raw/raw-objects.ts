import { cgroupAttachTypes, programType } from '@mprog/kernel';

/** A program of every raw sequence. */
export interface RawProgram {
  readonly name: string;
  readonly type: number;
  readonly value: number;
  readonly expectedAttachType?: number;
  /** Whether it has two functions, maps, and records of its functions and lines. */
  readonly rich?: boolean;
}

const schedCls = { type: programType.SCHED_CLS, value: -1 };

/** SCHED_CLS and the cgroup types, and one that fits no hook here. */
export const rawPrograms: readonly RawProgram[] = [
  ...['p0', 'p1', 'p2', 'p3', 'p4'].map((name) => ({ name, ...schedCls })),
  { name: 'f0', ...schedCls, rich: true },
  { name: 's0', type: programType.CGROUP_SKB, value: 1 },
  { name: 's1', type: programType.CGROUP_SKB, value: 1 },
  { name: 's2', type: programType.CGROUP_SKB, value: 1 },
  { name: 'e0', type: programType.CGROUP_SKB, value: 3, expectedAttachType: cgroupAttachTypes.inet_egress },
  { name: 'k0', type: programType.CGROUP_SOCK, value: 1, expectedAttachType: 2 },
  { name: 'v0', type: programType.CGROUP_DEVICE, value: 1 },
  { name: 'o0', type: programType.SOCK_OPS, value: 1 },
  { name: 'y0', type: programType.CGROUP_SYSCTL, value: 1 },
  { name: 'a0', type: programType.CGROUP_SOCK_ADDR, value: 1, expectedAttachType: 10 },
  { name: 't0', type: programType.CGROUP_SOCKOPT, value: 1, expectedAttachType: 21 },
  { name: 'x0', type: programType.SOCKET_FILTER, value: 0 },
];

/** Names of programs by the attach type of a hook that takes them. */
export const hookPrograms: ReadonlyMap<number, readonly string[]> = new Map([
  [46, ['p0', 'p1', 'p2', 'p3', 'p4', 'f0']],
  [47, ['p0', 'p1', 'p2', 'p3', 'p4', 'f0']],
  [cgroupAttachTypes.inet_ingress, ['s0', 's1', 's2', 'e0']],
  [cgroupAttachTypes.inet_egress, ['s0', 's1', 'e0']],
  [cgroupAttachTypes.inet_sock_create, ['k0']],
  [cgroupAttachTypes.device, ['v0']],
  [cgroupAttachTypes.sock_ops, ['o0']],
  [cgroupAttachTypes.sysctl, ['y0']],
  [cgroupAttachTypes.inet4_connect, ['a0']],
  [cgroupAttachTypes.getsockopt, ['t0']],
]);

/** Cgroups: `A`, its child `B`, and one that was removed. */
export const rawCgroups = ['A', 'B', 'gone'] as const;
/** Devices. */
export const rawDevices = ['d0', 'd1'] as const;
/** Everything that an fd can stand for, links aside. */
export const rawFds: readonly string[] = [
  ...rawPrograms.map(({ name }) => name),
  ...rawCgroups,
  'm0',
  'm1',
  'b0',
  'b1',
  'file',
  'bogus',
];

/** What kind of object a name means. */
export function kindOf(name: string): 'program' | 'link' | 'map' | 'btf' | 'other' {
  if (/^l\d/.test(name)) return 'link';
  if (/^m\d/.test(name)) return 'map';
  if (/^b\d/.test(name)) return 'btf';
  return rawPrograms.some((program) => program.name === name) ? 'program' : 'other';
}
