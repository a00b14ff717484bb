#include "analyse/fleet/rank_grid.h"

#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void rank_grid_release(struct grid *grid)
{
	free(grid->index);
	free(grid->apart);
	free(grid->against);
	free(grid->own);
	free(grid->own_se);
	free(grid->trials);
	free(grid->package);
	free(grid->l3);
	*grid = (struct grid){0};
}

static bool is_of(const struct profile *profile, const struct profile_place *place,
                  const struct place_level *level, enum profile_place_kind kind)
{
	return place->kind == kind && place->concurrency == level->concurrency &&
	       place->policy < profile->policy_count &&
	       strcmp(profile->policies[place->policy], level->policy) == 0;
}

struct place_level rank_grid_level(const struct ranking_work *work, const struct fleet_class *class)
{
	struct place_level level = {.policy = class->policy, .concurrency = 0};
	for (size_t i = 0; i < class->node_count; i++) {
		const struct profile *const profile =
		        &work->nodes[class->nodes[i]].measured->profile;
		for (size_t k = 0; k < profile->place_count; k++) {
			const struct profile_place *const place = &profile->places[k];
			const uint32_t n = place->concurrency;
			if (place->policy >= profile->policy_count ||
			    strcmp(profile->policies[place->policy], level.policy) != 0)
				continue;
			if (n == class->concurrency)
				return (struct place_level){class->policy, n};
			if (level.concurrency == 0 || n < level.concurrency)
				level.concurrency = n;
		}
	}
	return level;
}

static int compare_indexes(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a;
	const int32_t y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

/* Every index that some node has, each once. */
static int list_places(const struct ranking_work *work, const struct fleet_class *class,
                       const struct place_level *level, enum profile_place_kind kind,
                       struct grid *grid, struct error *err)
{
	size_t capacity = 0;
	size_t count = 0;
	for (size_t i = 0; i < class->node_count; i++) {
		const struct profile *const profile =
		        &work->nodes[class->nodes[i]].measured->profile;
		for (size_t k = 0; k < profile->place_count; k++) {
			if (!is_of(profile, &profile->places[k], level, kind))
				continue;
			const int r = array_reserve(&grid->index, &capacity, count + 1,
			                            sizeof *grid->index, err);
			if (r < 0)
				return r;
			grid->index[count++] = profile->places[k].index;
		}
	}
	if (count > 1)
		qsort(grid->index, count, sizeof *grid->index, compare_indexes);
	for (size_t i = 0; i < count; i++)
		if (grid->places == 0 || grid->index[grid->places - 1] != grid->index[i])
			grid->index[grid->places++] = grid->index[i];
	return 0;
}

/* The column of a place, or -1. */
ptrdiff_t rank_grid_column(const struct grid *grid, int32_t index)
{
	const int32_t *const found = grid->index ? bsearch(&index, grid->index, grid->places,
	                                                   sizeof *grid->index, compare_indexes)
	                                         : NULL;
	return found ? found - grid->index : -1;
}

static void fill_row(const struct profile *profile, const struct place_level *level,
                     enum profile_place_kind kind, struct grid *grid, size_t row)
{
	for (size_t k = 0; k < profile->place_count; k++) {
		const struct profile_place *const place = &profile->places[k];
		if (!is_of(profile, place, level, kind))
			continue;
		const ptrdiff_t column = rank_grid_column(grid, place->index);
		if (column < 0)
			continue;
		const size_t at = row * grid->places + (size_t)column;
		grid->apart[at] = place->wall_s > 0 ? log(place->wall_s) : (double)NAN;
		grid->own[at] = place->relative > 0 ? log(place->relative) : (double)NAN;
		grid->own_se[at] = place->relative_se;
		grid->trials[at] = place->trials;
		grid->package[column] = kind == PROFILE_PACKAGE ? place->index : place->package;
		grid->l3[column] = kind == PROFILE_L3 ? place->index : place->l3;
	}
}

int rank_grid_make(const struct ranking_work *work, const struct fleet_class *class,
                   const struct place_level *level, enum profile_place_kind kind, struct grid *grid,
                   struct error *err)
{
	const int r = list_places(work, class, level, kind, grid, err);
	if (r < 0)
		return r;
	const size_t cells = class->node_count * grid->places;
	grid->nodes = class->node_count;
	grid->apart = malloc((cells + 1) * sizeof *grid->apart);
	grid->against = malloc((cells + 1) * sizeof *grid->against);
	grid->own = malloc((cells + 1) * sizeof *grid->own);
	grid->own_se = malloc((cells + 1) * sizeof *grid->own_se);
	grid->trials = calloc(cells + 1, sizeof *grid->trials);
	grid->package = malloc((grid->places + 1) * sizeof *grid->package);
	grid->l3 = malloc((grid->places + 1) * sizeof *grid->l3);
	if (!grid->apart || !grid->against || !grid->own || !grid->own_se || !grid->trials ||
	    !grid->package || !grid->l3)
		return error_memory(err);
	for (size_t i = 0; i < cells; i++)
		grid->apart[i] = grid->own[i] = grid->own_se[i] = NAN;
	for (size_t p = 0; p < grid->places; p++)
		grid->package[p] = grid->l3[p] = -1;
	for (size_t i = 0; i < class->node_count; i++) {
		const struct fleet_attempt *const attempt = work->nodes[class->nodes[i]].measured;
		/* Tasks that fail take another time. */
		if (!rank_is_reference(attempt))
			continue;
		fill_row(&attempt->profile, level, kind, grid, i);
		grid->present++;
	}
	return 0;
}
