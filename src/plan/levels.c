#include "plan/levels.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void resolved_levels_release(struct resolved_levels *levels)
{
	if (!levels)
		return;
	for (size_t i = 0; i < levels->count; i++)
		free(levels->items[i].spelling);
	free(levels->items);
	*levels = (struct resolved_levels){0};
}

/* One spec as an arithmetic progression: first, first + step, ... last. */
struct progression {
	uint64_t first;
	uint64_t last;
	uint64_t step;
};

static struct progression single(uint64_t value)
{
	return (struct progression){value, value, 1};
}

static struct progression spec_progression(const struct level_spec *spec, uint32_t cores,
                                           uint32_t pus)
{
	switch (spec->kind) {
	case LEVEL_RANGE:
		return (struct progression){spec->first, spec->last, spec->step ? spec->step : 1};
	case LEVEL_PERCENT: {
		const double share = floor(spec->percent * cores / 100 + 0.5);
		return single(share < 1                ? 1
		              : share > LEVELS_LARGEST ? LEVELS_LARGEST + UINT64_C(1)
		                                       : (uint64_t)share);
	}
	case LEVEL_CORES:
		return single(cores);
	case LEVEL_PUS:
		return single(pus);
	case LEVEL_NUMBER:
	default:
		return single(spec->first);
	}
}

static int check_progression(const struct progression *p, const char *spelling, struct error *err)
{
	if (p->first < 1)
		return error_set(err, EINVAL, "level \"%s\": a level is at least 1", spelling);
	if (p->last < p->first)
		return error_set(
		        err, EINVAL,
		        "level \"%s\": the range runs backwards; write the smaller end first",
		        spelling);
	if (p->last > LEVELS_LARGEST)
		return error_set(err, EINVAL, "level \"%s\": a level is at most %d", spelling,
		                 LEVELS_LARGEST);
	return 0;
}

static int add_level(struct resolved_levels *levels, uint32_t concurrency, const char *spelling,
                     struct error *err)
{
	if (levels->count >= LEVELS_MOST)
		return error_set(err, EINVAL, "more than %d levels; use a range with a step",
		                 LEVELS_MOST);
	int r = array_reserve(&levels->items, &levels->capacity, levels->count + 1,
	                      sizeof *levels->items, err);
	if (r < 0)
		return r;
	struct resolved_level *const level = &levels->items[levels->count];
	r = str_copy(spelling, &level->spelling, err);
	if (r < 0)
		return r;
	level->concurrency = concurrency;
	levels->count++;
	return 0;
}

static int add_spec(struct resolved_levels *levels, const struct level_spec *spec, uint32_t cores,
                    uint32_t pus, struct error *err)
{
	const struct progression p = spec_progression(spec, cores, pus);
	const char *const spelling = spec->spelling ? spec->spelling : "";
	int r = check_progression(&p, spelling, err);
	for (uint64_t level = p.first; r == 0 && level <= p.last; level += p.step)
		r = add_level(levels, (uint32_t)level, spelling, err);
	return r;
}

/* Whether joined ("4, cores") already holds spelling as one of its parts. */
static bool has_spelling(const char *joined, const char *spelling)
{
	const size_t length = strlen(spelling);
	for (const char *part = joined; part;) {
		const char *const end = strstr(part, ", ");
		const size_t part_length = end ? (size_t)(end - part) : strlen(part);
		if (part_length == length && memcmp(part, spelling, length) == 0)
			return true;
		part = end ? end + 2 : NULL;
	}
	return false;
}

static int join_spellings(struct resolved_level *into, const struct resolved_level *from,
                          struct error *err)
{
	if (has_spelling(into->spelling, from->spelling))
		return 0;
	char *joined = NULL;
	const int r = str_format(&joined, err, "%s, %s", into->spelling, from->spelling);
	if (r < 0)
		return r;
	free(into->spelling);
	into->spelling = joined;
	return 0;
}

/* Insertion sort: stable, so that spellings are joined in the order in which they were written,
 * and the lists that people write are nearly sorted. */
static void sort_levels(struct resolved_levels *levels)
{
	for (size_t i = 1; i < levels->count; i++) {
		const struct resolved_level moved = levels->items[i];
		size_t at = i;
		for (; at > 0 && levels->items[at - 1].concurrency > moved.concurrency; at--)
			levels->items[at] = levels->items[at - 1];
		levels->items[at] = moved;
	}
}

static int merge_levels(struct resolved_levels *levels, struct error *err)
{
	size_t kept = 0;
	int r = 0;
	for (size_t i = 0; i < levels->count; i++) {
		struct resolved_level *const level = &levels->items[i];
		struct resolved_level *const last = kept ? &levels->items[kept - 1] : NULL;
		if (!last || last->concurrency != level->concurrency) {
			levels->items[kept++] = *level;
			continue;
		}
		if (r == 0)
			r = join_spellings(last, level, err);
		free(level->spelling);
	}
	levels->count = kept;
	return r;
}

int levels_resolve(const struct level_specs *specs, uint32_t cores, uint32_t pus,
                   struct resolved_levels *ret_levels, struct error *err)
{
	cleanup_resolved_levels struct resolved_levels levels = {0};
	if (specs->count == 0)
		return error_set(err, EINVAL, "no levels; name at least one, such as 1 or cores");
	int r = 0;
	for (size_t i = 0; r == 0 && i < specs->count; i++)
		r = add_spec(&levels, &specs->items[i], cores ? cores : 1, pus ? pus : 1, err);
	if (r < 0)
		return r;
	sort_levels(&levels);
	r = merge_levels(&levels, err);
	if (r < 0)
		return r;
	*ret_levels = levels;
	levels = (struct resolved_levels){0};
	return 0;
}
