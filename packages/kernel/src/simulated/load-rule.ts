import { programType } from '../abi/program-type.js';
import type { Capability } from '../world.js';

/** What PROG_LOAD asks for a type of program (spec 15.1.1). */
export interface LoadRule {
  /** Whether this kernel has programs of the type. */
  readonly known: boolean;
  /** Capability needed besides CAP_BPF. */
  readonly capability: Capability | null;
  /** Whether an expected attach type may be given. */
  allows(expectedAttachType: number): boolean;
  /** The expected attach type that is kept for one that was given. */
  attachTypeOf(given: number): number;
}

function rule(capability: Capability | null, allowed?: readonly number[], known: boolean = true): LoadRule {
  return {
    known,
    capability,
    allows: (given) => allowed === undefined || allowed.includes(given),
    attachTypeOf: (given) => given,
  };
}

const unknown = rule(null, undefined, false);
const network = rule('CAP_NET_ADMIN');
const tracing = rule('CAP_PERFMON');
const SOCK_CREATE = 2;

const rules: ReadonlyMap<number, LoadRule> = new Map([
  [programType.SOCKET_FILTER, rule(null)],
  [programType.SK_REUSEPORT, rule(null, [0, 39, 40])],
  [programType.CGROUP_SKB, rule(null, [0, 1])],
  [programType.SCHED_CLS, network],
  [programType.SCHED_ACT, network],
  [programType.XDP, network],
  [programType.CGROUP_DEVICE, network],
  [programType.LWT_IN, network],
  [programType.LWT_OUT, network],
  [programType.LWT_XMIT, network],
  [programType.LWT_SEG6LOCAL, network],
  [programType.SOCK_OPS, network],
  [programType.SK_SKB, network],
  [programType.SK_MSG, network],
  [programType.FLOW_DISSECTOR, network],
  [programType.CGROUP_SYSCTL, network],
  [
    programType.CGROUP_SOCK,
    { ...rule('CAP_NET_ADMIN', [0, SOCK_CREATE, 12, 13, 34]), attachTypeOf: (given) => given || SOCK_CREATE },
  ],
  [
    programType.CGROUP_SOCK_ADDR,
    rule('CAP_NET_ADMIN', [8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53]),
  ],
  [programType.CGROUP_SOCKOPT, rule('CAP_NET_ADMIN', [21, 22])],
  [programType.SK_LOOKUP, rule(null, [36])],
  [programType.NETFILTER, rule('CAP_NET_ADMIN', [45])],
  [programType.KPROBE, tracing],
  [programType.TRACEPOINT, tracing],
  [programType.PERF_EVENT, tracing],
  [programType.RAW_TRACEPOINT, tracing],
  [programType.RAW_TRACEPOINT_WRITABLE, tracing],
  [programType.SYSCALL, rule(null, [0])],
]);

/** The rule for a type; types that this kernel does not have get as far as the check of the type itself. */
export function loadRuleOf(type: number): LoadRule {
  return rules.get(type) ?? unknown;
}
