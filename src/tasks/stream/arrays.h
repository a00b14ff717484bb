/* The memory that is moved: how much of it, where it comes from, and whether it holds what it
 * should. */
#ifndef TASKS_STREAM_ARRAYS_H
#define TASKS_STREAM_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct kernel;

#define ARRAYS_LEAST_BYTES         4096
#define ARRAYS_DEFAULT_LEAST_BYTES (64LL << 20)
#define ARRAYS_DEFAULT_MOST_BYTES  (1LL << 30)

/* Released by arrays_release(). */
struct arrays {
	double *a, *b, *c; /* b is NULL where the kernel has none */
	size_t count;      /* elements of each, a multiple of 8 */
	void *mapping;
	size_t mapping_bytes;
};

/* Makes the arrays of a kernel, `bytes` in all (ARRAYS_LEAST_BYTES or more, rounded down a little),
 * and writes to all of them from the calling thread: with the kernel's usual policy the pages are
 * on the NUMA node it runs on. is_huge asks for huge pages (madvise); else the kernel decides.
 * Returns 0 or -errno. */
int arrays_make(const struct kernel *kernel, int64_t bytes, bool is_huge, struct arrays *ret,
                struct error *err);

/* Elements of c that are not what the kernel makes of them: up to `position` with scalar(pass),
 * from there on with scalar(pass - 1), or untouched in the first pass. */
size_t arrays_count_wrong(const struct arrays *arrays, const struct kernel *kernel, uint64_t pass,
                          size_t position);

/* Differs from pass to pass, so that what was not done is seen. */
double arrays_scalar(uint64_t pass);

void arrays_release(struct arrays *arrays);

/* The largest cache of the CPU that the caller runs on, bytes, below the folder root/sys ("" is
 * this machine). 0: not told. */
int64_t arrays_cache_bytes(const char *root, int cpu);

/* Four times the cache, from 64 MiB to 1 GiB, but never more than half of the CPU's share of
 * memory_bytes. */
int64_t arrays_default_bytes(int64_t cache_bytes, int64_t memory_bytes, int cpus);

/* How much memory of this process is in huge pages; -1: the kernel does not tell. */
int64_t arrays_huge_page_bytes(void);

#endif
