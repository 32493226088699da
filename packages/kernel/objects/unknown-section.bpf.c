/* A section that stands for no program type. */
#include "mprog.bpf.h"

SEC("somewhere")
int nowhere(struct __sk_buff *packet)
{
	return TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
