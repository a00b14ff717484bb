/* Which bytes of a file were touched: a set of ranges of bounded size. Where more than RANGES_MOST
 * lie apart the smallest gaps between them are taken in, so that the set is then an upper bound.
 *
 *   struct io_ranges set = {0}; io_ranges_add(&set, from, to, err); ... io_ranges_release(&set) */
#ifndef ANALYSE_IO_RANGES_H
#define ANALYSE_IO_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum { RANGES_MOST = 4096 };

struct io_range {
	int64_t from;
	int64_t to; /* the first byte behind it */
};

struct io_ranges {
	struct io_range *items; /* ascending, apart */
	size_t count;
	size_t capacity;
	int64_t grain; /* ranges nearer to each other than this are one; 0: none is taken in */
};

/* Takes the bytes from `from` to `to` (not included) in; none where to <= from. Returns 0 or
 * -ENOMEM. */
int io_ranges_add(struct io_ranges *set, int64_t from, int64_t to, struct error *err);

/* Bytes in the set. */
int64_t io_ranges_bytes(const struct io_ranges *set);

/* Whether gaps were taken in: io_ranges_bytes is then an upper bound. */
static inline bool io_ranges_is_coarse(const struct io_ranges *set)
{
	return set->grain > 0;
}

void io_ranges_release(struct io_ranges *set);

#endif
