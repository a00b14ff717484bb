#include "analyse/stated.h"

#include "core/array.h"
#include "model/measure.h"

#include <math.h>
#include <string.h>

/* A standard error's share of half of a 95 % interval: normal, since nobody says of how many
 * repeats it is. */
#define NORMAL_975 1.959963984540054

const struct stated_figure *stated_find(const struct dataset *dataset, uint32_t level,
                                        const char *name, enum stated_statistic statistic,
                                        double quantile)
{
	for (size_t i = 0; i < dataset->stated_count; i++) {
		const struct stated_figure *const figure = &dataset->stated[i];
		if (figure->level == level && figure->statistic == statistic &&
		    (statistic != STATED_QUANTILE || figure->quantile == quantile) &&
		    strcmp(figure->name, name) == 0)
			return figure;
	}
	return NULL;
}

/* What is said of a figure, by how it came about and by the kind of its error. */
enum way { WAY_STATED, WAY_OVER_MEAN, WAY_OVER_MEDIAN, WAYS };

#define REASONS(what)                                                                              \
	{                                                                                          \
		[STATED_NO_ERROR] = what ", without an error",                                     \
		[STATED_READING] = what "; the interval is how well it was read",                  \
		[STATED_STANDARD] = what "; the interval is 1.96 of its stated standard errors",   \
		[STATED_CI95] = what ", with a 95 % interval"                                      \
	}

static const char *const reasons[WAYS][STATED_ERRORS] = {
        [WAY_STATED] = REASONS("stated by the source of the records"),
        [WAY_OVER_MEAN] = REASONS("N over the mean wall time that the source states"),
        [WAY_OVER_MEDIAN] = REASONS("N over the median wall time that the source states"),
};

static struct estimate from_error(double value, double error, enum stated_error kind, enum way way)
{
	struct estimate e = {.value = value, .low = NAN, .high = NAN, .error_kind = kind};
	const double half = kind == STATED_STANDARD ? NORMAL_975 * error : error;
	e.reason = reasons[way][kind];
	if (kind == STATED_NO_ERROR)
		return e;
	e.low = value - half;
	e.high = value + half;
	return e;
}

struct estimate stated_estimate(const struct stated_figure *figure)
{
	if (!figure)
		return estimate_absent("the source of the records does not state it");
	return from_error(figure->value, figure->error, figure->error_kind, WAY_STATED);
}

double stated_standard_error(const struct estimate *estimate)
{
	if (!estimate_has_interval(estimate))
		return NAN;
	const double half = (estimate->high - estimate->low) / 2;
	return estimate->error_kind == STATED_READING ? half : half / NORMAL_975;
}

static double relative_half(const struct estimate *e)
{
	return (e->high - e->low) / 2 / fabs(e->value);
}

struct estimate stated_ratio(const struct estimate *above, const struct estimate *below,
                             double factor)
{
	struct estimate e = {.value = above->value / below->value * factor,
	                     .low = NAN,
	                     .high = NAN,
	                     .error_kind = above->error_kind};
	if (!estimate_has_interval(above) || !estimate_has_interval(below)) {
		e.error_kind = STATED_NO_ERROR;
		e.reason = "of stated figures, of which not all have an error";
		return e;
	}
	if (above->error_kind != below->error_kind &&
	    (above->error_kind == STATED_READING || below->error_kind == STATED_READING)) {
		e.error_kind = STATED_NO_ERROR;
		e.reason =
		        "of stated figures, whose errors are of different kinds: one is how well "
		        "it was read, which is no noise";
		return e;
	}
	/* All others are 95 % intervals by now, made of standard errors or not. */
	if (above->error_kind != below->error_kind)
		e.error_kind = STATED_CI95;
	if (above->error_kind == STATED_READING) {
		/* All that the readings leave open. */
		e.low = above->low / below->high * factor;
		e.high = above->high / below->low * factor;
		e.reason = "of stated figures; the interval is how well they were read";
		return e;
	}
	const double half = fabs(e.value) * hypot(relative_half(above), relative_half(below));
	e.low = e.value - half;
	e.high = e.value + half;
	e.reason = "of stated figures, with their errors";
	return e;
}

