#include "platform/event_work.h"

#include "core/clock.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 64, SLEEP_NS = 1000, STREAM_LOOK_LINES = 4096 };

/* ---- Instructions -------------------------------------------------------------------------- */

uint64_t event_work_loop(uint64_t rounds)
{
	if (rounds == 0)
		return 0;
	uint64_t left = rounds;
#if defined(__x86_64__)
	uint64_t a = 1;
	uint64_t b = 2;
	__asm__ volatile("1:\n\t"
	                 "add %1, %2\n\t"
	                 "add %1, %2\n\t"
	                 "add %1, %2\n\t"
	                 "add %1, %2\n\t"
	                 "add %2, %1\n\t"
	                 "add %2, %1\n\t"
	                 "add %2, %1\n\t"
	                 "add %2, %1\n\t"
	                 "dec %0\n\t"
	                 "jnz 1b"
	                 : "+r"(left), "+r"(a), "+r"(b)
	                 :
	                 : "cc");
	return rounds * EVENT_WORK_LOOP_INSTRUCTIONS;
#elif defined(__aarch64__)
	uint64_t a = 1;
	uint64_t b = 2;
	__asm__ volatile("1:\n\t"
	                 "add %1, %1, %2\n\t"
	                 "add %1, %1, %2\n\t"
	                 "add %1, %1, %2\n\t"
	                 "add %1, %1, %2\n\t"
	                 "add %2, %2, %1\n\t"
	                 "add %2, %2, %1\n\t"
	                 "add %2, %2, %1\n\t"
	                 "add %2, %2, %1\n\t"
	                 "subs %0, %0, #1\n\t"
	                 "b.ne 1b"
	                 : "+r"(left), "+r"(a), "+r"(b)
	                 :
	                 : "cc");
	return rounds * EVENT_WORK_LOOP_INSTRUCTIONS;
#else
	for (volatile uint64_t i = left; i > 0; i--)
		;
	return 0;
#endif
}

/* ---- Lines --------------------------------------------------------------------------------- */

struct event_line {
	const struct event_line *next;
	char filler[LINE_BYTES - sizeof(void *)];
};

struct event_lines {
	size_t count;
	size_t bytes;
	struct event_line *items;
};

static void *map(size_t bytes)
{
	void *const memory =
	        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

struct event_lines *event_lines_new(size_t count)
{
	struct event_lines *const lines = malloc(sizeof *lines);
	struct event_line *const items = map(count * sizeof *items);
	if (!lines || !items) {
		free(lines);
		if (items)
			munmap(items, count * sizeof *items);
		return NULL;
	}
	*lines = (struct event_lines){count, count * sizeof *items, items};
	/* Steps that neither prefetchers nor neighbouring lines foresee; odd, so that with a power
	 * of two of lines every one is visited. */
	const size_t step = (count / 2 + count / 8 + 7) | 1;
	for (size_t i = 0; i < count; i++)
		items[i * step % count].next = &items[(i + 1) * step % count];
	return lines;
}

void event_lines_free(struct event_lines *lines)
{
	if (!lines)
		return;
	munmap(lines->items, lines->bytes);
	free(lines);
}

bool event_lines_flush(struct event_lines *lines)
{
#if defined(__x86_64__)
	for (size_t i = 0; i < lines->count; i++)
		__asm__ volatile("clflush (%0)" : : "r"(&lines->items[i]) : "memory");
	__asm__ volatile("mfence" : : : "memory");
	return true;
#elif defined(__aarch64__)
	/* Linux lets user programs do that (SCTLR_EL1.UCI). */
	for (size_t i = 0; i < lines->count; i++)
		__asm__ volatile("dc civac, %0" : : "r"(&lines->items[i]) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
	return true;
#else
	(void)lines;
	return false;
#endif
}

size_t event_lines_chase(const struct event_lines *lines)
{
	const struct event_line *at = lines->items;
	for (size_t i = 0; i < lines->count; i++)
		at = *(const struct event_line *const volatile *)&at->next;
	return lines->count;
}

size_t event_work_stream(size_t bytes, int64_t limit_ns)
{
	void *const memory = map(bytes);
	if (!memory)
		return 0;
	const volatile char *const read = memory;
	const int64_t end_ns = clock_now_ns() + limit_ns;
	size_t lines = 0;
	for (size_t at = 0; at < bytes; at += LINE_BYTES, lines++) {
		(void)read[at];
		if (lines % STREAM_LOOK_LINES == 0 && clock_now_ns() > end_ns)
			break;
	}
	munmap(memory, bytes);
	return lines;
}

/* ---- The kernel's own counts --------------------------------------------------------------- */

size_t event_work_fault(size_t count)
{
	const size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	void *const memory = map(count * page_bytes);
	if (!memory)
		return 0;
	volatile char *const written = memory;
	/* A huge page would be one fault. Kernels without them refuse, which is as well. */
	madvise(memory, count * page_bytes, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < count; i++)
		written[i * page_bytes] = 1;
	munmap(memory, count * page_bytes);
	return count;
}

void event_work_sleep(size_t count)
{
	const struct timespec least = {.tv_nsec = SLEEP_NS};
	for (size_t i = 0; i < count; i++)
		nanosleep(&least, NULL);
}
