#include "report/plot/plot_causes.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAR_WIDTH 0.7

/* Where the axis is marked: slowdowns, not their logs. */
static const double marks[] = {0.25, 0.5, 0.67, 0.8, 0.9, 1,  1.1, 1.25, 1.5, 2,   3,
                               4,    6,   8,    12,  16,  24, 32,  64,   128, 256, 512};

static const struct {
	enum attribution_factor factor;
	const char *name;
} layers[] = {
        {FACTOR_INSTRUCTIONS, "instructions"},
        {FACTOR_CPI, "cycles per instruction"},
        {FACTOR_CLOCK, "clock"},
        {FACTOR_KERNEL, "kernel time"},
        {FACTOR_ON_CPU, "CPU time"},
        {FACTOR_OFF_CPU, "off the CPU"},
};

/* A level's place along x, and how high its stacks are so far. */
struct column {
	const struct attribution *attribution;
	double x;
	double above;
	double below;
	bool is_first; /* of its group */
	const char *group;
	char name[64];
};

/* Between the columns of two groups. */
#define GROUP_GAP 1.2

/* The levels of a group that have a slowdown, policy by policy, from x on; returns how many. */
static size_t collect(const struct causes_group *group, struct column *columns, double x)
{
	const struct findings *const findings = group->findings;
	const struct summary *const summary = &findings->summary;
	size_t count = 0;
	for (size_t p = 0; p < summary->policy_count; p++)
		for (size_t i = 0; i < summary->level_count; i++) {
			const struct attribution *const a = &findings->attributions[i];
			const struct dataset_level *const level = summary->levels[i].level;
			if (strcmp(level->policy, summary->policies[p]) != 0 ||
			    !estimate_has_value(&a->product))
				continue;
			struct column *const column = &columns[count];
			*column = (struct column){.attribution = a,
			                          .x = x + (double)count,
			                          .is_first = count == 0,
			                          .group = group->name};
			count++;
			if (summary->policy_count > 1)
				snprintf(column->name, sizeof column->name, "%u %.40s",
				         level->concurrency, level->policy);
			else
				snprintf(column->name, sizeof column->name, "%u",
				         level->concurrency);
		}
	return count;
}

/* "N=16", or "rome, N=16" of several groups. */
static void name_place(const struct column *column, char text[160])
{
	snprintf(text, 160, "%.80s%sN=%s", column->group, column->group[0] ? ", " : "",
	         column->name);
}

/* One factor of one level, on top of those before it. */
static void stack(struct plot *plot, struct plot_series *series, struct column *column,
                  enum attribution_factor factor, const char *name)
{
	const struct estimate *const e = &column->attribution->factors[factor];
	if (!estimate_has_value(e))
		return;
	const double size = log(e->value);
	double *const end = size < 0 ? &column->below : &column->above;
	struct plot_point *const point = plot_point(plot, series, column->x, *end + size);
	point->low = *end;
	*end += size;
	char place[160];
	name_place(column, place);
	if (estimate_has_interval(e))
		plot_tip(plot, point, "%s, %s: %.3f (%.3f to %.3f)", place, name, e->value, e->low,
		         e->high);
	else
		plot_tip(plot, point, "%s, %s: %.3f", place, name, e->value);
}

static void add_layers(bool is_parallel, struct plot *plot, struct column *columns, size_t count)
{
	for (size_t l = 0; l < ARRAY_LENGTH(layers); l++) {
		const enum attribution_factor factor = layers[l].factor;
		const char *const name =
		        factor == FACTOR_OFF_CPU && is_parallel ? "parallelism" : layers[l].name;
		bool has_any = false;
		for (size_t c = 0; c < count; c++)
			has_any |= estimate_has_value(&columns[c].attribution->factors[factor]);
		if (!has_any)
			continue;
		struct plot_series *const series =
		        plot_series(plot, PLOT_BARS, (unsigned)factor, name);
		series->width = BAR_WIDTH;
		for (size_t c = 0; c < count; c++)
			stack(plot, series, &columns[c], factor, name);
	}
}

/* The slowdown itself, where the stacks above and below 1 meet. */
static void add_slowdowns(struct plot *plot, const struct column *columns, size_t count)
{
	struct plot_series *const series = plot_series(plot, PLOT_POINTS, FACTOR_COUNT, "slowdown");
	for (size_t c = 0; c < count; c++) {
		const struct estimate *const e = &columns[c].attribution->product;
		struct plot_point *const point =
		        plot_point(plot, series, columns[c].x, log(e->value));
		char place[160];
		name_place(&columns[c], place);
		if (estimate_has_interval(e)) {
			point->low = log(e->low);
			point->high = log(e->high);
			plot_tip(plot, point, "%s, slowdown: %.3f (%.3f to %.3f)", place, e->value,
			         e->low, e->high);
		} else {
			plot_tip(plot, point, "%s, slowdown: %.3f", place, e->value);
		}
	}
}

