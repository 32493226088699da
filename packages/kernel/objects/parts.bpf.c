/* A program of several functions with variables: an own function is called, constants and counters are read and written. */
#include "mprog.bpf.h"

const volatile u32 limit = 1500;
u64 seen = 7;
u64 dropped;

__attribute__((noinline)) int is_long(u32 length)
{
	return length > limit;
}

static __attribute__((noinline)) int judge(struct __sk_buff *packet)
{
	if (!is_long(packet->len))
		return TCX_NEXT;
	dropped++;
	return TCX_DROP;
}

SEC("tcx/ingress")
int parts(struct __sk_buff *packet)
{
	seen++;
	return judge(packet);
}

char license_text[] SEC("license") = "Dual MIT/GPL";
