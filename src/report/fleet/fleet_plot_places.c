/* Where in a node it is slow: its cores against the same cores of the other nodes of its class. A
 * slow core is one mark above the others, a slow cache or socket a stretch of them. */
#include "report/fleet/fleet_parts.h"

#include "core/cleanup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nodes that are shown, and cores that a node may have; a class of fewer nodes than MANY_NODES has
 * its bad ones within its outer quantiles, and is shown by its quartiles. */
enum { MOST_SHOWN = 4, MOST_CORES = 4096, MANY_NODES = 40 };

/* What a task takes on each core of each node of a class, s; NAN: not known. Row by row: cores. */
struct grid_of_cores {
	double *wall_s;
	size_t cores;
	size_t nodes; /* items of the ranking; those of other classes have none */
};

static double *cell(const struct grid_of_cores *grid, size_t core, size_t item)
{
	return &grid->wall_s[core * grid->nodes + item];
}

/* Whether it is a core's at the level at which the class is held against each other. */
static bool is_wanted(const struct fleet_class *class, const struct profile *profile,
                      const struct profile_place *place)
{
	return place->kind == PROFILE_CORE && place->concurrency == class->concurrency &&
	       place->index >= 0 && place->index < MOST_CORES &&
	       place->policy < profile->policy_count && isfinite(place->wall_s) &&
	       place->wall_s > 0 &&
	       (!class->policy || strcmp(profile->policies[place->policy], class->policy) == 0);
}

/* The profile of an item that belongs to the class, or NULL. */
static const struct profile *profile_in(const struct fleet_ranking *ranking, size_t class,
                                        size_t item)
{
	return ranking->items[item].class == (ptrdiff_t) class ? fleet_profile_of(
	                                                                 &ranking->items[item])
	                                                       : NULL;
}

static size_t count_cores(const struct fleet_ranking *ranking, size_t class)
{
	size_t cores = 0;
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct profile *const profile = profile_in(ranking, class, i);
		for (size_t p = 0; profile && p < profile->place_count; p++) {
			const struct profile_place *const place = &profile->places[p];
			if (is_wanted(&ranking->classes[class], profile, place) &&
			    (size_t)place->index >= cores)
				cores = (size_t)place->index + 1;
		}
	}
	return cores;
}

/* Fills the grid; false: no core of the class is known, or no memory (grid->cores is not 0 then).
 */
static bool read_cores(const struct fleet_ranking *ranking, size_t class,
                       struct grid_of_cores *grid)
{
	grid->cores = count_cores(ranking, class);
	grid->nodes = ranking->item_count;
	if (grid->cores < 2)
		return false;
	const size_t cells = grid->cores * grid->nodes;
	grid->wall_s = calloc(cells, sizeof *grid->wall_s);
	if (!grid->wall_s)
		return false;
	for (size_t i = 0; i < cells; i++)
		grid->wall_s[i] = NAN;
	for (size_t i = 0; i < grid->nodes; i++) {
		const struct profile *const profile = profile_in(ranking, class, i);
		for (size_t p = 0; profile && p < profile->place_count; p++)
			if (is_wanted(&ranking->classes[class], profile, &profile->places[p]))
				*cell(grid, (size_t)profile->places[p].index, i) =
				        profile->places[p].wall_s;
	}
	return true;
}

static int compare(const void *a, const void *b)
{
	const double one = *(const double *)a;
	const double two = *(const double *)b;
	return (one > two) - (one < two);
}

/* The known values of a core, ascending; returns how many. */
static size_t sort_core(const struct grid_of_cores *grid, size_t core, double *values)
{
	size_t count = 0;
	for (size_t i = 0; i < grid->nodes; i++)
		if (isfinite(*cell(grid, core, i)))
			values[count++] = *cell(grid, core, i);
	qsort(values, count, sizeof *values, compare);
	return count;
}

