/** Attach types of the cgroup layer by the names that hooks have (spec 10). */
export const cgroupAttachTypes = {
  inet_ingress: 0,
  inet_egress: 1,
  inet_sock_create: 2,
  sock_ops: 3,
  device: 6,
  inet4_bind: 8,
  inet6_bind: 9,
  inet4_connect: 10,
  inet6_connect: 11,
  inet4_post_bind: 12,
  inet6_post_bind: 13,
  udp4_sendmsg: 14,
  udp6_sendmsg: 15,
  sysctl: 18,
  udp4_recvmsg: 19,
  udp6_recvmsg: 20,
  getsockopt: 21,
  setsockopt: 22,
  inet4_getpeername: 29,
  inet6_getpeername: 30,
  inet4_getsockname: 31,
  inet6_getsockname: 32,
  inet_sock_release: 34,
  unix_connect: 49,
  unix_sendmsg: 50,
  unix_recvmsg: 51,
  unix_getpeername: 52,
  unix_getsockname: 53,
} as const;

/** Name of an attach type of the cgroup layer. */
export type CgroupAttachType = keyof typeof cgroupAttachTypes;

const names: ReadonlyMap<number, CgroupAttachType> = new Map(
  Object.entries(cgroupAttachTypes).map(([name, number]) => [number, name as CgroupAttachType]),
);

/** The name of an attach type; undefined for one of another layer. */
export function cgroupAttachTypeName(attachType: number): CgroupAttachType | undefined {
  return names.get(attachType);
}
