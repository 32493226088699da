/* Counts packets and lets the chain go on. */
#include "mprog.bpf.h"

struct {
	MAP_NUMBER(type, MAP_ARRAY);
	MAP_NUMBER(max_entries, 1);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, u64);
} packets SEC(".maps");

SEC("tcx/ingress")
int telemetry(struct __sk_buff *packet)
{
	count(&packets);
	return TCX_NEXT;
}

char license_text[] SEC("license") = "Dual MIT/GPL";
