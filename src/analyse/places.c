/* Which places of the machine are slower than their like. A task is compared with the tasks of its
 * own trial whose slots share core, L3 and package with as many others as its own slot does: so
 * neither N, nor the state of the node in that trial, nor a second task on the core looks like a
 * slow place. A place is the median of its tasks; an L3 or a package is the lower median of its
 * cores, so that one slow core does not make it slow. */
#include "analyse/distributions_parts.h"

#include "analyse/place_classes.h"
#include "analyse/quantile.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A place is slow by this many standard deviations, and by this part. */
#define SLOW_SIGMAS 4.0
#define SLOW_PART   0.03

/* The standard error of a median, in standard deviations of one value over sqrt(count). */
#define MEDIAN_ERROR 1.2533

enum { LEAST_TASKS = 8, LEAST_PLACES = 4, LEAST_PACKAGES = 2 };

const char *const place_kind_names[PLACE_KINDS] = {
        [PLACE_PU] = "pu", [PLACE_CORE] = "core", [PLACE_L3] = "l3", [PLACE_PACKAGE] = "package"};

/* What is worked on; arrays have one item per row of the columns. */
struct measuring {
	const struct summary *summary;
	const struct task_columns *columns;
	struct place_classes classes;
	double *relative; /* to the median of its like; NAN: there is none */
	double *scratch;
	double *grouped;
};

/* Of a row's slot; NULL: it is not known where that is. */
static const struct slot_facts *facts_of(const struct measuring *m, size_t row)
{
	const uint32_t slot = m->classes.of_row[row];
	return slot == NO_PLACE ? NULL : &m->classes.facts[slot];
}

/* The rows of one trial, [first, end), against the medians of their classes. */
static void compare_trial(struct measuring *m, size_t level, size_t first, size_t end)
{
	const double *const walls = m->columns->figures[FIGURE_WALL_S];
	const size_t class_count = m->classes.levels[level].class_count;
	for (size_t class = 0; class < class_count; class ++) {
		size_t count = 0;
		for (size_t i = first; i < end; i++) {
			const struct slot_facts *const facts = facts_of(m, i);
			if (facts && facts->class == class)
				m->scratch[count++] = walls[i];
		}
		const double median = count > 0 ? quantile_median(m->scratch, count) : 0;
		for (size_t i = first; median > 0 && i < end; i++) {
			const struct slot_facts *const facts = facts_of(m, i);
			if (facts && facts->class == class)
				m->relative[i] = walls[i] / median;
		}
	}
}

static void compare_tasks(struct measuring *m)
{
	const struct task_columns *const columns = m->columns;
	const struct task_record *const tasks = m->summary->dataset->tasks;
	for (size_t i = 0; i < columns->count; i++)
		m->relative[i] = NAN;
	for (size_t level = 0; level < m->summary->level_count; level++) {
		const size_t end = columns->level_first[level + 1];
		size_t first = columns->level_first[level];
		while (first < end) {
			const uint32_t trial = tasks[columns->task[first]].trial;
			size_t next = first + 1;
			while (next < end && tasks[columns->task[next]].trial == trial)
				next++;
			compare_trial(m, level, first, next);
			first = next;
		}
	}
}

/* Of a row whose class spans enough places of a kind to tell one from the others; else NULL. */
static const struct slot_facts *comparable_facts(const struct measuring *m, size_t row,
                                                 enum place_kind kind)
{
	const struct slot_facts *const facts = facts_of(m, row);
	const size_t least = kind == PLACE_PACKAGE ? LEAST_PACKAGES : LEAST_PLACES;
	const bool is_comparable = facts && !isnan(m->relative[row]) && facts->spans[kind] >= least;
	return is_comparable ? facts : NULL;
}

/* The tasks of each place of `by` (PUs or cores) that compare places of `kind`: their medians and
 * how many they are. Both outputs have room for the places of `by`. Returns 0 or -ENOMEM. */
