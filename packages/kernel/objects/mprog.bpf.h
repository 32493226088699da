/* What the programs beside this file need of the kernel's interface, and nothing else. */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define SEC(name) __attribute__((section(name), used))
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Maps are described by the types of the members of a structure. */
#define MAP_NUMBER(name, value) int(*name)[value]
#define MAP_TYPE(name, type) type *name

enum { MAP_HASH = 1, MAP_ARRAY = 2 };

/* Return values of tcx programs. */
enum { TCX_NEXT = -1, TCX_PASS = 0, TCX_DROP = 2 };
enum { XDP_VERDICT_PASS = 2 };

static void *(*map_lookup)(void *map, const void *key) = (void *)1;

/* Context of tcx programs; the fields in between are not read here. */
struct __sk_buff {
	u32 len;
	u32 unread[18];
	u32 data;
	u32 data_end;
};

struct xdp_md {
	u32 data;
	u32 data_end;
};

/* Ethernet, IPv4 without options, and the UDP header, as they stand in a packet. */
struct udp_frame {
	u8 destination[6], source[6];
	u16 ether_type;
	u8 version_and_length, service;
	u16 length, id, fragment;
	u8 time_to_live, protocol;
	u16 header_checksum;
	u32 source_address, destination_address;
	u16 source_port, destination_port;
	u16 udp_length, udp_checksum;
} __attribute__((packed));

#define NETWORK_ORDER(value) __builtin_bswap16(value)

/* Adds one to entry 0 of a map of 64-bit numbers. */
static ALWAYS_INLINE void count(void *map)
{
	u32 key = 0;
	u64 *value = map_lookup(map, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
}
