/* Accepts every packet, which ends the chain. */
#include "mprog.bpf.h"

SEC("tcx/ingress")
int stop(struct __sk_buff *packet)
{
	return TCX_PASS;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
