#include "analyse/verdict/verdict_levels.h"

#include "core/array.h"
#include "core/error.h"
#include "plan/levels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void asked_levels_release(struct asked_levels *levels)
{
	if (!levels)
		return;
	free(levels->items);
	*levels = (struct asked_levels){0};
}

/* The level that the run itself called by this word; 0: none. */
static uint32_t find_spelled(const struct findings *findings, const char *word)
{
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct dataset_level *const level = findings->summary.levels[i].level;
		if (level->spelling && strcmp(level->spelling, word) == 0)
			return level->concurrency;
	}
	return 0;
}

/* How many tasks have room on what the node has of this; 0: not known. */
static uint32_t room_for(const struct findings *findings, const char *fact, const char *word)
{
	const int64_t count = host_facts_count(&findings->dataset->host, fact);
	const uint32_t threads =
	        findings->dataset->run.threads ? findings->dataset->run.threads : 1;
	if (count <= 0 || count > LEVELS_LARGEST)
		return find_spelled(findings, word);
	const uint32_t tasks = (uint32_t)count / threads;
	return tasks > 0 ? tasks : 1;
}

static bool is_of_cores(const struct level_spec *spec)
{
	return spec->kind == LEVEL_CORES || spec->kind == LEVEL_PERCENT;
}

static int add_asked(struct asked_levels *levels, size_t *capacity, uint32_t concurrency,
                     bool is_needed, struct error *err)
{
	size_t at = 0;
	while (at < levels->count && levels->items[at].concurrency < concurrency)
		at++;
	if (at < levels->count && levels->items[at].concurrency == concurrency) {
		levels->items[at].is_needed |= is_needed;
		return 0;
	}
	const int r = array_reserve(&levels->items, capacity, levels->count + 1,
	                            sizeof *levels->items, err);
	if (r < 0)
		return r;
	memmove(levels->items + at + 1, levels->items + at,
	        (levels->count - at) * sizeof *levels->items);
	levels->items[at] = (struct asked_level){concurrency, is_needed};
	levels->count++;
	return 0;
}

static bool is_measured(const struct findings *findings, uint32_t concurrency)
{
	for (size_t i = 0; i < findings->summary.level_count; i++)
		if (findings->summary.levels[i].level->concurrency == concurrency)
			return true;
	return false;
}

/* Adds what one spec means. */
static int add_spec(const struct findings *findings, const struct level_spec *spec, uint32_t cores,
                    uint32_t pus, struct asked_levels *levels, size_t *capacity, struct error *err)
{
	struct level_spec one = *spec;
	const struct level_specs alone = {.items = &one, .count = 1};
	cleanup_resolved_levels struct resolved_levels resolved = {0};
	int r = levels_resolve(&alone, cores, pus, &resolved, err);
	if (r == -EINVAL) {
		snprintf(levels->reason, sizeof levels->reason, "%.250s", err->text);
		return 0;
	}
	bool has_some = false;
	for (size_t i = 0; i < resolved.count; i++)
		has_some |= is_measured(findings, resolved.items[i].concurrency);
	for (size_t i = 0; r == 0 && i < resolved.count; i++) {
		const uint32_t n = resolved.items[i].concurrency;
		const bool is_range = spec->kind == LEVEL_RANGE && has_some;
		if (!is_range || is_measured(findings, n))
			r = add_asked(levels, capacity, n, !is_range, err);
		/* Of a range with nothing measured its first is enough to say so. */
		if (spec->kind == LEVEL_RANGE && !has_some)
			break;
	}
	return r;
}

int asked_levels_find(const struct findings *findings, const struct level_specs *specs,
                      struct asked_levels *ret_levels, struct error *err)
{
	struct level_spec usual = {.kind = LEVEL_CORES};
	const struct level_specs all =
	        specs->count > 0 ? *specs : (struct level_specs){.items = &usual, .count = 1};
	const uint32_t cores = room_for(findings, "cores_allowed", "cores");
	const uint32_t pus = room_for(findings, "pus_allowed", "pus");
	struct asked_levels levels = {0};
	size_t capacity = 0;
	int r = 0;
	for (size_t i = 0; r == 0 && i < all.count; i++) {
		const struct level_spec *const spec = &all.items[i];
		const bool is_unknown =
		        (is_of_cores(spec) && cores == 0) || (spec->kind == LEVEL_PUS && pus == 0);
		if (is_unknown)
			snprintf(levels.reason, sizeof levels.reason,
			         "the result does not say how many %s the node has: name the level "
			         "by its number",
			         spec->kind == LEVEL_PUS ? "PUs" : "cores");
		else
			r = add_spec(findings, spec, cores ? cores : 1, pus ? pus : 1, &levels,
			             &capacity, err);
	}
	if (r < 0)
		asked_levels_release(&levels);
	else
		*ret_levels = levels;
	return r;
}
