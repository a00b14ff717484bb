/* How many tasks ran at once, and what concurrency that makes. */
#include "analyse/arrange/arrange_parts.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <errno.h>
#include <stdlib.h>

/* How many ran at once must be the same for this part of the time, to be their concurrency. */
#define LEAST_SHARE 0.5

struct heap {
	int64_t *ends; /* of the tasks that run, the earliest first */
	size_t count;
};

static void heap_push(struct heap *heap, int64_t end_ns)
{
	size_t at = heap->count++;
	for (; at > 0 && heap->ends[(at - 1) / 2] > end_ns; at = (at - 1) / 2)
		heap->ends[at] = heap->ends[(at - 1) / 2];
	heap->ends[at] = end_ns;
}

static int64_t heap_pop(struct heap *heap)
{
	const int64_t first = heap->ends[0];
	const int64_t last = heap->ends[--heap->count];
	size_t at = 0;
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= heap->count)
			break;
		if (child + 1 < heap->count && heap->ends[child + 1] < heap->ends[child])
			child++;
		if (heap->ends[child] >= last)
			break;
		heap->ends[at] = heap->ends[child];
		at = child;
	}
	heap->ends[at] = last;
	return first;
}

/* What is known on the way through time. */
struct walk {
	struct heap running;
	int64_t at_ns;
	double *times; /* for how long so many ran, by number */
	size_t most;
	size_t full;
	bool is_full;
	struct arrange_crowd *crowd;
};

static void pass(struct walk *walk, int64_t to_ns)
{
	walk->times[walk->running.count] += (double)(to_ns - walk->at_ns);
	walk->at_ns = to_ns;
}

static void see(struct walk *walk)
{
	struct arrange_crowd *const crowd = walk->crowd;
	const bool is_full = walk->running.count >= walk->full;
	if (walk->running.count > walk->most)
		walk->most = walk->running.count;
	if (is_full && crowd->full_from_ns == RECORD_ABSENT)
		crowd->full_from_ns = walk->at_ns;
	if (!is_full && walk->is_full)
		crowd->full_to_ns = walk->at_ns;
	walk->is_full = is_full;
}

static void end_until(struct walk *walk, int64_t until_ns)
{
	while (walk->running.count > 0 && walk->running.ends[0] <= until_ns) {
		pass(walk, walk->running.ends[0]);
		heap_pop(&walk->running);
		see(walk);
	}
}

/* At one moment ends come before starts: a task that follows another at once does not run beside
 * it. */
static void go(struct walk *walk, const struct arrange_item *items, size_t count)
{
	walk->at_ns = items[0].start_ns;
	for (size_t i = 0; i < count; i++) {
		end_until(walk, items[i].start_ns);
		if (walk->running.count > 0)
			pass(walk, items[i].start_ns);
		walk->at_ns = items[i].start_ns;
		heap_push(&walk->running, items[i].end_ns);
		see(walk);
	}
	end_until(walk, INT64_MAX);
}

int arrange_crowd_find(const struct arrange_item *items, size_t count, uint32_t full,
                       struct arrange_crowd *ret_crowd, struct error *err)
{
	cleanup_free int64_t *ends = calloc(count + 1, sizeof *ends);
	cleanup_free double *times = calloc(count + 2, sizeof *times);
	struct arrange_crowd crowd = {.full_from_ns = RECORD_ABSENT, .full_to_ns = RECORD_ABSENT};
	if (!ends || !times)
		return error_memory(err);
	struct walk walk = {.running = {ends, 0},
	                    .times = times,
	                    .full = full ? full : SIZE_MAX,
	                    .crowd = &crowd};
	go(&walk, items, count);
	crowd.most = (uint32_t)walk.most;
	if (full != crowd.most && (full == 0 || full > crowd.most)) {
		walk.running.count = 0;
		walk.full = walk.most;
		walk.is_full = false;
		for (size_t i = 0; i < count + 2; i++)
			times[i] = 0;
		go(&walk, items, count);
	}
	double all = 0;
	for (size_t n = 1; n <= walk.most; n++) {
		all += times[n];
		if (times[n] > times[crowd.usual] || crowd.usual == 0)
			crowd.usual = (uint32_t)n;
	}
	crowd.usual_share = all > 0 ? times[crowd.usual] / all : 1;
	*ret_crowd = crowd;
	return 0;
}

/* How many of the items, from the first, belong together: until a moment in which none runs. */
static size_t batch_count(const struct arrange_item *items, size_t count)
{
	int64_t end_ns = items[0].end_ns;
	size_t i = 1;
	while (i < count && items[i].start_ns < end_ns) {
		end_ns = items[i].end_ns > end_ns ? items[i].end_ns : end_ns;
		i++;
	}
	return i;
}

static int refuse(const struct imported *imported, const struct arrange_item *item,
                  struct error *err)
{
	const struct imported_task *const task = &imported->tasks[item->task];
	return error_set(err, EINVAL,
	                 "%s:%zu: nothing says how many tasks ran at once: give --concurrency N, a "
	                 "--path pattern with {concurrency}, or a column with it (docs/import.md)",
	                 task->file, task->line);
}

static int refuse_changing(const struct imported *imported, const struct arrange_item *item,
                           size_t count, const struct arrange_crowd *crowd, struct error *err)
{
	const struct imported_task *const task = &imported->tasks[item->task];
	return error_set(
	        err, EINVAL,
	        "%s:%zu: how many ran at once cannot be told from the times of this task "
	        "and the %zu that overlap it: %u for %.0f %% of the time, up to %u; say it "
	        "by --concurrency N, a --path pattern or a column (docs/import.md)",
	        task->file, task->line, count - 1, crowd->usual, 100 * crowd->usual_share,
	        crowd->most);
}

int arrange_find_concurrency(const struct imported *imported, struct arrange_item *items,
                             size_t count, struct words *remarks, struct error *err)
{
	size_t batches = 0;
	for (size_t i = 0; i < count; i++)
		if (!arrange_has_times(&items[i]))
			return refuse(imported, &items[i], err);
	arrange_sort_by_start(items, count);
	for (size_t i = 0; i < count; batches++) {
		const size_t together = batch_count(items + i, count - i);
		struct arrange_crowd crowd;
		const int r = arrange_crowd_find(items + i, together, 0, &crowd, err);
		if (r < 0)
			return r;
		if (crowd.usual_share < LEAST_SHARE)
			return refuse_changing(imported, &items[i], together, &crowd, err);
		for (size_t k = 0; k < together; k++)
			items[i + k].concurrency = crowd.usual;
		i += together;
	}
	return count == 0 ? 0
	                  : words_addf(remarks, err,
	                               "How many of %zu tasks ran at once was worked out from "
	                               "their times: %zu stretches without a pause, each with "
	                               "the number that ran for most of it.",
	                               count, batches);
}