static int find_medians(struct measuring *m, enum place_kind by, enum place_kind kind,
                        double *medians, size_t *counts, struct error *err)
{
	const size_t place_count = m->classes.places[by].count;
	cleanup_free size_t *ends = calloc(place_count + 1, sizeof *ends);
	if (!ends)
		return error_memory(err);
	memset(counts, 0, place_count * sizeof *counts);
	for (size_t i = 0; i < m->columns->count; i++) {
		const struct slot_facts *const facts = comparable_facts(m, i, kind);
		if (facts && facts->place[by] != NO_PLACE)
			counts[facts->place[by]]++;
	}
	for (size_t p = 1; p < place_count; p++)
		ends[p] = ends[p - 1] + counts[p - 1];
	for (size_t i = 0; i < m->columns->count; i++) {
		const struct slot_facts *const facts = comparable_facts(m, i, kind);
		if (facts && facts->place[by] != NO_PLACE)
			m->grouped[ends[facts->place[by]]++] = m->relative[i];
	}
	for (size_t p = 0; p < place_count; p++)
		medians[p] = counts[p] > 0
		                     ? quantile_median(m->grouped + ends[p] - counts[p], counts[p])
		                     : (double)NAN;
	return 0;
}

/* The holder (L3 or package) of every core, or NO_PLACE. */
static void find_holders(const struct measuring *m, enum place_kind kind, uint32_t *holders)
{
	const struct places *const cores = &m->classes.places[PLACE_CORE];
	for (size_t c = 0; c < cores->count; c++)
		holders[c] = place_classes_find(&m->classes.places[kind],
		                                kind == PLACE_L3 ? cores->items[c].l3
		                                                 : cores->items[c].package);
}

/* A place that holds cores is the lower median of theirs. ends has room for every place and one
 * more, values for every core; error_counts gets how many tasks make the standard error of each
 * place, 0 for one with tasks on one core only, which is that core. */
static void join_cores(const struct measuring *m, struct places *places, const uint32_t *holders,
                       const double *medians, const size_t *counts, size_t *ends, double *values,
                       size_t *error_counts)
{
	const size_t core_count = m->classes.places[PLACE_CORE].count;
	memset(ends, 0, (places->count + 1) * sizeof *ends);
	for (size_t c = 0; c < core_count; c++)
		if (holders[c] != NO_PLACE && counts[c] > 0)
			ends[holders[c] + 1]++;
	for (size_t p = 0; p < places->count; p++)
		ends[p + 1] += ends[p];
	for (size_t c = 0; c < core_count; c++)
		if (holders[c] != NO_PLACE && counts[c] > 0) {
			values[ends[holders[c]]++] = medians[c];
			places->items[holders[c]].tasks += counts[c];
		}
	for (size_t p = 0, first = 0; p < places->count; first = ends[p++]) {
		const size_t cores = ends[p] - first;
		if (cores > 1)
			quantile_sort_values(values + first, cores);
		if (cores > 0)
			places->items[p].relative = values[first + (cores - 1) / 2];
		error_counts[p] = cores > 1 ? places->items[p].tasks / cores : 0;
	}
}

/* The standard deviation of one task's relative time, robust. */
static double spread_of_tasks(const struct measuring *m, enum place_kind kind)
{
	size_t count = 0;
	for (size_t i = 0; i < m->columns->count; i++)
		if (comparable_facts(m, i, kind))
			m->scratch[count++] = m->relative[i];
	return count > 0 ? quantile_mad(m->scratch, count, 1) : (double)NAN;
}

/* Judges the places with enough tasks; is_judged says which may be, error_count how many tasks of
 * each make its standard error. */
static void judge(struct measuring *m, struct places *places, enum place_kind kind,
                  const size_t *error_counts)
{
	size_t count = 0;
	double *const values = m->scratch;
	const double task_sigma = spread_of_tasks(m, kind);
	for (size_t p = 0; p < places->count; p++)
		if (error_counts[p] >= LEAST_TASKS)
			values[count++] = places->items[p].relative;
	places->judged = count >= LEAST_PLACES ? count : 0;
	if (places->judged == 0)
		return;
	const double centre = quantile_median(values, count);
	places->spread = quantile_mad(values, count, centre);
	for (size_t p = 0; p < places->count; p++) {
		struct place *const place = &places->items[p];
		if (error_counts[p] < LEAST_TASKS)
			continue;
		const double error = MEDIAN_ERROR * task_sigma / sqrt((double)error_counts[p]);
		const double sigma = fmax(places->spread, error);
		const double apart = place->relative - centre;
		place->deviation = sigma > 0         ? apart / sigma
		                   : fabs(apart) > 0 ? copysign((double)INFINITY, apart)
		                                     : 0;
		place->is_slow = place->deviation > SLOW_SIGMAS &&
		                 place->relative > centre * (1 + SLOW_PART);
		places->slow += place->is_slow;
	}
}

