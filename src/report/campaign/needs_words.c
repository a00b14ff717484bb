/* How figures of campaigns are called, ordered and written. */
#include "report/campaign/needs_parts.h"

#include "core/cleanup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name of a type is not cut to fewer columns. */
enum { LEAST_NAME = 20, INDENT = 2 };

const struct needs_figure needs_figures[CAMPAIGN_FIGURES] = {
        [CAMPAIGN_WALL] = {"wall", "Wall time", "wall time"},
        [CAMPAIGN_CPU] = {"cpu", "CPU time", "CPU time"},
        [CAMPAIGN_EFFICIENCY] = {"efficiency", "CPU efficiency", "CPU efficiency"},
        [CAMPAIGN_MAX_RSS] = {"rss", "Max RSS", "max RSS"},
};

const struct campaign_type_needs *needs_all(const struct requirements *needs)
{
	return &needs->types[needs->type_count];
}

/* ---- Order ---------------------------------------------------------------------------------- */

/* A type, and what it is ordered by: the larger comes first. */
struct ranked {
	size_t index;
	double key;
};

static double key_of(const struct campaign_spread *spread, enum needs_order order)
{
	switch (order) {
	case BY_P95:
		return spread->p95;
	case BY_SUM:
		return spread->sum;
	case BY_MEDIAN_UP:
		return -spread->p50;
	case BY_NAME:
		break;
	}
	return 0;
}

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *const x = a;
	const struct ranked *const y = b;
	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

size_t *needs_sort(const struct needs_view *view, enum campaign_figure figure,
                   enum needs_order order)
{
	const size_t count = view->needs->type_count;
	size_t *const indexes = calloc(count + 1, sizeof *indexes);
	struct ranked *const ranked = calloc(count + 1, sizeof *ranked);
	if (!indexes || !ranked) {
		view->doc->failed = true;
		free(indexes);
		free(ranked);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct campaign_spread *const spread = &view->needs->types[i].figures[figure];
		const double key = spread->n > 0 ? key_of(spread, order) : -HUGE_VAL;
		ranked[i] = (struct ranked){i, isnan(key) ? -HUGE_VAL : key};
	}
	qsort(ranked, count, sizeof *ranked, compare_ranked);
	for (size_t i = 0; i < count; i++)
		indexes[i] = ranked[i].index;
	free(ranked);
	return indexes;
}

/* ---- Units and figures ---------------------------------------------------------------------- */

struct figure_unit needs_memory_unit(const struct requirements *needs)
{
	/* Of all attempts: also where none is done. Memory per core is talked of in GB. */
	const double most = fmax(needs_all(needs)->over.max_bytes, 0);
	return most >= 1e12 ? (struct figure_unit){"GB", 1e-9} : figure_unit_of_size(most);
}

struct figure_unit needs_memory_unit_of(const struct requirements *const *campaigns, size_t count)
{
	struct figure_unit unit = needs_memory_unit(campaigns[0]);
	for (size_t c = 1; c < count; c++)
		if (needs_memory_unit(campaigns[c]).factor < unit.factor)
			unit = needs_memory_unit(campaigns[c]);
	return unit;
}

struct figure_unit needs_unit(const struct needs_view *view, enum campaign_figure figure)
{
	const struct campaign_spread *const spread = &needs_all(view->needs)->figures[figure];
	switch (figure) {
	case CAMPAIGN_MAX_RSS:
		return view->memory;
	case CAMPAIGN_EFFICIENCY:
		return (struct figure_unit){"%", 100};
	case CAMPAIGN_WALL:
	case CAMPAIGN_CPU:
	case CAMPAIGN_FIGURES:
		break;
	}
	/* Seconds, whatever types there are: one of seconds stands beside one of hours. */
	return spread->n > 0 && spread->max < 1 ? (struct figure_unit){"ms", 1e3}
	                                        : (struct figure_unit){"s", 1};
}

int needs_decimals(double value, int most)
{
	enum { LEAST_SEEN = 8 };
	const int decimals = figure_decimals(value);
	/* What would be told to be 0.00 and is not has one digit. */
	if (value > 0 && value < pow(10, -most) / 2)
		return (int)fmin(-floor(log10(value)), LEAST_SEEN);
	return decimals < most ? decimals : most;
}

const char *needs_write(double value, const struct document *doc, char text[FIGURE_BYTES])
{
	figure_write(value, needs_decimals(value, 2), doc->style, text);
	return text;
}

const char *needs_percent(double part, double of, char text[FIGURE_BYTES])
{
	enum { MOST_DECIMALS = 6 };
	const double share = of > 0 ? fmin(fmax(100 * part / of, 0), 100) : 0;
	int decimals = share > 0 && share < 10 ? 2 : 1;
	const double rest = 100 - share;
	if (!(share > 0) || !(rest > 1e-9))
		decimals = 0;
	/* 99.993 rather than 100.0: two digits of what is missing. */
	else if (rest < 1)
		decimals = 1 - (int)floor(log10(rest));
	else if (share < 1)
		decimals = 1 - (int)floor(log10(share));
	if (decimals > MOST_DECIMALS)
		decimals = MOST_DECIMALS;
	/* One digit is enough of 0.0070. */
	snprintf(text, FIGURE_BYTES, "%.*f", decimals, share);
	const size_t length = strlen(text);
	if (decimals > 1 && text[length - 1] == '0')
		text[length - 1] = '\0';
	return text;
}

const char *needs_limit(double bytes, char text[FIGURE_BYTES])
{
	const struct figure_unit unit = figure_unit_of_size(bytes);
	snprintf(text, FIGURE_BYTES, "%.6g %s", bytes * unit.factor, unit.name);
	return text;
}

void needs_finish_table(struct needs_view *view, struct table *table)
{
	if (view->reader != READ_IN_TERMINAL)
		return;
	const size_t columns = table_narrow(table, 0, LEAST_NAME, view->doc->style, INDENT);
	if (columns < view->narrowest)
		view->narrowest = columns;
}
