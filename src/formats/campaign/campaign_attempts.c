#include "formats/campaign/campaign_attempts.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <stdlib.h>

struct one {
	uint64_t identity;
	uint32_t task;
};

/* What qsort compares by; it hands nothing on. */
struct order {
	struct one one;
	int64_t start_ns;
	uint16_t attempt;
};

uint64_t campaign_identity_begin(uint32_t type)
{
	return (type + 1) * 0x9e3779b97f4a7c15u;
}

/* FNV-1a over the text and its end. */
uint64_t campaign_identity_add(uint64_t identity, const char *text)
{
	for (;; text++) {
		identity = (identity ^ (unsigned char)*text) * 0x100000001b3u;
		if (*text == '\0')
			break;
	}
	return identity ^ identity >> 29;
}

static int compare(const void *left, const void *right)
{
	const struct order *const a = left;
	const struct order *const b = right;
	if (a->one.identity != b->one.identity)
		return a->one.identity < b->one.identity ? -1 : 1;
	if (a->attempt != b->attempt)
		return a->attempt < b->attempt ? -1 : 1;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return (a->one.task > b->one.task) - (a->one.task < b->one.task);
}

int campaign_mark_superseded(struct campaign *campaign, size_t first, const uint64_t *identities,
                             struct error *err)
{
	const size_t count = campaign->task_count - first;
	cleanup_free struct order *all = calloc(count + 1, sizeof *all);
	if (!all)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct campaign_task *const task = &campaign->tasks[first + i];
		all[i] =
		        (struct order){{identities[i], (uint32_t)i}, task->start_ns, task->attempt};
	}
	qsort(all, count, sizeof *all, compare);
	uint16_t number = 0;
	for (size_t i = 0; i < count; i++) {
		struct campaign_task *const task = &campaign->tasks[first + all[i].one.task];
		const bool has_before = i > 0 && all[i - 1].one.identity == all[i].one.identity;
		const bool has_next =
		        i + 1 < count && all[i + 1].one.identity == all[i].one.identity;
		if (task->attempt == 0 && (has_before || has_next) && number < UINT16_MAX)
			task->attempt = (uint16_t)((has_before ? number : 0) + 1);
		number = task->attempt;
		task->is_superseded = has_next;
	}
	return 0;
}