/* Divides each core's times by their median, and draws what most nodes lie in. */
static void add_band(struct plot *plot, const struct grid_of_cores *grid, bool is_wide,
                     double *values)
{
	struct plot_series *const band = plot_series(
	        plot, PLOT_BAND, 0, is_wide ? "90 % of the nodes" : "half of the nodes");
	for (size_t core = 0; core < grid->cores; core++) {
		const size_t count = sort_core(grid, core, values);
		const double median = count > 0 ? values[count / 2] : (double)NAN;
		for (size_t i = 0; i < grid->nodes; i++)
			*cell(grid, core, i) /= median;
		if (count == 0)
			continue;
		struct plot_point *const point = plot_point(plot, band, (double)core, 1);
		const size_t out = count / (is_wide ? 20 : 4);
		point->low = values[out] / median;
		point->high = values[count - 1 - out] / median;
	}
}

static void add_node(struct plot *plot, const struct grid_of_cores *grid,
                     const struct fleet_ranking *ranking, size_t item, unsigned hue)
{
	char name[FLEET_NAME_BYTES];
	fleet_name(ranking, &ranking->items[item], 24, name);
	struct plot_series *const series = plot_series(plot, PLOT_POINTS, hue, name);
	for (size_t core = 0; core < grid->cores; core++) {
		const double relative = *cell(grid, core, item);
		if (!isfinite(relative))
			continue;
		struct plot_point *const point = plot_point(plot, series, (double)core, relative);
		plot_tip(plot, point, "%s, core %zu: %.3g times the median of this core", name,
		         core, relative);
	}
}

/* Whether a place of the node is slow. */
static bool has_slow_place(const struct fleet_ranking *ranking, size_t class, size_t item)
{
	const struct fleet_rank_item *const it = &ranking->items[item];
	return profile_in(ranking, class, item) && it->component >= COMPONENT_CORE &&
	       it->component <= COMPONENT_PACKAGE;
}

static size_t count_slow_places(const struct fleet_ranking *ranking, size_t class)
{
	size_t count = 0;
	for (size_t i = 0; i < ranking->item_count; i++)
		count += has_slow_place(ranking, class, i);
	return count;
}

static void draw(const struct fleet_ranking *ranking, size_t class,
                 const struct grid_of_cores *grid, double *values, struct document *doc)
{
	const size_t slow = count_slow_places(ranking, class);
	char id[48];
	char title[64] = "Cores of nodes with a slow place";
	snprintf(id, sizeof id, "fleet-places-%zu", class + 1);
	if (ranking->class_count > 1)
		snprintf(title, sizeof title, "Class %zu: cores of nodes with a slow place",
		         class + 1);
	struct plot *const plot = document_plot(doc, id, title);
	plot_axis(plot, &plot->x, "core (logical index)");
	plot_axis(plot, &plot->y, "time of a task / median");
	add_band(plot, grid, ranking->classes[class].node_count >= MANY_NODES, values);
	unsigned hue = 1;
	for (size_t i = 0; i < ranking->item_count && hue <= MOST_SHOWN; i++)
		if (has_slow_place(ranking, class, i))
			add_node(plot, grid, ranking, i, hue++);
	char more[48] = "";
	if (slow > MOST_SHOWN)
		snprintf(more, sizeof more, " %zu more are not drawn.", slow - MOST_SHOWN);
	plot_words(plot,
	           "What a task takes on each core at N=%u, by the median of the same core over "
	           "the class.%s",
	           ranking->classes[class].concurrency, more);
	plot_reference(plot, false, 1, "");
	plot->x.from = -1;
	plot->x.to = (double)grid->cores;
}

void fleet_plot_places(const struct fleet_ranking *ranking, size_t class, struct document *doc)
{
	struct grid_of_cores grid = {0};
	if (count_slow_places(ranking, class) == 0)
		return;
	cleanup_free double *values = calloc(ranking->item_count + 1, sizeof *values);
	if (values && read_cores(ranking, class, &grid))
		draw(ranking, class, &grid, values, doc);
	else
		doc->failed |= !values || grid.cores >= 2;
	free(grid.wall_s);
}
