#include "report/plot/plot.h"

#include "core/array.h"
#include "core/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A copy that remembers that there is none. */
static char *copy(struct plot *plot, const char *text)
{
	char *const made = strdup(text ? text : "");
	plot->failed |= !made;
	return made;
}

static void replace(struct plot *plot, char **text, const char *with)
{
	char *const made = copy(plot, with);
	free(*text);
	*text = made;
}

static char *format_text(struct plot *plot, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));

static char *format_text(struct plot *plot, const char *format, va_list arguments)
{
	char *made = NULL;
	if (vasprintf(&made, format, arguments) < 0) {
		plot->failed = true;
		return NULL;
	}
	return made;
}

/* Room for one more item; false, and remembered, where there is none. */
static bool grow(struct plot *plot, void *items, size_t *capacity, size_t count, size_t item_bytes)
{
	struct error err;
	if (!plot->failed && array_reserve(items, capacity, count + 1, item_bytes, &err) < 0)
		plot->failed = true;
	return !plot->failed;
}

void plot_init(struct plot *plot, const char *id, const char *title)
{
	*plot = (struct plot){.x = {.from = (double)NAN, .to = (double)NAN},
	                      .y = {.from = (double)NAN, .to = (double)NAN},
	                      .scale_from = (double)NAN,
	                      .scale_to = (double)NAN};
	plot->id = copy(plot, id);
	plot->title = copy(plot, title);
}

static void release_axis(struct plot_axis *axis)
{
	for (size_t i = 0; i < axis->tick_count; i++)
		free(axis->ticks[i].label);
	free(axis->ticks);
	free(axis->label);
}

static void release_series(struct plot_series *series)
{
	for (size_t i = 0; i < series->count; i++)
		free(series->points[i].tip);
	free(series->points);
	free(series->name);
}

void plot_release(struct plot *plot)
{
	if (!plot)
		return;
	for (size_t i = 0; i < plot->series_count; i++)
		release_series(&plot->series[i]);
	free(plot->series);
	for (size_t i = 0; i < plot->line_count; i++)
		free(plot->lines[i].label);
	free(plot->lines);
	release_axis(&plot->x);
	release_axis(&plot->y);
	free(plot->scale_label);
	free(plot->words);
	free(plot->title);
	free(plot->id);
	*plot = (struct plot){0};
}

void plot_words(struct plot *plot, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *const made = format_text(plot, format, arguments);
	va_end(arguments);
	free(plot->words);
	plot->words = made;
}

void plot_axis(struct plot *plot, struct plot_axis *axis, const char *label)
{
	replace(plot, &axis->label, label);
}

void plot_scale(struct plot *plot, const char *label)
{
	replace(plot, &plot->scale_label, label);
}

void plot_tick(struct plot *plot, struct plot_axis *axis, double at, const char *label)
{
	if (!grow(plot, &axis->ticks, &axis->tick_capacity, axis->tick_count, sizeof *axis->ticks))
		return;
	axis->ticks[axis->tick_count++] = (struct plot_tick){at, copy(plot, label)};
}

void plot_reference(struct plot *plot, bool is_vertical, double at, const char *label)
{
	if (!grow(plot, &plot->lines, &plot->line_capacity, plot->line_count, sizeof *plot->lines))
		return;
	plot->lines[plot->line_count++] = (struct plot_line){is_vertical, at, copy(plot, label)};
}

struct plot_series *plot_series(struct plot *plot, enum plot_mark mark, unsigned hue,
                                const char *name)
{
	if (!grow(plot, &plot->series, &plot->series_capacity, plot->series_count,
	          sizeof *plot->series)) {
		plot->spare_series = (struct plot_series){0};
		return &plot->spare_series;
	}
	struct plot_series *const series = &plot->series[plot->series_count++];
	*series = (struct plot_series){
	        .name = copy(plot, name), .mark = mark, .hue = hue % PLOT_HUES, .width = 1};
	return series;
}

struct plot_point *plot_point(struct plot *plot, struct plot_series *series, double x, double y)
{
	const struct plot_point point = {.x = x,
	                                 .y = y,
	                                 .low = (double)NAN,
	                                 .high = (double)NAN,
	                                 .q1 = (double)NAN,
	                                 .q3 = (double)NAN};
	if (series == &plot->spare_series || !grow(plot, &series->points, &series->capacity,
	                                           series->count, sizeof *series->points)) {
		plot->spare_point = point;
		return &plot->spare_point;
	}
	series->points[series->count] = point;
	return &series->points[series->count++];
}

void plot_tip(struct plot *plot, struct plot_point *point, const char *format, ...)
{
	if (point == &plot->spare_point)
		return;
	va_list arguments;
	va_start(arguments, format);
	char *const made = format_text(plot, format, arguments);
	va_end(arguments);
	free(point->tip);
	point->tip = made;
}

bool plot_point_is_drawn(const struct plot *plot, const struct plot_series *series,
                         const struct plot_point *point)
{
	if (!isfinite(point->x) || (plot->x.is_log && !(point->x > 0)))
		return false;
	const double floor = plot->y.is_log ? 0 : -HUGE_VAL;
	switch (series->mark) {
	case PLOT_BAND:
		return point->low > floor && isfinite(point->low) && isfinite(point->high);
	case PLOT_BOXES:
		return point->low > floor && isfinite(point->low) && isfinite(point->q1) &&
		       isfinite(point->y) && isfinite(point->q3) && isfinite(point->high);
	case PLOT_ACROSS:
		return (!plot->x.is_log || point->low > 0) && isfinite(point->low) &&
		       isfinite(point->q1) && isfinite(point->y) && point->y > floor &&
		       isfinite(point->q3) && isfinite(point->high);
	case PLOT_SEGMENTS:
		return isfinite(point->high) && isfinite(point->y) && point->y > floor;
	case PLOT_CELLS:
		return isfinite(point->q1) && isfinite(point->y);
	case PLOT_POINTS:
	case PLOT_LINE:
	case PLOT_DOTTED:
	case PLOT_STEPS:
	case PLOT_BARS:
	case PLOT_MARKS:
		break;
	}
	return isfinite(point->y) && point->y > floor;
}

bool plot_is_empty(const struct plot *plot)
{
	for (size_t i = 0; i < plot->series_count; i++) {
		const struct plot_series *const series = &plot->series[i];
		for (size_t k = 0; k < series->count; k++)
			if (plot_point_is_drawn(plot, series, &series->points[k]))
				return false;
	}
	return true;
}
