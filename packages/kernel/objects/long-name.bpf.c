/* The kernel keeps 15 characters of a name; the whole one is in the type information. */
#include "mprog.bpf.h"

SEC("tcx/ingress")
int account_for_every_packet(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
