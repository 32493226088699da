/** Attach types that mprog knows (spec 1.3). */
export const attachType = {
  CGROUP_INET_INGRESS: 0,
  CGROUP_INET_EGRESS: 1,
  CGROUP_INET_SOCK_CREATE: 2,
  CGROUP_DEVICE: 6,
  CGROUP_GETSOCKOPT: 21,
  CGROUP_SETSOCKOPT: 22,
  TCX_INGRESS: 46,
  TCX_EGRESS: 47,
  NETKIT_PRIMARY: 54,
  NETKIT_PEER: 55,
} as const;

/** Types of links that mprog knows (spec 1.3). */
export const linkType = { CGROUP: 3, TCX: 11, NETKIT: 13 } as const;
