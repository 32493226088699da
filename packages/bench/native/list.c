/*
 * The baseline of listing: every device of the network namespace by netlink, both tcx hooks of each by bpf(2), and a line
 * `tcx/ingress@NAME ID:NAME ID:NAME` for every hook that has programs.
 *
 * With an argument it lists once, to standard output. Without, it answers a line `PATH TIMES` on standard input by a line
 * `nanoseconds` on standard output: how much CPU time it took to write that many lists to the file.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES 64
#define RECEIVE (128 * 1024)

/* Headers of some machines are older than tcx. */
enum command { OPEN_PROGRAM = 13, READ_INFO = 15, QUERY = 16 };
enum type { TCX_INGRESS = 46, TCX_EGRESS = 47 };

struct query {
	uint32_t target, type, query_flags, attach_flags;
	uint64_t programs;
	uint32_t count, padding;
	uint64_t program_flags, links, link_flags, revision;
};

struct program {
	char before[64];
	char name[16];
	char after[152];
};

struct device {
	uint32_t ifindex;
	char name[IFNAMSIZ];
};

struct devices {
	size_t count, room;
	struct device *all;
};

static long bpf(enum command command, void *attr, unsigned size)
{
	return syscall(SYS_bpf, command, attr, size);
}

static void add_device(struct devices *devices, struct nlmsghdr *message)
{
	struct ifinfomsg *head = NLMSG_DATA(message);
	struct rtattr *attribute = IFLA_RTA(head);
	unsigned length = IFLA_PAYLOAD(message);

	if (devices->count == devices->room) {
		devices->room = devices->room ? 2 * devices->room : 64;
		devices->all = realloc(devices->all, devices->room * sizeof(*devices->all));
		if (!devices->all)
			abort();
	}
	struct device *device = &devices->all[devices->count++];
	*device = (struct device){ .ifindex = head->ifi_index };
	for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length))
		if (attribute->rta_type == IFLA_IFNAME)
			snprintf(device->name, sizeof(device->name), "%s", (char *)RTA_DATA(attribute));
}

static int by_ifindex(const void *a, const void *b)
{
	uint32_t left = ((const struct device *)a)->ifindex, right = ((const struct device *)b)->ifindex;
	return (left > right) - (left < right);
}

static void dump_devices(struct devices *devices)
{
	static char buffer[RECEIVE] __attribute__((aligned(8)));
	struct { struct nlmsghdr head; struct ifinfomsg link; } request = {
		.head = { sizeof(request), RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }
	};
	int done = 0, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	devices->count = 0;
	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		abort();
	while (!done) {
		int length = recv(fd, buffer, sizeof(buffer), 0);
		if (length < 0)
			abort();
		struct nlmsghdr *message = (struct nlmsghdr *)buffer;
		for (; NLMSG_OK(message, (unsigned)length); message = NLMSG_NEXT(message, length)) {
			if (message->nlmsg_type == NLMSG_DONE)
				done = 1;
			else if (message->nlmsg_type == RTM_NEWLINK)
				add_device(devices, message);
		}
	}
	close(fd);
	qsort(devices->all, devices->count, sizeof(*devices->all), by_ifindex);
}

static void print_program(FILE *out, uint32_t id)
{
	struct { uint32_t id, next, flags; } open = { .id = id };
	struct program info = { .name = "" };
	int fd = bpf(OPEN_PROGRAM, &open, sizeof(open));
	struct { uint32_t fd, length; uint64_t info; } read = {
		.fd = fd, .length = sizeof(info), .info = (uintptr_t)&info
	};

	if (fd >= 0 && bpf(READ_INFO, &read, sizeof(read)) == 0)
		fprintf(out, " %u:%s", id, info.name);
	close(fd);
}

static void print_hook(FILE *out, const struct device *device, enum type type)
{
	static uint32_t programs[ENTRIES], links[ENTRIES];
	struct query attr = {
		.target = device->ifindex, .type = type, .count = ENTRIES,
		.programs = (uintptr_t)programs, .links = (uintptr_t)links
	};

	if (bpf(QUERY, &attr, sizeof(attr)) || attr.count == 0)
		return;
	fprintf(out, "tcx/%s@%s", type == TCX_INGRESS ? "ingress" : "egress", device->name);
	for (uint32_t i = 0; i < attr.count; i++)
		print_program(out, programs[i]);
	fputc('\n', out);
}

static void list(FILE *out)
{
	static struct devices devices;

	dump_devices(&devices);
	for (size_t i = 0; i < devices.count; i++) {
		print_hook(out, &devices.all[i], TCX_INGRESS);
		print_hook(out, &devices.all[i], TCX_EGRESS);
	}
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

int main(int count, char **arguments)
{
	char path[4096];
	long times;

	(void)arguments;
	if (count > 1) {
		list(stdout);
		return 0;
	}
	while (scanf("%4095s %ld", path, &times) == 2) {
		FILE *out = fopen(path, "w");
		if (!out)
			return 1;
		int64_t begin = now();
		for (long i = 0; i < times; i++)
			list(out);
		fflush(out);
		printf("%lld\n", (long long)(now() - begin));
		fflush(stdout);
		fclose(out);
	}
	return 0;
}
