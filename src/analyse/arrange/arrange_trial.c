/* One trial of imported tasks: the window in which all copies ran, and who ran where. */
#include "analyse/arrange/arrange_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "model/window.h"

#include <stdlib.h>

static const struct imported_task *task_of(const struct imported *imported,
                                           const struct arrange_item *item)
{
	return &imported->tasks[item->task];
}

/* As if each had begun at 0: nobody knows when they ran. */
static void fill_durations(const struct imported *imported, const struct arrange_item *items,
                           uint32_t concurrency, struct arranged_trial *trial,
                           struct task_record *tasks)
{
	trial->record.has_durations_only = true;
	trial->record.start_ns = 0;
	trial->record.end_ns = 0;
	for (size_t i = 0; i < trial->count; i++) {
		tasks[i] = task_of(imported, &items[i])->record;
		tasks[i].start_ns = 0;
		tasks[i].end_ns = items[i].wall_ns;
		tasks[i].slot = (uint32_t)(i % concurrency);
		tasks[i].role = ROLE_MEASURED;
		if (items[i].wall_ns > trial->record.end_ns)
			trial->record.end_ns = items[i].wall_ns;
	}
}

/* Where the records say which tasks were warm-up and which fillers, the window lies between. */
static void cut_by_roles(const struct imported *imported, const struct arrange_item *items,
                         size_t count, int64_t *from_ns, int64_t *to_ns)
{
	for (size_t i = 0; i < count; i++) {
		const enum task_role role = task_of(imported, &items[i])->record.role;
		if (role == ROLE_WARMUP && items[i].end_ns > *from_ns)
			*from_ns = items[i].end_ns;
		if (role == ROLE_FILLER && items[i].start_ns < *to_ns)
			*to_ns = items[i].start_ns;
	}
}

struct slot {
	int64_t free_ns; /* since when it is free, or until when it is taken */
	uint32_t slot;
};

static bool is_before(const struct slot *a, const struct slot *b)
{
	return a->free_ns != b->free_ns ? a->free_ns < b->free_ns : a->slot < b->slot;
}

/* Puts the first slot of a heap where it belongs by now. */
static void sift(struct slot *slots, size_t count)
{
	const struct slot moved = slots[0];
	size_t at = 0;
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= count)
			break;
		if (child + 1 < count && is_before(&slots[child + 1], &slots[child]))
			child++;
		if (!is_before(&slots[child], &moved))
			break;
		slots[at] = slots[child];
		at = child;
	}
	slots[at] = moved;
}

/* Each goes to the slot that has been free for longest; one that finds none free, to the one that
 * is free first. More slots than tasks are not needed. */
static int give_slots(const struct arrange_item *items, size_t count, uint32_t concurrency,
                      struct task_record *tasks, struct error *err)
{
	const size_t slot_count = count < concurrency ? count : concurrency;
	cleanup_free struct slot *slots = calloc(slot_count, sizeof *slots);
	if (!slots)
		return error_memory(err);
	for (uint32_t s = 0; s < slot_count; s++)
		slots[s] = (struct slot){INT64_MIN, s};
	for (size_t i = 0; i < count; i++) {
		tasks[i].slot = slots[0].slot;
		if (items[i].end_ns > slots[0].free_ns)
			slots[0].free_ns = items[i].end_ns;
		sift(slots, slot_count);
	}
	return 0;
}

static int remark_on_crowd(const struct arrange_crowd *crowd, uint32_t concurrency, uint32_t block,
                           struct words *remarks, struct error *err)
{
	if (crowd->most < concurrency)
		return words_addf(remarks, err,
		                  "Of N=%u, repeat %u, at most %u tasks ran at once: the window "
		                  "is where these ran.",
		                  concurrency, block + 1, crowd->most);
	if (crowd->most > concurrency && crowd->usual > concurrency)
		return words_addf(remarks, err,
		                  "Of N=%u, repeat %u, more tasks ran at once for most of the "
		                  "time: %u.",
		                  concurrency, block + 1, crowd->usual);
	return 0;
}

int arrange_trial_fill(const struct imported *imported, const struct arrange_item *items,
                       uint32_t concurrency, int64_t origin_ns, struct arranged_trial *trial,
                       struct task_record *tasks, struct words *remarks, struct error *err)
{
	const size_t count = trial->count;
	struct arrange_crowd crowd = {0};
	bool has_times = true;
	for (size_t i = 0; i < count; i++)
		has_times = has_times && arrange_has_times(&items[i]);
	int r = has_times ? arrange_crowd_find(items, count, concurrency, &crowd, err) : 0;
	if (r < 0)
		return r;
	int64_t from_ns = crowd.full_from_ns;
	int64_t to_ns = crowd.full_to_ns;
	if (has_times)
		cut_by_roles(imported, items, count, &from_ns, &to_ns);
	if (!has_times || to_ns <= from_ns) {
		fill_durations(imported, items, concurrency, trial, tasks);
		return 0;
	}
	trial->record.start_ns = items[0].start_ns - origin_ns;
	trial->record.end_ns = trial->record.start_ns;
	trial->record.window_start_ns = from_ns - origin_ns;
	trial->record.window_end_ns = to_ns - origin_ns;
	for (size_t i = 0; i < count; i++) {
		tasks[i] = task_of(imported, &items[i])->record;
		tasks[i].start_ns = items[i].start_ns - origin_ns;
		tasks[i].end_ns = items[i].end_ns - origin_ns;
		tasks[i].role =
		        window_role(tasks[i].start_ns, tasks[i].end_ns,
		                    trial->record.window_start_ns, trial->record.window_end_ns);
		if (tasks[i].end_ns > trial->record.end_ns)
			trial->record.end_ns = tasks[i].end_ns;
	}
	r = give_slots(items, count, concurrency, tasks, err);
	return r < 0 ? r : remark_on_crowd(&crowd, concurrency, trial->record.block, remarks, err);
}
