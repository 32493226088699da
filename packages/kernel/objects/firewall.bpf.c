/* Drops UDP datagrams to the ports of a block list, and lets the chain go on for everything else. */
#include "mprog.bpf.h"

struct {
	MAP_NUMBER(type, MAP_HASH);
	MAP_NUMBER(max_entries, 64);
	MAP_TYPE(key, u16); /* port, in the order of the host */
	MAP_TYPE(value, u8);
} blocked SEC(".maps");

SEC("tcx/ingress")
int firewall(struct __sk_buff *packet)
{
	struct udp_frame *frame = (void *)(long)packet->data;
	u16 port;

	if ((void *)(frame + 1) > (void *)(long)packet->data_end)
		return TCX_NEXT;
	if (frame->ether_type != NETWORK_ORDER(0x0800) || frame->version_and_length != 0x45 || frame->protocol != 17)
		return TCX_NEXT;
	port = NETWORK_ORDER(frame->destination_port);
	return map_lookup(&blocked, &port) ? TCX_DROP : TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
