#include "analyse/io/ranges.h"

#include "core/array.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_GRAIN = 512 };

/* The first range that ends at `at` less the grain, or behind that. */
static size_t find(const struct io_ranges *set, int64_t at)
{
	/* Most calls go on where the last one ended. */
	if (set->count > 0 && set->items[set->count - 1].from <= at)
		return set->items[set->count - 1].to + set->grain >= at ? set->count - 1
		                                                        : set->count;
	size_t low = 0;
	size_t high = set->count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (set->items[middle].to + set->grain < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes one of all ranges that are nearer to each other than the grain. */
static void coarsen(struct io_ranges *set)
{
	size_t kept = 0;
	for (size_t i = 1; i < set->count; i++) {
		if (set->items[i].from <= set->items[kept].to + set->grain)
			set->items[kept].to = set->items[i].to;
		else
			set->items[++kept] = set->items[i];
	}
	set->count = kept + 1;
}

int io_ranges_add(struct io_ranges *set, int64_t from, int64_t to, struct error *err)
{
	if (to <= from)
		return 0;
	const size_t first = find(set, from);
	size_t end = first;
	while (end < set->count && set->items[end].from <= to + set->grain) {
		if (set->items[end].from < from)
			from = set->items[end].from;
		if (set->items[end].to > to)
			to = set->items[end].to;
		end++;
	}
	if (end == first) {
		const int r = array_reserve(&set->items, &set->capacity, set->count + 1,
		                            sizeof *set->items, err);
		if (r < 0)
			return r;
	}
	if (end != first + 1)
		memmove(&set->items[first + 1], &set->items[end],
		        (set->count - end) * sizeof *set->items);
	set->count = set->count + 1 - (end - first);
	set->items[first] = (struct io_range){from, to};
	while (set->count > RANGES_MOST) {
		set->grain = set->grain > 0 ? 2 * set->grain : FIRST_GRAIN;
		coarsen(set);
	}
	return 0;
}

int64_t io_ranges_bytes(const struct io_ranges *set)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < set->count; i++)
		bytes += set->items[i].to - set->items[i].from;
	return bytes;
}

void io_ranges_release(struct io_ranges *set)
{
	if (!set)
		return;
	free(set->items);
	*set = (struct io_ranges){0};
}
