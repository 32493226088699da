/* For a cgroup: allows every packet that its processes send. */
#include "mprog.bpf.h"

SEC("cgroup_skb/egress")
int meter(struct __sk_buff *packet)
{
	return 1;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
