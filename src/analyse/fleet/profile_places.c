/* What tasks took on every core, L3 and socket, of levels that load every core: the logarithm of
 * the v-weighted mean wall time of a core in each trial; an L3 or a socket is the lower median of
 * its cores, so that one slow core does not make it slow. Within a trial a place is held against
 * the median of its like, so what the trial as a whole had cancels. */
#include "analyse/fleet/profile_parts.h"

#include "analyse/place_classes.h"
#include "analyse/quantile.h"
#include "analyse/verdict/place_spread.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const enum place_kind place_kinds[PROFILE_PLACE_KINDS] = {
        [PROFILE_CORE] = PLACE_CORE, [PROFILE_L3] = PLACE_L3, [PROFILE_PACKAGE] = PLACE_PACKAGE};

/* What is worked on: one level. Arrays over cores are as places[PLACE_CORE]. */
struct gathering {
	const struct place_data *data;
	size_t level;
	size_t cores;
	uint32_t *class_of_core; /* NO_PLACE: no slot of the level is there */
	double *weights;
	double *logs;    /* of cores, trials x cores; NAN: none */
	double *values;  /* room for as many values as there are cores or trials */
	double *places;  /* logs of the places of one kind, trials x places */
	uint32_t *class; /* of each of them; NO_PLACE: mixed, or none */
	size_t trials;
};

static const struct places *places_of(const struct gathering *g, enum place_kind kind)
{
	return &g->data->classes.places[kind];
}

/* ---- Which levels ------------------------------------------------------------------------- */

/* How many cores have slots at a level; marks has room for every core. */
static size_t count_cores(const struct place_data *data, size_t level, bool *marks)
{
	const struct level_classes *const classes = &data->classes.levels[level];
	size_t count = 0;
	memset(marks, 0, data->classes.places[PLACE_CORE].count * sizeof *marks);
	for (size_t i = classes->first; i < classes->first + classes->count; i++) {
		const uint32_t core = data->classes.facts[i].place[PLACE_CORE];
		if (core == NO_PLACE || marks[core])
			continue;
		marks[core] = true;
		count++;
	}
	return count;
}

/* Marks the levels of one policy that load as many cores as any of its levels, and these all alike;
 * the lowest of those that load them all where none does so alike. */
static void choose_levels(const struct place_data *data, const char *policy, size_t *counts,
                          bool *chosen)
{
	const struct summary *const summary = data->summary;
	size_t most = 1;
	bool is_alike = false;
	ptrdiff_t lowest = -1;
	for (size_t l = 0; l < summary->level_count; l++)
		if (strcmp(summary->levels[l].level->policy, policy) == 0 && counts[l] > most)
			most = counts[l];
	for (size_t l = 0; l < summary->level_count; l++) {
		if (strcmp(summary->levels[l].level->policy, policy) != 0 || counts[l] != most)
			continue;
		lowest = lowest < 0 ? (ptrdiff_t)l : lowest;
		chosen[l] = data->classes.levels[l].class_count == 1;
		is_alike = is_alike || chosen[l];
	}
	if (!is_alike && lowest >= 0)
		chosen[lowest] = true;
}

static int find_levels(const struct place_data *data, bool *chosen, struct error *err)
{
	const struct summary *const summary = data->summary;
	cleanup_free bool *marks =
	        calloc(data->classes.places[PLACE_CORE].count + 1, sizeof *marks);
	cleanup_free size_t *counts = calloc(summary->level_count + 1, sizeof *counts);
	if (!marks || !counts)
		return error_memory(err);
	for (size_t l = 0; l < summary->level_count; l++)
		counts[l] = count_cores(data, l, marks);
	for (size_t p = 0; p < summary->policy_count; p++)
		choose_levels(data, summary->policies[p], counts, chosen);
	return 0;
}

/* ---- From tasks to logs ------------------------------------------------------------------- */

static void map_cores(struct gathering *g)
{
	const struct place_classes *const classes = &g->data->classes;
	const struct level_classes *const level = &classes->levels[g->level];
	for (size_t c = 0; c < g->cores; c++)
		g->class_of_core[c] = NO_PLACE;
	for (size_t i = level->first; i < level->first + level->count; i++) {
		const struct slot_facts *const facts = &classes->facts[i];
		if (facts->place[PLACE_CORE] != NO_PLACE)
			g->class_of_core[facts->place[PLACE_CORE]] = facts->class;
	}
}

