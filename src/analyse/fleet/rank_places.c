/* Slow cores, L3 caches and sockets. The wall time of a place is held against the same place of the
 * other nodes of the class (so what a place is by its build cancels: nearer to memory, a core that
 * clocks higher), and then against the other places of its own node (so that a slow node is no slow
 * place). What a slow socket explains is taken from its caches and cores, and what a slow cache
 * does from its cores, before these are looked at. */
#include "analyse/fleet/rank_grid.h"
#include "analyse/fleet/rank_parts.h"

#include "analyse/quantile.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of fewer nodes, or places, the own spread of a place, or of a node, says little. */
enum { LEAST_FOR_SPREAD = 8 };

/* The part of all places that is called their tail; and the most it may be, where they are few. */
#define TAIL_PART 0.005
#define TAIL_MOST 0.2
enum { TAIL_LEAST = 10 };

#define HALF_PI 1.5707963267948966

static const enum fleet_component components[PROFILE_PLACE_KINDS] = {
        [PROFILE_CORE] = COMPONENT_CORE,
        [PROFILE_L3] = COMPONENT_L3,
        [PROFILE_PACKAGE] = COMPONENT_PACKAGE};

/* ---- How far apart ------------------------------------------------------------------------ */

/* The median of a column or row of cells that are numbers, NAN without any; skip: a cell that is
 * left out, SIZE_MAX: none. */
static double median_of(const double *cells, size_t count, size_t stride, size_t skip,
                        double *scratch)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (i != skip && !isnan(cells[i * stride]))
			scratch[n++] = cells[i * stride];
	return n > 0 ? quantile_median(scratch, n) : (double)NAN;
}

static void centre_columns(double *cells, size_t nodes, size_t places, double *scratch)
{
	for (size_t p = 0; p < places; p++) {
		const double median = median_of(cells + p, nodes, places, SIZE_MAX, scratch);
		for (size_t i = 0; i < nodes; i++)
			cells[i * places + p] -= median;
	}
}

/* Each place of a node against the others of the node. */
static void centre_rows(struct grid *grid, double *scratch, double *row)
{
	for (size_t i = 0; i < grid->nodes; i++) {
		double *const cells = grid->apart + i * grid->places;
		memcpy(row, cells, grid->places * sizeof *row);
		const double whole = median_of(row, grid->places, 1, SIZE_MAX, scratch);
		/* Of many, one more or less does not move the median. */
		for (size_t p = 0; p < grid->places; p++)
			cells[p] -= grid->places >= LEAST_FOR_SPREAD
			                    ? whole
			                    : median_of(row, grid->places, 1, p, scratch);
	}
}

/* Takes from each place what the place that holds it explains: `slow` has a log for each node and
 * holder, 0 where that is not slow. */
static void explain(struct grid *grid, const int32_t *holder_of, const struct grid *holders,
                    const double *slow)
{
	for (size_t p = 0; p < grid->places; p++) {
		const ptrdiff_t column = rank_grid_column(holders, holder_of[p]);
		if (column < 0)
			continue;
		for (size_t i = 0; i < grid->nodes; i++)
			grid->apart[i * grid->places + p] -=
			        slow[i * holders->places + (size_t)column];
	}
}

/* ---- Which are slow ----------------------------------------------------------------------- */

/* What the MAD of so many values has to be multiplied by, on average, since they lie nearer to
 * their own median than to the true one: Croux and Rousseeuw, "Time-efficient algorithms for two
 * highly robust estimators of scale" (1992), table for n below 10. */
static double small_sample(size_t count)
{
	static const double factors[] = {1,     1,     1.196, 1.495, 1.363,
	                                 1.206, 1.200, 1.140, 1.129, 1.107};
	if (count < ARRAY_LENGTH(factors))
		return factors[count];
	return (double)count / ((double)count - 0.8);
}

