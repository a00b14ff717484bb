#include "analyse/measure_values.h"

#include "model/printed_unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void measure_values_add(struct measure_values *values, double value, uint32_t block)
{
	if (!isfinite(value))
		return;
	values->values[values->count] = value;
	values->blocks[values->count++] = block;
}

void measure_values_release(struct measure_values *values)
{
	if (!values)
		return;
	free(values->values);
	free(values->blocks);
	*values = (struct measure_values){0};
}

/* ---- Estimates and words ------------------------------------------------------------------ */

static bool all_positive(const struct measure_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		if (!(values->values[i] > 0))
			return false;
	return true;
}

/* A figure with a unit is a quantity above 0, whose trials differ by factors. */
static bool is_geometric(const struct measure_query *query, const struct measure_values *values)
{
	if (query->id == MEASURE_FIGURE && query->detail)
		return printed_unit_of(query->detail)->symbol[0] && all_positive(values);
	return !measures[query->id].is_signed;
}

static struct estimate count_of(const struct measure_query *query,
                                const struct measure_values *values)
{
	struct estimate e = {.low = NAN, .high = NAN, .n = values->count};
	for (size_t i = 0; i < values->count; i++)
		e.value += values->values[i];
	if (query->id == MEASURE_FAILURE_SHARE)
		e.value /= (double)values->count;
	e.reason = "it is counted: it has no interval";
	return e;
}

struct estimate measure_estimate(const struct measure_query *query,
                                 const struct measure_values *values)
{
	if (values->count == 0 && estimate_has_value(&values->stated))
		return values->stated;
	if (values->count == 0)
		return estimate_absent(values->reason);
	if (measures[query->id].nature == NATURE_COUNT)
		return count_of(query, values);
	return is_geometric(query, values) ? estimate_geometric(values->values, values->count)
	                                   : estimate_arithmetic(values->values, values->count);
}

/* "p95", "median", "least", "max". */
static void quantile_words(double quantile, char text[24])
{
	if (quantile <= 0)
		snprintf(text, 24, "least");
	else if (quantile >= 1)
		snprintf(text, 24, "max");
	else if (fabs(quantile - 0.5) < 1e-9)
		snprintf(text, 24, "median");
	else
		snprintf(text, 24, "p%g", 100 * quantile);
}

const char *measure_words(const struct measure_query *query, char text[96])
{
	const struct measure *const measure = &measures[query->id];
	char statistic[24] = "";
	if (measure->nature == NATURE_TASKS && query->statistic == STATISTIC_QUANTILE)
		quantile_words(query->quantile, statistic);
	const bool has_detail = query->detail && query->detail[0];
	snprintf(text, 96, "%s%s%s%s", has_detail ? measure->name : measure->words,
	         has_detail ? query->detail : "", statistic[0] ? ", " : "", statistic);
	return text;
}