static void measure_trials(struct gathering *g)
{
	const size_t end = g->data->columns.level_first[g->level + 1];
	size_t first = g->data->columns.level_first[g->level];
	for (size_t t = 0; first < end; t++) {
		const size_t next = place_data_end_of_trial(g->data, first, end);
		place_data_measure_cores(g->data, first, next, g->weights, g->logs + t * g->cores);
		first = next;
	}
}

/* Whether a core is at a place of a kind. */
static bool is_at(const struct gathering *g, size_t core, enum place_kind kind, size_t place)
{
	const struct place *const c = &places_of(g, PLACE_CORE)->items[core];
	const int32_t index = places_of(g, kind)->items[place].index;
	switch (kind) {
	case PLACE_L3:
		return c->l3 == index;
	case PLACE_PACKAGE:
		return c->package == index;
	default:
		return core == place;
	}
}

/* One place over all trials: its column of g->places, and its class. */
static void measure_place(struct gathering *g, enum place_kind kind, size_t place)
{
	const size_t count = places_of(g, kind)->count;
	bool is_met = false;
	g->class[place] = NO_PLACE;
	for (size_t c = 0; c < g->cores; c++) {
		if (g->class_of_core[c] == NO_PLACE || !is_at(g, c, kind, place))
			continue;
		g->class[place] = is_met && g->class[place] != g->class_of_core[c]
		                          ? NO_PLACE
		                          : g->class_of_core[c];
		is_met = true;
	}
	for (size_t t = 0; t < g->trials; t++) {
		size_t n = 0;
		for (size_t c = 0; c < g->cores; c++) {
			const double value = g->logs[t * g->cores + c];
			if (!isnan(value) && is_at(g, c, kind, place))
				g->values[n++] = value;
		}
		if (n > 1)
			quantile_sort_values(g->values, n);
		g->places[t * count + place] = n > 0 ? g->values[(n - 1) / 2] : (double)NAN;
	}
}

/* ---- From logs to places ------------------------------------------------------------------ */

/* Mean, standard error and count of n values. */
static void describe(const double *values, size_t n, double *ret_mean, double *ret_se)
{
	double mean = 0;
	double squares = 0;
	for (size_t i = 0; i < n; i++) {
		const double step = values[i] - mean;
		mean += step / (double)(i + 1);
		squares += step * (values[i] - mean);
	}
	*ret_mean = n > 0 ? mean : (double)NAN;
	*ret_se = n > 1 ? sqrt(squares / ((double)n - 1) / (double)n) : (double)NAN;
}

/* The median of a trial over the places of a class; *ret_n says of how many. */
static double median_of_class(struct gathering *g, const double *row, size_t places, uint32_t class,
                              size_t *ret_n)
{
	size_t n = 0;
	for (size_t p = 0; p < places; p++)
		if (g->class[p] == class && !isnan(row[p]))
			g->values[n++] = row[p];
	*ret_n = n;
	return n > 0 ? quantile_median(g->values, n) : (double)NAN;
}

/* Turns g->places from wall times into what each place has against its like in the trial. */
static void make_relative(struct gathering *g, size_t places)
{
	const size_t classes = g->data->classes.levels[g->level].class_count;
	for (size_t t = 0; t < g->trials; t++) {
		double *const row = g->places + t * places;
		for (uint32_t class = 0; class < classes; class ++) {
			size_t n;
			const double median = median_of_class(g, row, places, class, &n);
			for (size_t p = 0; p < places; p++)
				if (g->class[p] == class)
					row[p] = n > 1 ? row[p] - median : (double)NAN;
		}
		for (size_t p = 0; p < places; p++)
			if (g->class[p] == NO_PLACE)
				row[p] = NAN;
	}
}

static size_t take_column(struct gathering *g, size_t places, size_t p)
{
	size_t n = 0;
	for (size_t t = 0; t < g->trials; t++)
		if (!isnan(g->places[t * places + p]))
			g->values[n++] = g->places[t * places + p];
	return n;
}

/* The tasks of the level that ran at each place. */
static void count_tasks(const struct gathering *g, enum place_kind kind,
                        struct profile_place *items)
{
	const struct task_columns *const columns = &g->data->columns;
	for (size_t i = columns->level_first[g->level]; i < columns->level_first[g->level + 1];
	     i++) {
		const uint32_t slot = g->data->classes.of_row[i];
		const uint32_t place =
		        slot == NO_PLACE ? NO_PLACE : g->data->classes.facts[slot].place[kind];
		if (place != NO_PLACE)
			items[place].tasks++;
	}
}

