/* What somebody else stated of a level, for results that have no records of tasks. */
#include "analyse/measure_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A standard error says nothing of how many repeats it is of: the normal quantile. */
#define STANDARD_TO_95 1.959963984540054

static const char no_interval[] = "its error was not stated";

/* The name under which a figure is stated. */
static void name_of(const struct measure_query *query, char text[RECORD_FIGURE_NAME_BYTES])
{
	snprintf(text, RECORD_FIGURE_NAME_BYTES, "%s%s", measures[query->id].name,
	         query->detail ? query->detail : "");
}

static bool is_asked(const struct stated_figure *figure, const struct measure_query *query)
{
	if (measures[query->id].nature != NATURE_TASKS || query->statistic == STATISTIC_MEAN)
		return figure->statistic == STATED_MEAN;
	return figure->statistic == STATED_QUANTILE &&
	       fabs(figure->quantile - query->quantile) < 1e-9;
}

static struct estimate estimate_of(const struct stated_figure *figure)
{
	struct estimate e = {.value = figure->value, .low = NAN, .high = NAN, .n = 1};
	const double half = figure->error_kind == STATED_NO_ERROR   ? (double)NAN
	                    : figure->error_kind == STATED_STANDARD ? STANDARD_TO_95 * figure->error
	                                                            : figure->error;
	if (!isfinite(half)) {
		e.reason = no_interval;
		return e;
	}
	e.low = figure->value - half;
	e.high = figure->value + half;
	return e;
}

/* What was stated of a level, under the query's own name. */
static struct estimate find_own(const struct summary *summary, size_t level,
                                const struct measure_query *query, enum stated_error *ret_error)
{
	const struct dataset *const dataset = summary->dataset;
	const size_t index = (size_t)(summary->levels[level].level - dataset->levels);
	char name[RECORD_FIGURE_NAME_BYTES];
	name_of(query, name);
	for (size_t i = 0; i < dataset->stated_count; i++) {
		const struct stated_figure *const figure = &dataset->stated[i];
		if (figure->level != index || strcmp(figure->name, name) != 0 ||
		    !is_asked(figure, query))
			continue;
		*ret_error = figure->error_kind;
		return estimate_of(figure);
	}
	return estimate_absent("it was not stated");
}

/* factor / e: what is the larger the smaller the other is. */
static struct estimate inverse(double factor, const struct estimate *e)
{
	struct estimate of = *e;
	of.value = factor / e->value;
	of.low = e->high > 0 ? factor / e->high : (double)NAN;
	of.high = e->low > 0 ? factor / e->low : (double)NAN;
	return of;
}

/* Throughput as stated; else N tasks at once, each of the mean wall time. */
static struct estimate find_throughput(const struct summary *summary, size_t level,
                                       enum stated_error *ret_error)
{
	const struct measure_query throughput = {.id = MEASURE_THROUGHPUT};
	const struct measure_query wall = {.id = MEASURE_WALL};
	const struct estimate own = find_own(summary, level, &throughput, ret_error);
	if (estimate_has_value(&own))
		return own;
	const struct estimate walls = find_own(summary, level, &wall, ret_error);
	return walls.value > 0 ? inverse(summary->levels[level].level->concurrency, &walls) : own;
}

/* The level that efficiency is drawn from: the run's baseline, or the lowest that has a stated
 * throughput; -1: none. */
static ptrdiff_t stated_baseline(const struct summary *summary, const char *policy)
{
	ptrdiff_t lowest = -1;
	enum stated_error error;
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct dataset_level *const level = summary->levels[i].level;
		const struct estimate e = find_throughput(summary, i, &error);
		if (strcmp(level->policy, policy) != 0 || !(e.value > 0))
			continue;
		if (level->concurrency == summary->dataset->run.baseline)
			return (ptrdiff_t)i;
		if (lowest < 0)
			lowest = (ptrdiff_t)i;
	}
	return lowest;
}

/* Here by there, times factor, with every value that the errors of both leave open. */
static struct estimate divide(const struct estimate *here, const struct estimate *there,
                              double factor)
{
	struct estimate e = *here;
	e.value = here->value / there->value * factor;
	e.low = there->high > 0 ? here->low / there->high * factor : (double)NAN;
	e.high = there->low > 0 ? here->high / there->low * factor : (double)NAN;
	return e;
}

static struct estimate find_efficiency(const struct summary *summary, size_t level,
                                       enum stated_error *ret_error)
{
	const struct dataset_level *const own = summary->levels[level].level;
	const ptrdiff_t baseline = stated_baseline(summary, own->policy);
	const struct estimate here = find_throughput(summary, level, ret_error);
	if (baseline < 0 || !(here.value > 0))
		return estimate_absent("it was not stated, nor throughputs to work it out from");
	if ((size_t)baseline == level)
		return (struct estimate){.value = 1,
		                         .low = NAN,
		                         .high = NAN,
		                         .n = 1,
		                         .reason = "it is the baseline: 1 by definition"};
	const struct estimate there = find_throughput(summary, (size_t)baseline, ret_error);
	return divide(&here, &there,
	              (double)summary->levels[baseline].level->concurrency / own->concurrency);
}

void measure_stated_find(const struct measure_work *work)
{
	const struct summary *const summary = &work->findings->summary;
	struct measure_values *const values = work->values;
	const enum measure_id id = work->query->id;
	enum stated_error error = STATED_NO_ERROR;
	if (summary->dataset->stated_count == 0)
		return;
	struct estimate stated = find_own(summary, work->level, work->query, &error);
	if (!estimate_has_value(&stated) && id == MEASURE_THROUGHPUT)
		stated = find_throughput(summary, work->level, &error);
	if (!estimate_has_value(&stated) &&
	    (id == MEASURE_EFFICIENCY || id == MEASURE_DEGRADATION)) {
		stated = find_efficiency(summary, work->level, &error);
		if (id == MEASURE_DEGRADATION && stated.value > 0)
			stated = inverse(1, &stated);
	}
	values->stated = stated;
	values->stated_error = error;
	values->reason = stated.reason;
}
