/* Sections whose attach types libbpf 1.1 does not know, and the older ones for classic tc. */
#include "mprog.bpf.h"

SEC("netkit/primary")
int at_primary(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

SEC("netkit/peer")
int at_peer(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

SEC("tc")
int at_tc(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

SEC("classifier")
int at_classifier(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
