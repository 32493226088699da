/*
 * The baseline of the engine: the same rules in plain C, as one would write them. Arrays of pointers, memmove, atomic
 * reference counts; built with -O2.
 *
 * It answers a line `TAPE PASSES STYLE` on standard input by a line `nanoseconds check` on standard output: how much CPU
 * time so many passes over the tape took, each on an empty chain, and a number that depends on every result. With 0 passes
 * it prints the result of every operation of one pass and then the chain instead.
 *
 * STYLE is `plain`: changed in place, with references for what is attached alone; or `kernel`: two arrays of programs, of
 * which the idle one is written and then published, and references also for what a request names while it is worked on.
 *
 * A tape is a file of eight 32-bit integers for each operation; src/engine/entry.ts says what they are.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CAPACITY 63
#define HANDLES 256
#define UNFIXED -2

enum verb { ATTACH, DETACH, QUERY };
enum flag { BEFORE = 1, AFTER = 2, QUALIFIED = 4 };

struct object {
	atomic_long references;
	int32_t id;
};

struct chain {
	int count;
	uint64_t revision;
	struct object **programs;
	struct object *sides[2][CAPACITY + 1];
	struct object *links[CAPACITY + 1];
};

enum style { PLAIN, KERNEL };

struct request {
	int32_t verb, program, link, replace, flags, relative, revision, unused;
};

static struct object programs[HANDLES], links[HANDLES];

static int find(struct object *const *objects, int count, const struct object *wanted)
{
	for (int i = 0; i < count; i++)
		if (objects[i] == wanted)
			return i;
	return -1;
}

static void hold(struct object *object)
{
	if (object)
		atomic_fetch_add(&object->references, 1);
}

static void release(struct object *object)
{
	if (object)
		atomic_fetch_sub(&object->references, 1);
}

static int find_relative(const struct chain *chain, int32_t relative)
{
	return relative < 0 ? find(chain->links, chain->count, &links[-relative])
			    : find(chain->programs, chain->count, &programs[relative]);
}

static int agree(const struct chain *chain, const struct request *request, int fixed, int *position)
{
	*position = fixed;
	if (!(request->flags & (BEFORE | AFTER)))
		return 0;
	int anchor = request->relative ? find_relative(chain, request->relative) : -1;
	if (request->relative && anchor < 0)
		return -ENOENT;
	if (request->flags & BEFORE) {
		int wanted = request->relative ? anchor - 1 : -1;
		if (*position != UNFIXED && *position != wanted)
			return -ERANGE;
		*position = wanted;
	}
	if (request->flags & AFTER) {
		int wanted = request->relative ? anchor + 1 : chain->count;
		if (*position != UNFIXED && *position != wanted)
			return -ERANGE;
		*position = wanted;
	}
	return 0;
}

static struct object *object_of(int32_t relative)
{
	return relative < 0 ? &links[-relative] : relative ? &programs[relative] : NULL;
}

static inline void make_room(struct chain *chain, int index, struct object *program, enum style style)
{
	struct object **to = chain->programs;
	size_t behind = (size_t)(chain->count - index) * sizeof(struct object *);
	if (style == KERNEL) {
		to = chain->programs == chain->sides[0] ? chain->sides[1] : chain->sides[0];
		memcpy(to, chain->programs, sizeof(chain->sides[0]));
	}
	memmove(&to[index + 1], &to[index], behind);
	to[index] = program;
	chain->programs = to;
}

static inline void close_gap(struct chain *chain, int index, enum style style)
{
	struct object **to = chain->programs;
	size_t behind = (size_t)(chain->count - index - 1) * sizeof(struct object *);
	if (style == KERNEL) {
		to = chain->programs == chain->sides[0] ? chain->sides[1] : chain->sides[0];
		memcpy(to, chain->programs, sizeof(chain->sides[0]));
	}
	memmove(&to[index], &to[index + 1], behind);
	chain->programs = to;
}

static inline int attach(struct chain *chain, const struct request *request, enum style style)
{
	struct object *program = &programs[request->program];
	struct object *link = request->link ? &links[request->link] : NULL;
	int fixed = UNFIXED, position;

	if (request->revision && (uint32_t)request->revision != chain->revision)
		return -ESTALE;
	if (find(chain->programs, chain->count, program) >= 0)
		return -EEXIST;
	if (request->replace) {
		fixed = find(chain->programs, chain->count, &programs[request->replace]);
		if (fixed < 0)
			return -ENOENT;
		if (chain->links[fixed] != link)
			return -EBUSY;
	} else if (chain->count >= CAPACITY) {
		return -ERANGE;
	}
	int error = agree(chain, request, fixed, &position);
	if (error)
		return error;
	if (position == UNFIXED && (request->relative || request->flags & QUALIFIED))
		return -EINVAL;
	hold(program);
	if (request->replace) {
		release(chain->programs[fixed]);
		chain->programs[fixed] = program;
		chain->revision++;
		return fixed;
	}
	hold(link);
	int index = position == UNFIXED ? chain->count : request->flags & BEFORE ? position + 1 : position;
	make_room(chain, index, program, style);
	memmove(&chain->links[index + 1], &chain->links[index],
		(size_t)(chain->count - index) * sizeof(struct object *));
	chain->links[index] = link;
	chain->count++;
	chain->revision++;
	return index;
}

static inline int detach(struct chain *chain, const struct request *request, enum style style)
{
	struct object *link = request->link ? &links[request->link] : NULL;
	int fixed = UNFIXED, position;

	if (request->revision && (uint32_t)request->revision != chain->revision)
		return -ESTALE;
	if (chain->count == 0)
		return -ENOENT;
	if (request->program) {
		fixed = find(chain->programs, chain->count, &programs[request->program]);
		if (fixed < 0)
			return -ENOENT;
		if (chain->links[fixed] != link)
			return -EBUSY;
	}
	int error = agree(chain, request, fixed, &position);
	if (error)
		return error;
	if (position == UNFIXED) {
		if (request->relative || request->flags & QUALIFIED)
			return -EINVAL;
		position = chain->count;
	}
	if (position >= CAPACITY)
		return -ERANGE;
	int index = position < 0 ? 0 : position == chain->count ? chain->count - 1 : position;
	if (chain->links[index] != link)
		return -EBUSY;
	struct object *program = chain->programs[index];
	close_gap(chain, index, style);
	memmove(&chain->links[index], &chain->links[index + 1],
		(size_t)(chain->count - index - 1) * sizeof(struct object *));
	chain->count--;
	chain->revision++;
	release(program);
	release(link);
	return program->id;
}

static int query(const struct chain *chain, uint32_t *program_ids, uint32_t *link_ids, uint64_t *revision)
{
	for (int i = 0; i < chain->count; i++) {
		program_ids[i] = chain->programs[i]->id;
		link_ids[i] = chain->links[i] ? chain->links[i]->id : 0;
	}
	*revision = chain->revision;
	return chain->count;
}

static uint32_t program_ids[CAPACITY], link_ids[CAPACITY];

static inline __attribute__((always_inline)) int act(struct chain *chain, const struct request *request,
						     enum style style)
{
	uint64_t revision;
	int result;

	if (request->verb == QUERY) {
		int count = query(chain, program_ids, link_ids, &revision);
		return count ? (int)(program_ids[count - 1] + link_ids[0] + revision + count) : 0;
	}
	if (style == PLAIN)
		return request->verb == ATTACH ? attach(chain, request, PLAIN) : detach(chain, request, PLAIN);

	struct object *program = object_of(request->program), *relative = object_of(request->relative);
	struct object *replaced = object_of(request->replace);
	hold(program);
	hold(relative);
	hold(replaced);
	result = request->verb == ATTACH ? attach(chain, request, KERNEL) : detach(chain, request, KERNEL);
	release(replaced);
	release(relative);
	release(program);
	return result;
}

static void empty(struct chain *chain)
{
	*chain = (struct chain){ .revision = 1 };
	chain->programs = chain->sides[0];
}

static uint32_t replay(struct chain *chain, const struct request *tape, long length, enum style style)
{
	uint32_t check = 0;

	empty(chain);
	for (long i = 0; i < length; i++) {
		int result = style == PLAIN ? act(chain, &tape[i], PLAIN) : act(chain, &tape[i], KERNEL);
		if (result >= 0)
			check += (uint32_t)result;
	}
	return check;
}

static struct request *read_tape(const char *path, long *length)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	*length = ftell(file) / (long)sizeof(struct request);
	rewind(file);
	struct request *tape = malloc((size_t)*length * sizeof(struct request));
	if (fread(tape, sizeof(struct request), (size_t)*length, file) != (size_t)*length)
		*length = 0;
	fclose(file);
	return tape;
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

int main(void)
{
	static struct chain chain;
	char path[4096], name[16];
	long passes, length;

	for (int i = 0; i < HANDLES; i++) {
		programs[i].id = links[i].id = i;
		programs[i].references = links[i].references = 1;
	}
	while (scanf("%4095s %ld %15s", path, &passes, name) == 3) {
		enum style style = name[0] == 'k' ? KERNEL : PLAIN;
		struct request *tape = read_tape(path, &length);
		if (!tape)
			return 1;
		if (passes == 0) {
			empty(&chain);
			for (long i = 0; i < length; i++)
				printf("%d ", act(&chain, &tape[i], style));
			for (int i = 0; i < chain.count; i++)
				printf("%d/%d ", chain.programs[i]->id, chain.links[i] ? chain.links[i]->id : 0);
			printf("%llu\n", (unsigned long long)chain.revision);
		} else {
			uint32_t check = 0;
			int64_t begin = now();
			for (long pass = 0; pass < passes; pass++)
				check += replay(&chain, tape, length, style);
			printf("%lld %u\n", (long long)(now() - begin), check);
		}
		fflush(stdout);
		free(tape);
	}
	return 0;
}