struct spread stated_spread(const struct dataset *dataset, uint32_t level, const char *name)
{
	static const double quantiles[] = {0.5, 0.95, 1};
	const struct stated_figure *const mean =
	        stated_find(dataset, level, name, STATED_MEAN, NAN);
	struct spread spread = {.mean = NAN, .median = NAN, .p95 = NAN, .max = NAN};
	double *const values[] = {&spread.median, &spread.p95, &spread.max};
	bool is_any = mean != NULL;
	if (mean)
		spread.mean = mean->value;
	for (size_t i = 0; i < ARRAY_LENGTH(quantiles); i++) {
		const struct stated_figure *const figure =
		        stated_find(dataset, level, name, STATED_QUANTILE, quantiles[i]);
		if (figure)
			*values[i] = figure->value;
		is_any |= figure != NULL;
	}
	spread.reason = is_any ? "stated by the source of the records; what is absent is not stated"
	                       : "the source of the records does not state it";
	return spread;
}

/* Relative errors of a quotient are those of its divisor. */
static struct estimate over(double tasks, const struct stated_figure *wall, enum way way)
{
	const double rate = tasks / wall->value;
	return from_error(rate, rate * wall->error / wall->value, wall->error_kind, way);
}

/* The figure that throughput comes from, NULL: none; and how. */
static const struct stated_figure *find_rate(const struct dataset *dataset, uint32_t level,
                                             enum way *ret_way)
{
	static const struct {
		const char *name;
		double quantile;
		enum stated_statistic statistic;
		enum way way;
	} ways[] = {
	        {"throughput", NAN, STATED_MEAN, WAY_STATED},
	        {"throughput", 0.5, STATED_QUANTILE, WAY_STATED},
	        {"wall", NAN, STATED_MEAN, WAY_OVER_MEAN},
	        {"wall", 0.5, STATED_QUANTILE, WAY_OVER_MEDIAN},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(ways); i++) {
		const struct stated_figure *const figure = stated_find(
		        dataset, level, ways[i].name, ways[i].statistic, ways[i].quantile);
		if (!figure || (ways[i].way != WAY_STATED && !(figure->value > 0)))
			continue;
		*ret_way = ways[i].way;
		return figure;
	}
	return NULL;
}

static struct estimate throughput(const struct dataset *dataset, uint32_t level)
{
	enum way way;
	const struct stated_figure *const figure = find_rate(dataset, level, &way);
	if (!figure)
		return estimate_absent(
		        "the source of the records states neither throughput nor wall time");
	return way == WAY_STATED ? stated_estimate(figure)
	                         : over(dataset->levels[level].concurrency, figure, way);
}

const char *stated_wall_of_throughput(const struct dataset *dataset, uint32_t level)
{
	static const char *const words[WAYS] = {
	        [WAY_OVER_MEAN] = "mean", [WAY_OVER_MEDIAN] = "median"};
	enum way way;
	return find_rate(dataset, level, &way) ? words[way] : NULL;
}

static bool is_stated(const struct dataset *dataset, uint32_t level)
{
	for (size_t i = 0; i < dataset->stated_count; i++)
		if (dataset->stated[i].level == level)
			return true;
	return false;
}

void stated_fill_level(const struct dataset *dataset, struct level_summary *level)
{
	const uint32_t index = (uint32_t)(level->level - dataset->levels);
	if (level->trials > 0 || !is_stated(dataset, index))
		return;
	const struct {
		enum measure_id id;
		struct spread *spread;
	} spreads[] = {
	        {MEASURE_WALL, &level->wall_s},
	        {MEASURE_USER, &level->user_s},
	        {MEASURE_SYSTEM, &level->system_s},
	        {MEASURE_OFF_CPU, &level->off_cpu_s},
	        {MEASURE_MAX_RSS, &level->max_rss_bytes},
	        {MEASURE_PEAK_RSS, &level->peak_rss_bytes},
	        {MEASURE_PEAK_PSS, &level->peak_pss_bytes},
	        {MEASURE_CGROUP_PEAK, &level->cgroup_peak_bytes},
	};
	level->is_stated = true;
	level->reason = NULL;
	level->throughput_per_s = throughput(dataset, index);
	for (size_t i = 0; i < ARRAY_LENGTH(spreads); i++)
		*spreads[i].spread = stated_spread(dataset, index, measures[spreads[i].id].name);
	level->frequency_source = FREQUENCY_ABSENT;
	level->frequency_hz = stated_estimate(
	        stated_find(dataset, index, measures[MEASURE_FREQUENCY].name, STATED_MEAN, NAN));
	const struct stated_figure *const held =
	        stated_find(dataset, index, measures[MEASURE_OCCUPANCY].name, STATED_MEAN, NAN);
	level->held = held ? held->value : (double)NAN;
}
