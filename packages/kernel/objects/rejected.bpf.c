/* Reads a packet without looking where it ends: the verifier rejects it. */
#include "mprog.bpf.h"

SEC("tcx/ingress")
int reads_too_far(struct __sk_buff *packet)
{
	struct udp_frame *frame = (void *)(long)packet->data;

	return frame->destination_port == NETWORK_ORDER(53) ? TCX_DROP : TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
