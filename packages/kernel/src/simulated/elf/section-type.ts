import { attachType } from '../../abi/attach-type.js';
import { programType } from '../../abi/program-type.js';

/** Program type and attach type that a section of an object stands for. */
export interface SectionType {
  readonly type: number;
  readonly expectedAttachType: number;
}

const { CGROUP_DEVICE, CGROUP_SKB, CGROUP_SOCK, CGROUP_SOCK_ADDR, CGROUP_SOCKOPT, SCHED_CLS, XDP } =
  programType;

/** Names of sections as libbpf reads them: the whole name, or what stands before a further `/`. */
const sections: Readonly<Record<string, readonly [type: number, expectedAttachType: number]>> = {
  tc: [SCHED_CLS, 0],
  classifier: [SCHED_CLS, 0],
  'tc/ingress': [SCHED_CLS, attachType.TCX_INGRESS],
  'tc/egress': [SCHED_CLS, attachType.TCX_EGRESS],
  'tcx/ingress': [SCHED_CLS, attachType.TCX_INGRESS],
  'tcx/egress': [SCHED_CLS, attachType.TCX_EGRESS],
  'netkit/primary': [SCHED_CLS, attachType.NETKIT_PRIMARY],
  'netkit/peer': [SCHED_CLS, attachType.NETKIT_PEER],
  action: [programType.SCHED_ACT, 0],
  socket: [programType.SOCKET_FILTER, 0],
  xdp: [XDP, 37],
  'xdp.frags': [XDP, 37],
  'xdp/devmap': [XDP, 33],
  'xdp/cpumap': [XDP, 35],
  lwt_in: [programType.LWT_IN, 0],
  lwt_out: [programType.LWT_OUT, 0],
  lwt_xmit: [programType.LWT_XMIT, 0],
  sockops: [programType.SOCK_OPS, 3],
  sk_msg: [programType.SK_MSG, 7],
  sk_lookup: [programType.SK_LOOKUP, 36],
  flow_dissector: [programType.FLOW_DISSECTOR, 17],
  'cgroup/skb': [CGROUP_SKB, 0],
  'cgroup_skb/ingress': [CGROUP_SKB, attachType.CGROUP_INET_INGRESS],
  'cgroup_skb/egress': [CGROUP_SKB, attachType.CGROUP_INET_EGRESS],
  'cgroup/sock': [CGROUP_SOCK, attachType.CGROUP_INET_SOCK_CREATE],
  'cgroup/sock_create': [CGROUP_SOCK, attachType.CGROUP_INET_SOCK_CREATE],
  'cgroup/sock_release': [CGROUP_SOCK, 34],
  'cgroup/post_bind4': [CGROUP_SOCK, 12],
  'cgroup/post_bind6': [CGROUP_SOCK, 13],
  'cgroup/dev': [CGROUP_DEVICE, attachType.CGROUP_DEVICE],
  'cgroup/sysctl': [programType.CGROUP_SYSCTL, 18],
  'cgroup/getsockopt': [CGROUP_SOCKOPT, attachType.CGROUP_GETSOCKOPT],
  'cgroup/setsockopt': [CGROUP_SOCKOPT, attachType.CGROUP_SETSOCKOPT],
  'cgroup/bind4': [CGROUP_SOCK_ADDR, 8],
  'cgroup/bind6': [CGROUP_SOCK_ADDR, 9],
  'cgroup/connect4': [CGROUP_SOCK_ADDR, 10],
  'cgroup/connect6': [CGROUP_SOCK_ADDR, 11],
  'cgroup/sendmsg4': [CGROUP_SOCK_ADDR, 14],
  'cgroup/sendmsg6': [CGROUP_SOCK_ADDR, 15],
  'cgroup/recvmsg4': [CGROUP_SOCK_ADDR, 19],
  'cgroup/recvmsg6': [CGROUP_SOCK_ADDR, 20],
  kprobe: [programType.KPROBE, 0],
  kretprobe: [programType.KPROBE, 0],
  tracepoint: [programType.TRACEPOINT, 0],
  tp: [programType.TRACEPOINT, 0],
  raw_tracepoint: [programType.RAW_TRACEPOINT, 0],
  raw_tp: [programType.RAW_TRACEPOINT, 0],
  perf_event: [programType.PERF_EVENT, 0],
  syscall: [programType.SYSCALL, 0],
};

/**
 * What a section stands for; type 0 when its name says nothing.
 *
 * @param section name of the section; a leading `?`, which switches autoloading off, does not count
 */
export function sectionType(section: string): SectionType {
  const name = section.startsWith('?') ? section.slice(1) : section;
  for (let end = name.length; end > 0; end = name.lastIndexOf('/', end - 1)) {
    const key = name.slice(0, end);
    const known = Object.hasOwn(sections, key) ? sections[key] : undefined;
    if (known !== undefined) return { type: known[0], expectedAttachType: known[1] };
  }
  return { type: programType.UNSPEC, expectedAttachType: 0 };
}
