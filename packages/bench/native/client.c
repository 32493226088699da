/*
 * The baseline of the kernel client: bpf(2) called in a loop, with the attr filled in as one would write it.
 *
 * It answers a line on standard input by a line `nanoseconds check` on standard output. The time is CPU time, except
 * for `wait`, which waits for the kernel and is timed by the clock. Programs are named by their ids.
 *
 *   query IFINDEX TIMES               reads the chain of tcx ingress; the check depends on all that was read
 *   replace IFINDEX OLD NEW TIMES     puts NEW in the place of OLD and back
 *   refused IFINDEX PROGRAM TIMES     attaches what is attached; the check counts the refusals
 *   cgroup PATH PROGRAM TIMES         attaches to inet_egress and detaches
 *   thread 0 0                        starts a second thread, which sleeps
 *   wait IFINDEX PROGRAM TIMES        attaches to tcx ingress and detaches; the check is the time of the detaches
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES 64

/* Headers of some machines are older than tcx. */
enum command { ATTACH = 8, DETACH = 9, OPEN_PROGRAM = 13, QUERY = 16 };
enum type { INET_EGRESS = 1, TCX_INGRESS = 46 };
enum flag { ALLOW_MULTI = 2, REPLACE = 4 };

struct attach {
	uint32_t target, program, type, flags, replace, relative;
	uint64_t revision;
};

struct query {
	uint32_t target, type, query_flags, attach_flags;
	uint64_t programs;
	uint32_t count, padding;
	uint64_t program_flags, links, link_flags, revision;
};

static long bpf(enum command command, void *attr, unsigned size)
{
	return syscall(SYS_bpf, command, attr, size);
}

static int open_program(uint32_t id)
{
	struct { uint32_t id, next, flags; } attr = { .id = id };
	return (int)bpf(OPEN_PROGRAM, &attr, sizeof(attr));
}

static long attach(uint32_t target, enum type type, int program, int replace, uint32_t flags)
{
	struct attach attr = {
		.target = target, .program = program, .type = type, .replace = replace, .flags = flags
	};
	return bpf(ATTACH, &attr, sizeof(attr));
}

static long detach(uint32_t target, enum type type, int program)
{
	struct attach attr = { .target = target, .program = program, .type = type };
	return bpf(DETACH, &attr, sizeof(attr));
}

static uint64_t query(uint32_t target, enum type type)
{
	static uint32_t programs[ENTRIES], links[ENTRIES];
	struct query attr = {
		.target = target, .type = type, .count = ENTRIES,
		.programs = (uintptr_t)programs, .links = (uintptr_t)links
	};
	if (bpf(QUERY, &attr, sizeof(attr)))
		return 0;
	uint64_t check = attr.revision + attr.count;
	for (uint32_t i = 0; i < attr.count; i++)
		check += programs[i] + links[i];
	return check;
}

static int64_t now(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static void *sleep_forever(void *unused)
{
	pause();
	return unused;
}

int main(void)
{
	pthread_t thread;
	char verb[16], target[4096];
	uint32_t a, b;
	long times;

	while (scanf("%15s %4095s", verb, target) == 2) {
		uint32_t ifindex = 0;
		int program = -1, other = -1, cgroup = -1;
		uint64_t check = 0;

		sscanf(target, "%u", &ifindex);
		if (!strcmp(verb, "thread") && pthread_create(&thread, NULL, sleep_forever, NULL))
			return 1;
		if (strcmp(verb, "query") && strcmp(verb, "thread") && scanf("%u", &a) == 1)
			program = open_program(a);
		if (!strcmp(verb, "replace") && scanf("%u", &b) == 1)
			other = open_program(b);
		if (!strcmp(verb, "cgroup"))
			cgroup = open(target, O_RDONLY | O_DIRECTORY);
		if (scanf("%ld", &times) != 1)
			return 1;

		int64_t begin = now(CLOCK_PROCESS_CPUTIME_ID), time = 0;
		if (!strcmp(verb, "query")) {
			for (long i = 0; i < times; i++)
				check += query(ifindex, TCX_INGRESS);
		} else if (!strcmp(verb, "replace")) {
			for (long i = 0; i < times; i += 2) {
				check += attach(ifindex, TCX_INGRESS, other, program, REPLACE) == 0;
				check += attach(ifindex, TCX_INGRESS, program, other, REPLACE) == 0;
			}
		} else if (!strcmp(verb, "refused")) {
			for (long i = 0; i < times; i++)
				check += attach(ifindex, TCX_INGRESS, program, 0, 0) && errno == EEXIST;
		} else if (!strcmp(verb, "cgroup")) {
			for (long i = 0; i < times; i++) {
				check += attach(cgroup, INET_EGRESS, program, 0, ALLOW_MULTI) == 0;
				check += detach(cgroup, INET_EGRESS, program) == 0;
			}
		} else if (!strcmp(verb, "wait")) {
			for (long i = 0; i < times; i++) {
				int64_t start = now(CLOCK_MONOTONIC);
				if (attach(ifindex, TCX_INGRESS, program, 0, 0))
					return 1;
				int64_t middle = now(CLOCK_MONOTONIC);
				if (detach(ifindex, TCX_INGRESS, program))
					return 1;
				check += now(CLOCK_MONOTONIC) - middle;
				time += middle - start;
			}
		}
		if (time == 0)
			time = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
		printf("%lld %llu\n", (long long)time, (unsigned long long)check);
		fflush(stdout);
		close(program);
		close(other);
		close(cgroup);
	}
	return 0;
}