/* The spread of what is around 0: 1.4826 times the median of the distances. */
static double spread_of(const double *cells, size_t count, size_t stride, double *scratch)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		if (!isnan(cells[i * stride]))
			scratch[n++] = cells[i * stride];
	return n > 0 ? quantile_mad(scratch, n, 0) : 0;
}

/* Spreads of a grid: of all cells, of each place over nodes, of each node over places, and of the
 * tail that the other nodes have. */
struct spreads {
	double all;
	double *of_place;
	double *of_node;
	double *of_others; /* NAN: not asked yet */
	double sigmas;     /* how many of them a place has to be apart */
	bool *is_apart;    /* of each cell: far from the middle, in all of its trials */
	bool is_common;    /* half the nodes have such places */
	double *own;       /* room for the places of a node */
	double *tail;      /* of all nodes, ascending; NULL: not asked yet */
	size_t tail_count;
};

static void measure_spreads(const struct grid *grid, double *scratch, struct spreads *spreads)
{
	const size_t cells = grid->nodes * grid->places;
	size_t present = 0;
	for (size_t i = 0; i < cells; i++)
		present += !isnan(grid->apart[i]);
	/* Three kinds of places, none of which may cry out by chance. */
	spreads->sigmas = rank_threshold(PROFILE_PLACE_KINDS * present);
	/* And what is far out lies farther from the median of the few others than from the true
	 * one, by the variance of that median: pi / 2 by their count. */
	const double factor =
	        small_sample(grid->present) * sqrt(1 + HALF_PI / fmax((double)grid->present, 1));
	spreads->all = fmax(factor * spread_of(grid->apart, cells, 1, scratch), RANK_FLOOR);
	for (size_t p = 0; p < grid->places; p++)
		spreads->of_place[p] = grid->present >= LEAST_FOR_SPREAD
		                               ? factor * spread_of(grid->apart + p, grid->nodes,
		                                                    grid->places, scratch)
		                               : 0;
	for (size_t i = 0; i < grid->nodes; i++)
		spreads->of_node[i] = grid->places >= LEAST_FOR_SPREAD
		                              ? spread_of(grid->apart + i * grid->places,
		                                          grid->places, 1, scratch)
		                              : 0;
}

/* Whether the trials of a place agree that it is slow: what happened in one of them alone is no
 * property of the place. One trial cannot say, and has to show twice the margin. */
static bool is_slow_in_trials(const struct grid *grid, size_t at)
{
	const double n = grid->trials[at];
	if (n < 2 || isnan(grid->own_se[at]))
		return grid->apart[at] > -log(1 - 2 * RANK_MARGIN);
	return grid->own[at] > gsl_cdf_tdist_Qinv(RANK_ALPHA, n - 1) * grid->own_se[at];
}

/* Whether a place is far apart by the middle of the distribution, and its own trials agree. */
static bool is_apart(const struct grid *grid, const struct spreads *spreads, size_t node,
                     size_t place)
{
	const size_t at = node * grid->places + place;
	const double sigma =
	        fmax(spreads->all, fmax(spreads->of_place[place], spreads->of_node[node]));
	const double apart = grid->apart[at];
	/* Of few places, each is held against few: one that is fast does not make the others slow.
	 */
	if (grid->places < LEAST_FOR_SPREAD && !(grid->against[at] > -log(1 - RANK_MARGIN) / 2))
		return false;
	return !isnan(apart) && apart > -log(1 - RANK_MARGIN) && apart > spreads->sigmas * sigma &&
	       is_slow_in_trials(grid, at);
}

/* Faults of other nodes are no tail: places that are apart in all of their trials are left out,
 * unless half the nodes have some, which is then what these nodes are like. Returns how many of the
 * cells from `begin` on are in it. */
static size_t take_tail(const struct grid *grid, const struct spreads *spreads, size_t begin,
                        size_t count, double *ret_cells)
{
	size_t n = 0;
	for (size_t at = begin; at < begin + count; at++)
		if (!isnan(grid->apart[at]) && (spreads->is_common || !spreads->is_apart[at]))
			ret_cells[n++] = grid->apart[at];
	quantile_sort_values(ret_cells, n);
	return n;
}

