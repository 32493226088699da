import { programType } from './program-type.js';

const {
  CGROUP_SKB,
  CGROUP_SOCK,
  CGROUP_SOCK_ADDR,
  CGROUP_SOCKOPT,
  CGROUP_DEVICE,
  CGROUP_SYSCTL,
  FLOW_DISSECTOR,
  LIRC_MODE2,
  LSM,
  SCHED_CLS,
  SK_LOOKUP,
  SK_MSG,
  SK_SKB,
  SOCK_OPS,
  TRACING,
  XDP,
} = programType;

const programTypes: ReadonlyMap<number, number> = new Map([
  [0, CGROUP_SKB],
  [1, CGROUP_SKB],
  [2, CGROUP_SOCK],
  [3, SOCK_OPS],
  [4, SK_SKB],
  [5, SK_SKB],
  [6, CGROUP_DEVICE],
  [7, SK_MSG],
  [8, CGROUP_SOCK_ADDR],
  [9, CGROUP_SOCK_ADDR],
  [10, CGROUP_SOCK_ADDR],
  [11, CGROUP_SOCK_ADDR],
  [12, CGROUP_SOCK],
  [13, CGROUP_SOCK],
  [14, CGROUP_SOCK_ADDR],
  [15, CGROUP_SOCK_ADDR],
  [16, LIRC_MODE2],
  [17, FLOW_DISSECTOR],
  [18, CGROUP_SYSCTL],
  [19, CGROUP_SOCK_ADDR],
  [20, CGROUP_SOCK_ADDR],
  [21, CGROUP_SOCKOPT],
  [22, CGROUP_SOCKOPT],
  [23, TRACING],
  [24, TRACING],
  [25, TRACING],
  [26, TRACING],
  [27, LSM],
  [28, TRACING],
  [29, CGROUP_SOCK_ADDR],
  [30, CGROUP_SOCK_ADDR],
  [31, CGROUP_SOCK_ADDR],
  [32, CGROUP_SOCK_ADDR],
  [34, CGROUP_SOCK],
  [36, SK_LOOKUP],
  [37, XDP],
  [38, SK_SKB],
  [43, LSM],
  [46, SCHED_CLS],
  [47, SCHED_CLS],
  [49, CGROUP_SOCK_ADDR],
  [50, CGROUP_SOCK_ADDR],
  [51, CGROUP_SOCK_ADDR],
  [52, CGROUP_SOCK_ADDR],
  [53, CGROUP_SOCK_ADDR],
  [54, SCHED_CLS],
  [55, SCHED_CLS],
]);

/** The program type that an attach type of PROG_ATTACH stands for, 0 for none (spec 7.1 #2). */
export function programTypeOf(attachType: number): number {
  return programTypes.get(attachType) ?? programType.UNSPEC;
}

const cgroupTypes: ReadonlySet<number> = new Set([
  CGROUP_SKB,
  CGROUP_SOCK,
  CGROUP_SOCK_ADDR,
  CGROUP_SOCKOPT,
  CGROUP_DEVICE,
  CGROUP_SYSCTL,
  SOCK_OPS,
]);

/** Whether an attach type belongs to the cgroup layer (spec 10). */
export function isCgroupAttachType(attachType: number): boolean {
  return attachType === 43 || cgroupTypes.has(programTypeOf(attachType));
}
