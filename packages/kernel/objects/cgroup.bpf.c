/* Programs for several hooks of a cgroup: one that counts what goes out, one that refuses a port, and some that allow. */
#include "mprog.bpf.h"

enum { REFUSE = 0, ALLOW = 1 };
enum { TELNET = 23 };

/* Context of programs that are asked about an address; the fields in front are not read here. */
struct bpf_sock_addr {
	u32 unread[6];
	u32 user_port;
};

struct {
	MAP_NUMBER(type, MAP_ARRAY);
	MAP_NUMBER(max_entries, 1);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, u64);
} sent SEC(".maps");

SEC("cgroup_skb/egress")
int count_out(struct __sk_buff *packet)
{
	count(&sent);
	return ALLOW;
}

/* A program of a cgroup sees the packet from its IP header on. */
SEC("cgroup_skb/egress")
int short_out(struct __sk_buff *packet)
{
	return packet->len <= 1500 ? ALLOW : REFUSE;
}

SEC("cgroup_skb/ingress")
int allow_in(struct __sk_buff *packet)
{
	return ALLOW;
}

SEC("cgroup/connect4")
int no_telnet(struct bpf_sock_addr *address)
{
	return address->user_port == NETWORK_ORDER(TELNET) ? REFUSE : ALLOW;
}

SEC("sockops")
int watch(void *context)
{
	return ALLOW;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
