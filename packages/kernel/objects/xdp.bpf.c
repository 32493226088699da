/* A program of a type that no tcx hook takes. */
#include "mprog.bpf.h"

SEC("xdp")
int xdp_pass(struct xdp_md *packet)
{
	return XDP_VERDICT_PASS;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
