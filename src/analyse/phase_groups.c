/* What figures of phases are worked out of: the classes, and the phases that last longest. */
#include "analyse/phases_parts.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

static int by_total(const void *a, const void *b)
{
	const struct phase_key *const x = a;
	const struct phase_key *const y = b;
	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

static int by_baseline(const void *a, const void *b)
{
	const struct phase_key *const x = a;
	const struct phase_key *const y = b;
	if (x->baseline != y->baseline)
		return x->baseline > y->baseline ? -1 : 1;
	return by_total(a, b);
}

static void add_totals(const struct summary *summary, const struct phase_tasks *tasks,
                       struct phase_key *keys)
{
	for (size_t i = 0; i < tasks->count; i++) {
		const struct phase_task *const task = &tasks->items[i];
		const bool is_baseline = summary->levels[task->level].is_baseline;
		for (size_t p = 0; p < task->count; p++) {
			struct phase_key *const key = &keys[phase_key(&task->phases[p])];
			const double seconds = task->weight * phase_seconds(&task->phases[p]);
			/* A phase of no length occurs as well. */
			key->total = fmax(key->total, 0) + seconds;
			key->baseline += is_baseline ? seconds : 0;
		}
	}
}

int phase_groups_find(const struct summary *summary, const struct phase_tasks *tasks,
                      struct phase_groups *ret_groups, struct error *err)
{
	const size_t all = summary->dataset->phase_names.count * PHASE_CLASSES;
	struct phase_groups groups = {.keys = calloc(all, sizeof *groups.keys),
	                              .group_of = calloc(all, sizeof *groups.group_of)};
	if (!groups.keys || !groups.group_of) {
		phase_groups_release(&groups);
		return error_memory(err);
	}
	for (size_t i = 0; i < all; i++)
		groups.keys[i] = (struct phase_key){.key = (uint32_t)i, .total = -1};
	add_totals(summary, tasks, groups.keys);
	qsort(groups.keys, all, sizeof *groups.keys, by_total);
	while (groups.key_count < all && groups.keys[groups.key_count].total >= 0)
		groups.key_count++;
	groups.has_rest = groups.key_count > PHASES_MOST;
	const size_t own = groups.has_rest ? PHASES_MOST : groups.key_count;
	qsort(groups.keys, own, sizeof *groups.keys, by_baseline);
	for (size_t i = 0; i < groups.key_count; i++)
		groups.group_of[groups.keys[i].key] =
		        (uint32_t)(PHASE_CLASSES + (i < own ? i : own));
	groups.count = PHASE_CLASSES + own + groups.has_rest;
	*ret_groups = groups;
	return 0;
}

void phase_groups_release(struct phase_groups *groups)
{
	free(groups->keys);
	free(groups->group_of);
	*groups = (struct phase_groups){0};
}

static int make_group(const struct summary *summary, const char *name, enum phase_class class,
                      bool is_class, struct phase_group *group, struct error *err)
{
	group->name = name;
	group->class = class;
	group->levels = calloc(summary->level_count, sizeof *group->levels);
	if (is_class)
		group->distribution.levels =
		        calloc(summary->level_count, sizeof *group->distribution.levels);
	if (!group->levels || (is_class && !group->distribution.levels))
		return error_memory(err);
	return 0;
}

int phase_groups_make(const struct summary *summary, const struct phase_groups *groups,
                      struct phase_findings *findings, struct error *err)
{
	const struct words *const names = &summary->dataset->phase_names;
	const size_t phases = groups->count - PHASE_CLASSES;
	findings->classes = calloc(PHASE_CLASSES, sizeof *findings->classes);
	findings->phases = calloc(phases + 1, sizeof *findings->phases);
	if (!findings->classes || !findings->phases)
		return error_memory(err);
	findings->class_count = PHASE_CLASSES;
	findings->phase_count = phases;
	findings->phases_found = groups->key_count;
	int r = 0;
	for (size_t c = 0; r == 0 && c < PHASE_CLASSES; c++)
		r = make_group(summary, phase_class_names[c], (enum phase_class)c, true,
		               &findings->classes[c], err);
	for (size_t i = 0; r == 0 && i < phases; i++) {
		const bool is_rest = groups->has_rest && i + 1 == phases;
		const uint32_t key = groups->keys[i].key;
		r = make_group(summary,
		               is_rest ? "(all others)" : names->items[key / PHASE_CLASSES],
		               is_rest ? PHASE_OTHER : (enum phase_class)(key % PHASE_CLASSES),
		               false, &findings->phases[i], err);
	}
	return r;
}

struct phase_group *phase_groups_at(struct phase_findings *findings, size_t group)
{
	return group < PHASE_CLASSES ? &findings->classes[group]
	                             : &findings->phases[group - PHASE_CLASSES];
}

void phase_group_release(struct phase_group *group)
{
	free(group->levels);
	free(group->distribution.levels);
	*group = (struct phase_group){0};
}

void phase_groups_drop_empty(const struct summary *summary, struct phase_findings *findings)
{
	size_t kept = 0;
	for (size_t c = 0; c < findings->class_count; c++) {
		struct phase_group *const group = &findings->classes[c];
		bool occurs = false;
		for (size_t i = 0; i < summary->level_count; i++)
			occurs |= group->levels[i].seconds.max > 0;
		if (occurs) {
			const struct phase_group moved = *group;
			*group = (struct phase_group){0};
			findings->classes[kept++] = moved;
		} else {
			phase_group_release(group);
		}
	}
	findings->class_count = kept;
}
