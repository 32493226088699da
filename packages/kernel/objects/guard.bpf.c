/* Counts UDP datagrams, and drops those to odd ports: none of them may ever come through. */
#include "mprog.bpf.h"

struct {
	MAP_NUMBER(type, MAP_ARRAY);
	MAP_NUMBER(max_entries, 2);
	MAP_TYPE(key, u32); /* 0 to even ports, 1 to odd ones */
	MAP_TYPE(value, u64);
} seen SEC(".maps");

SEC("tcx/ingress")
int guard(struct __sk_buff *packet)
{
	struct udp_frame *frame = (void *)(long)packet->data;
	u32 odd;
	u64 *datagrams;

	if ((void *)(frame + 1) > (void *)(long)packet->data_end)
		return TCX_NEXT;
	if (frame->ether_type != NETWORK_ORDER(0x0800) || frame->version_and_length != 0x45 || frame->protocol != 17)
		return TCX_NEXT;
	odd = NETWORK_ORDER(frame->destination_port) & 1;
	datagrams = map_lookup(&seen, &odd);
	if (datagrams)
		__sync_fetch_and_add(datagrams, 1);
	return odd ? TCX_DROP : TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