/* Where places are disturbed now and then, what is far apart is more frequent than the middle of
 * the distribution says: the deviation that a normal tail as heavy as that of the other nodes would
 * have. At least TAIL_LEAST places have to be in it. All nodes are sorted once, and the node's own
 * places taken out of that: a sort for each node would grow with the square of their number. */
static double spread_of_others(const struct grid *grid, const struct spreads *spreads, size_t node)
{
	size_t own = take_tail(grid, spreads, node * grid->places, grid->places, spreads->own);
	const size_t n = spreads->tail_count - own;
	const double part = n > 0 ? fmax(TAIL_PART, (double)TAIL_LEAST / (double)n) : 1;
	if (part > TAIL_MOST)
		return 0;
	/* From the top; among all, what is the node's own and no lower stands before it. */
	size_t rank = (size_t)floor(part * (double)n);
	const double *const highest = &spreads->tail[spreads->tail_count - 1];
	for (; own > 0 && spreads->own[own - 1] >= *(highest - rank); own--)
		rank++;
	return fmax(*(highest - rank), 0) / gsl_cdf_ugaussian_Qinv(part);
}

/* Marks the places that are apart, and says whether half the nodes have some. */
static void mark_apart(const struct grid *grid, struct spreads *spreads)
{
	size_t with = 0;
	for (size_t i = 0; i < grid->nodes; i++) {
		bool has = false;
		for (size_t p = 0; p < grid->places; p++) {
			spreads->is_apart[i * grid->places + p] = is_apart(grid, spreads, i, p);
			has = has || spreads->is_apart[i * grid->places + p];
		}
		with += has;
	}
	spreads->is_common = 2 * with >= grid->present;
}

static bool is_slow(const struct grid *grid, struct spreads *spreads, size_t node, size_t place,
                    double *scratch)
{
	const size_t at = node * grid->places + place;
	if (!spreads->is_apart[at])
		return false;
	if (!spreads->tail) {
		spreads->tail = scratch;
		spreads->tail_count =
		        take_tail(grid, spreads, 0, grid->nodes * grid->places, scratch);
	}
	if (isnan(spreads->of_others[node]))
		spreads->of_others[node] = spread_of_others(grid, spreads, node);
	return grid->apart[at] > spreads->sigmas * spreads->of_others[node];
}

static void add_slow(struct rank_place *found, const struct grid *grid,
                     enum profile_place_kind kind, size_t place, double apart)
{
	const double relative = exp(apart);
	found->component = components[kind];
	found->count++;
	found->loss += (1 - 1 / relative) / (double)grid->places;
	if (found->count > 1 && relative <= found->relative)
		return;
	found->relative = relative;
	found->index = grid->index[place];
	found->l3 = kind == PROFILE_CORE ? grid->l3[place] : -1;
	found->package = kind == PROFILE_PACKAGE ? -1 : grid->package[place];
}

/* The kind whose slow places cost most stands for the node. */
static void note(struct rank_place *noted, struct rank_place *found)
{
	found->total_loss = noted->total_loss + found->loss;
	if (found->component == COMPONENT_NONE)
		return;
	if (noted->component == COMPONENT_NONE || found->loss > noted->loss)
		*noted = *found;
	else
		noted->total_loss = found->total_loss;
}