static void add_axes(struct plot *plot, const struct column *columns, size_t count)
{
	double low = log(0.95);
	double high = log(1.1);
	for (size_t c = 0; c < count; c++) {
		const struct estimate *const e = &columns[c].attribution->product;
		plot_tick(plot, &plot->x, columns[c].x, columns[c].name);
		low = fmin(low, columns[c].below);
		high = fmax(high, columns[c].above);
		if (estimate_has_interval(e)) {
			low = fmin(low, log(e->low));
			high = fmax(high, log(e->high));
		}
	}
	low = fmax(low, log(marks[0])) - 0.02 * (high - low);
	high = fmin(high + 0.04 * (high - low), log(marks[ARRAY_LENGTH(marks) - 1]));
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot_axis(plot, &plot->y, "slowdown of a task (log scale)");
	plot->x.from = -0.6;
	plot->x.to = columns[count - 1].x + 0.6;
	plot->y.from = low;
	plot->y.to = high;
	double last = -INFINITY;
	for (size_t m = 0; m < ARRAY_LENGTH(marks); m++) {
		const double at = log(marks[m]);
		char label[32];
		/* Marks that would stand in one another are left out; 1 is not. */
		const bool is_crowded = at - last < 0.075 * (high - low) ||
		                        (marks[m] < 1 && -at < 0.075 * (high - low));
		if (at < low || at > high || (is_crowded && marks[m] != 1))
			continue;
		snprintf(label, sizeof label, "%g", marks[m]);
		plot_tick(plot, &plot->y, at, label);
		last = at;
	}
	plot_reference(plot, false, 0, "");
}

static bool is_parallelism(const struct findings *findings)
{
	for (size_t i = 0; i < findings->summary.level_count; i++)
		if (findings->attributions[i].is_parallelism)
			return true;
	return false;
}

static void add_columns(bool is_parallel, struct plot *plot, struct column *columns, size_t count)
{
	add_layers(is_parallel, plot, columns, count);
	add_slowdowns(plot, columns, count);
	add_axes(plot, columns, count);
}

void plot_causes(const struct findings *findings, struct document *doc)
{
	const size_t levels = findings->summary.level_count;
	cleanup_free struct column *columns = calloc(levels ? levels : 1, sizeof *columns);
	const struct causes_group all = {findings, ""};
	const size_t count = columns ? collect(&all, columns, 0) : 0;
	doc->failed |= !columns;
	if (count < 2)
		return;
	struct plot *const plot = document_plot(doc, "attribution", "What makes a task slower");
	const struct column *const last = &columns[count - 1];
	plot_words(
	        plot,
	        "The factors on the time of a task, stacked in logs: their heights add up to the "
	        "slowdown, %.2f at N=%s.",
	        last->attribution->product.value, last->name);
	add_columns(is_parallelism(findings), plot, columns, count);
}

void plot_causes_of(const struct causes_group *groups, size_t count, struct document *doc)
{
	size_t levels = 1;
	size_t columns_count = 0;
	size_t drawn = 0;
	bool is_parallel = false;
	for (size_t g = 0; g < count; g++)
		levels += groups[g].findings->summary.level_count;
	cleanup_free struct column *columns = calloc(levels, sizeof *columns);
	doc->failed |= !columns;
	for (size_t g = 0; columns && g < count; g++) {
		const double x =
		        columns_count > 0 ? columns[columns_count - 1].x + GROUP_GAP + 1 : 0;
		const size_t found = collect(&groups[g], columns + columns_count, x);
		is_parallel |= is_parallelism(groups[g].findings);
		columns_count += found;
		drawn += found > 1;
	}
	if (drawn == 0)
		return;
	struct plot *const plot = document_plot(doc, "attribution", "What makes a task slower");
	plot_words(plot, "The factors on the time of a task against the baseline of its own node, "
	                 "stacked in logs: their heights add up to the slowdown.");
	add_columns(is_parallel, plot, columns, columns_count);
	cleanup_str struct str names = {0};
	str_add(&names, "tasks at once (N): ");
	for (size_t c = 0; c < columns_count; c++) {
		if (!columns[c].is_first)
			continue;
		str_addf(&names, "%s%.32s", c > 0 ? " | " : "", columns[c].group);
		if (c > 0)
			plot_reference(plot, true, columns[c].x - (1 + GROUP_GAP) / 2, "");
	}
	plot_axis(plot, &plot->x, str_text(&names));
	plot->failed |= names.failed;
}
