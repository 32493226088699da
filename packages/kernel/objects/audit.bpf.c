/* Two programs in one object: bytes that come in and bytes that go out, in one map. */
#include "mprog.bpf.h"

struct {
	MAP_NUMBER(type, MAP_ARRAY);
	MAP_NUMBER(max_entries, 2);
	MAP_TYPE(key, u32); /* 0 inbound, 1 outbound */
	MAP_TYPE(value, u64);
} bytes SEC(".maps");

static ALWAYS_INLINE int add(struct __sk_buff *packet, u32 key)
{
	u64 *value = map_lookup(&bytes, &key);

	if (value)
		__sync_fetch_and_add(value, packet->len);
	return TCX_NEXT;
}

SEC("tcx/ingress")
int audit_in(struct __sk_buff *packet)
{
	return add(packet, 0);
}

SEC("tcx/egress")
int audit_out(struct __sk_buff *packet)
{
	return add(packet, 1);
}

char license_text[] SEC("license") = "Dual MIT/GPL";