static const char *reason_of(const struct measuring *m, const struct places *places,
                             enum place_kind kind)
{
	if (places->judged > 0)
		return NULL;
	if (m->summary->dataset->slot_count == 0)
		return "the result does not say where the slots were";
	if (places->count == 0)
		return kind == PLACE_PU ? "tasks were not bound to PUs"
		                        : "the machine did not show which PUs belong together, or "
		                          "tasks were not bound";
	if (kind == PLACE_PACKAGE)
		return "a machine with fewer than 4 packages has too few to compare";
	return "fewer than 4 of them ran 8 or more tasks under the same load at the same time";
}

/* PUs and cores. */
static int measure_leaves(struct measuring *m, enum place_kind kind, struct error *err)
{
	struct places *const places = &m->classes.places[kind];
	cleanup_free double *medians = calloc(places->count + 1, sizeof *medians);
	cleanup_free size_t *counts = calloc(places->count + 1, sizeof *counts);
	if (!medians || !counts)
		return error_memory(err);
	const int r = find_medians(m, kind, kind, medians, counts, err);
	if (r < 0)
		return r;
	for (size_t p = 0; p < places->count; p++) {
		places->items[p].relative = medians[p];
		places->items[p].tasks = counts[p];
	}
	judge(m, places, kind, counts);
	return 0;
}

/* L3 caches and packages. */
static int measure_holders(struct measuring *m, enum place_kind kind, struct error *err)
{
	struct places *const places = &m->classes.places[kind];
	const size_t cores = m->classes.places[PLACE_CORE].count;
	/* Medians, then values; tasks of the cores, then ends and error counts of the places. */
	cleanup_free double *medians = calloc(2 * cores + 1, sizeof *medians);
	cleanup_free size_t *counts = calloc(cores + 2 * places->count + 2, sizeof *counts);
	cleanup_free uint32_t *holders = calloc(cores + 1, sizeof *holders);
	int r = medians && counts && holders ? 0 : error_memory(err);
	if (r == 0)
		r = find_medians(m, PLACE_CORE, kind, medians, counts, err);
	if (r == 0) {
		size_t *const ends = counts + cores;
		size_t *const error_counts = ends + places->count + 1;
		find_holders(m, kind, holders);
		join_cores(m, places, holders, medians, counts, ends, medians + cores,
		           error_counts);
		judge(m, places, kind, error_counts);
	}
	return r;
}

static int measure_all(struct measuring *m, struct error *err)
{
	compare_tasks(m);
	int r = measure_leaves(m, PLACE_CORE, err);
	if (r == 0)
		r = measure_leaves(m, PLACE_PU, err);
	if (r == 0)
		r = measure_holders(m, PLACE_L3, err);
	if (r == 0)
		r = measure_holders(m, PLACE_PACKAGE, err);
	if (r < 0)
		return r;
	for (size_t k = 0; k < PLACE_KINDS; k++)
		m->classes.places[k].reason =
		        reason_of(m, &m->classes.places[k], (enum place_kind)k);
	struct places *const pus = &m->classes.places[PLACE_PU];
	const struct places *const cores = &m->classes.places[PLACE_CORE];
	if (pus->judged > 0 && cores->judged > 0 && pus->count == cores->count) {
		pus->reason = "tasks ran on one PU of each core: see the cores";
		pus->slow = 0;
		pus->judged = 0;
		for (size_t p = 0; p < pus->count; p++)
			pus->items[p].is_slow = false;
	}
	return 0;
}

int places_measure(const struct summary *summary, const struct task_columns *columns,
                   struct distributions *ret_distributions, struct error *err)
{
	struct measuring m = {.summary = summary, .columns = columns};
	const size_t count = columns->count ? columns->count : 1;
	m.relative = malloc(count * sizeof *m.relative);
	m.scratch = malloc(count * sizeof *m.scratch);
	m.grouped = malloc(count * sizeof *m.grouped);
	int r = m.relative && m.scratch && m.grouped ? 0 : error_memory(err);
	if (r == 0)
		r = place_classes_build(summary, columns, &m.classes, err);
	if (r == 0)
		r = measure_all(&m, err);
	if (r == 0)
		for (size_t k = 0; k < PLACE_KINDS; k++) {
			ret_distributions->places[k] = m.classes.places[k];
			m.classes.places[k] = (struct places){0};
		}
	place_classes_release(&m.classes);
	free(m.relative);
	free(m.scratch);
	free(m.grouped);
	return r;
}