/* Marks slow places of one kind in all nodes; slow gets the log of each, 0 where it is not. */
static int judge(struct ranking_work *work, const struct fleet_class *class,
                 enum profile_place_kind kind, struct grid *grid, double *scratch, double *slow,
                 struct error *err)
{
	cleanup_free double *room = calloc(2 * grid->places + 2 * grid->nodes + 1, sizeof *room);
	cleanup_free bool *is_apart = calloc(grid->nodes * grid->places + 1, sizeof *is_apart);
	if (!room || !is_apart)
		return error_memory(err);
	struct spreads spreads = {.is_apart = is_apart,
	                          .of_place = room,
	                          .of_node = room + grid->places,
	                          .of_others = room + grid->places + grid->nodes,
	                          .own = room + grid->places + 2 * grid->nodes};
	memcpy(grid->against, grid->apart, grid->nodes * grid->places * sizeof *grid->against);
	centre_columns(grid->own, grid->nodes, grid->places, scratch);
	centre_rows(grid, scratch, spreads.own);
	measure_spreads(grid, scratch, &spreads);
	for (size_t i = 0; i < grid->nodes; i++)
		spreads.of_others[i] = NAN;
	mark_apart(grid, &spreads);
	for (size_t i = 0; i < grid->nodes; i++) {
		struct rank_node *const node = &work->nodes[class->nodes[i]];
		struct rank_place found = {.component = COMPONENT_NONE, .index = -1};
		struct rank_place masked = {.component = COMPONENT_NONE, .index = -1};
		for (size_t p = 0; p < grid->places; p++) {
			const double apart = grid->apart[i * grid->places + p];
			if (is_slow(grid, &spreads, i, p, scratch)) {
				slow[i * grid->places + p] = apart;
				add_slow(&found, grid, kind, p, apart);
			} else if (spreads.is_common && is_apart[i * grid->places + p]) {
				add_slow(&masked, grid, kind, p, apart);
			}
		}
		note(&node->place, &found);
		note(&node->masked, &masked);
	}
	return 0;
}

/* A kind that has one place for each of another kind is that kind: an L3 of one core is the core,
 * one L3 for each socket is the socket. */
static bool is_looked_at(const struct grid *grids, enum profile_place_kind kind)
{
	const size_t count = grids[kind].places;
	if (count < 2)
		return false;
	return kind != PROFILE_L3 ||
	       (count != grids[PROFILE_CORE].places && count != grids[PROFILE_PACKAGE].places);
}

static int judge_kinds(struct ranking_work *work, const struct fleet_class *class,
                       struct grid *grids, struct error *err)
{
	static const enum profile_place_kind order[] = {PROFILE_PACKAGE, PROFILE_L3, PROFILE_CORE};
	double *slow[PROFILE_PLACE_KINDS] = {NULL};
	size_t most = 1;
	for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
		most = grids[k].places > most ? grids[k].places : most;
	cleanup_free double *scratch = calloc(class->node_count * most + 1, sizeof *scratch);
	int r = scratch ? 0 : error_memory(err);
	for (size_t k = 0; r == 0 && k < ARRAY_LENGTH(order); k++) {
		const enum profile_place_kind kind = order[k];
		struct grid *const grid = &grids[kind];
		slow[kind] = calloc(grid->nodes * grid->places + 1, sizeof *slow[kind]);
		if (!slow[kind])
			r = error_memory(err);
		if (r < 0 || !is_looked_at(grids, kind))
			continue;
		centre_columns(grid->apart, grid->nodes, grid->places, scratch);
		if (kind != PROFILE_PACKAGE)
			explain(grid, grid->package, &grids[PROFILE_PACKAGE],
			        slow[PROFILE_PACKAGE]);
		if (kind == PROFILE_CORE)
			explain(grid, grid->l3, &grids[PROFILE_L3], slow[PROFILE_L3]);
		r = judge(work, class, kind, grid, scratch, slow[kind], err);
	}
	for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
		free(slow[k]);
	return r;
}

int rank_find_places(struct ranking_work *work, const struct fleet_class *class, struct error *err)
{
	const struct place_level level = rank_grid_level(work, class);
	struct grid grids[PROFILE_PLACE_KINDS] = {{0}};
	int r = 0;
	if (level.concurrency == 0)
		return 0;
	for (size_t k = 0; r == 0 && k < PROFILE_PLACE_KINDS; k++)
		r = rank_grid_make(work, class, &level, (enum profile_place_kind)k, &grids[k], err);
	if (r == 0)
		r = judge_kinds(work, class, grids, err);
	for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
		rank_grid_release(&grids[k]);
	return r;
}
