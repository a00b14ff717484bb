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
	struct estimate e = {.value = figure->value,
	                     .low = NAN,
	                     .high = NAN,
	                     .n = 1,
	                     .error_kind = figure->error_kind};
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

void measure_stated_find(const struct measure_work *work)
{
	const struct summary *const summary = &work->findings->summary;
	struct measure_values *const values = work->values;
	const enum measure_id id = work->query->id;
	enum stated_error error = STATED_NO_ERROR;
	if (summary->dataset->stated_count == 0)
		return;
	struct estimate stated = find_own(summary, work->level, work->query, &error);
	/* What the summary has worked out of stated throughputs and wall times. */
	const struct level_summary *const level = &summary->levels[work->level];
	if (!estimate_has_value(&stated) && level->is_stated) {
		const struct estimate degradation = estimate_inverse(&level->efficiency);
		stated = id == MEASURE_THROUGHPUT    ? level->throughput_per_s
		         : id == MEASURE_EFFICIENCY  ? level->efficiency
		         : id == MEASURE_DEGRADATION ? degradation
		                                     : stated;
		error = stated.error_kind;
	}
	values->stated = stated;
	values->stated_error = error;
	values->reason = stated.reason;
}