/* One kind at one level, appended to the profile, which has room. */
static void add_kind(struct gathering *g, enum profile_place_kind kind, struct profile *profile)
{
	const struct places *const places = places_of(g, place_kinds[kind]);
	const struct dataset_level *const level = g->data->summary->levels[g->level].level;
	struct profile_place *const items = profile->places + profile->place_count;
	for (size_t p = 0; p < places->count; p++) {
		double ignored;
		measure_place(g, place_kinds[kind], p);
		items[p] = (struct profile_place){
		        .concurrency = level->concurrency,
		        .policy = profile_policy(profile, level->policy),
		        .kind = kind,
		        .index = places->items[p].index,
		        .l3 = kind == PROFILE_CORE ? places->items[p].l3 : -1,
		        .package = kind == PROFILE_PACKAGE ? -1 : places->items[p].package};
		items[p].trials = (uint32_t)take_column(g, places->count, p);
		describe(g->values, items[p].trials, &items[p].wall_s, &ignored);
		items[p].wall_s = exp(items[p].wall_s);
	}
	make_relative(g, places->count);
	for (size_t p = 0; p < places->count; p++) {
		const size_t n = take_column(g, places->count, p);
		describe(g->values, n, &items[p].relative, &items[p].relative_se);
		items[p].relative = exp(items[p].relative);
	}
	count_tasks(g, place_kinds[kind], items);
	size_t kept = 0;
	for (size_t p = 0; p < places->count; p++)
		if (items[p].trials > 0)
			items[kept++] = items[p];
	profile->place_count += kept;
}

static void gathering_release(struct gathering *g)
{
	free(g->class_of_core);
	free(g->weights);
	free(g->logs);
	free(g->values);
	free(g->places);
	free(g->class);
}

static int add_level(const struct place_data *data, size_t level, struct profile *profile,
                     struct error *err)
{
	struct gathering g = {.data = data,
	                      .level = level,
	                      .cores = data->classes.places[PLACE_CORE].count,
	                      .trials = place_data_trials(data, level)};
	size_t most = g.cores;
	for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
		most = places_of(&g, place_kinds[k])->count > most
		               ? places_of(&g, place_kinds[k])->count
		               : most;
	g.class_of_core = calloc(g.cores + 1, sizeof *g.class_of_core);
	g.weights = calloc(g.cores + 1, sizeof *g.weights);
	g.logs = calloc(g.cores * g.trials + 1, sizeof *g.logs);
	g.values = calloc(most + g.trials + 1, sizeof *g.values);
	g.places = calloc(most * g.trials + 1, sizeof *g.places);
	g.class = calloc(most + 1, sizeof *g.class);
	const bool is_allocated =
	        g.class_of_core && g.weights && g.logs && g.values && g.places && g.class;
	if (is_allocated) {
		map_cores(&g);
		measure_trials(&g);
		for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
			add_kind(&g, (enum profile_place_kind)k, profile);
	}
	gathering_release(&g);
	return is_allocated ? 0 : error_memory(err);
}

static int compare_profile_places(const void *a, const void *b)
{
	const struct profile_place *const x = a;
	const struct profile_place *const y = b;
	if (x->policy != y->policy)
		return x->policy < y->policy ? -1 : 1;
	if (x->concurrency != y->concurrency)
		return x->concurrency < y->concurrency ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int add_levels(const struct place_data *data, struct profile *profile, struct error *err)
{
	const size_t level_count = data->summary->level_count;
	cleanup_free bool *chosen = calloc(level_count + 1, sizeof *chosen);
	int r = chosen ? find_levels(data, chosen, err) : error_memory(err);
	size_t capacity = 0;
	for (size_t l = 0; r == 0 && l < level_count; l++) {
		size_t places = 0;
		if (!chosen[l])
			continue;
		for (size_t k = 0; k < PROFILE_PLACE_KINDS; k++)
			places += data->classes.places[place_kinds[k]].count;
		r = array_reserve(&profile->places, &capacity, profile->place_count + places,
		                  sizeof *profile->places, err);
		if (r == 0)
			r = add_level(data, l, profile, err);
	}
	return r;
}

int profile_add_places(const struct findings *findings, struct profile *profile, struct error *err)
{
	struct place_data data cleanup_place_data = {0};
	if (findings->dataset->slot_count == 0)
		return 0;
	int r = place_data_build(&findings->summary, &data, err);
	if (r == 0)
		r = add_levels(&data, profile, err);
	if (r == 0 && profile->place_count > 1)
		qsort(profile->places, profile->place_count, sizeof *profile->places,
		      compare_profile_places);
	return r;
}
