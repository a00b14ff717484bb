#include "report/plot/plot_frame.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of a picture's width the part in which data are; of its height what lies above and below them;
 * and of a letter's size its width. */
static const double inner_width = 0.85;
static const double outer_height = 90;
static const double letter_share = 0.58;

enum { LEAST_TICKS = 3, MOST_TICKS = 9, LABEL_COLUMNS = 24 };

/* The values that an axis has to hold. */
struct extent {
	double least;
	double most;
	bool is_log;
};

static void include(struct extent *extent, double value)
{
	if (!isfinite(value) || (extent->is_log && !(value > 0)))
		return;
	extent->least = fmin(extent->least, value);
	extent->most = fmax(extent->most, value);
}

struct plot_rectangle plot_rectangle(const struct plot *plot, const struct plot_series *series,
                                     const struct plot_point *point)
{
	const double half = series->width / 2;
	/* On a logarithmic axis a width is in doublings. */
	struct plot_rectangle r = {
	        .left = plot->x.is_log ? point->x * exp2(-half) : point->x - half,
	        .right = plot->x.is_log ? point->x * exp2(half) : point->x + half,
	        .bottom = point->y - half,
	        .top = point->y + half,
	};
	switch (series->mark) {
	case PLOT_BARS:
		r.bottom = isnan(point->low) ? (plot->y.is_log ? 1.0 : 0.0) : point->low;
		r.top = point->y;
		break;
	case PLOT_BOXES:
		r.bottom = point->q1;
		r.top = point->q3;
		break;
	case PLOT_ACROSS:
		r.left = point->q1;
		r.right = point->q3;
		break;
	case PLOT_SEGMENTS:
		r.left = point->x;
		r.right = point->high;
		break;
	case PLOT_CELLS:
		r = (struct plot_rectangle){point->x - 0.5, point->x + 0.5, point->y - 0.5,
		                            point->y + 0.5};
		break;
	default:
		break;
	}
	return r;
}

static bool has_rectangle(enum plot_mark mark)
{
	return mark == PLOT_BARS || mark == PLOT_BOXES || mark == PLOT_ACROSS ||
	       mark == PLOT_SEGMENTS || mark == PLOT_CELLS;
}

static void include_point(const struct plot *plot, const struct plot_series *series,
                          const struct plot_point *point, struct extent *x, struct extent *y)
{
	if (!plot_point_is_drawn(plot, series, point))
		return;
	include(x, point->x);
	if (series->mark != PLOT_BAND)
		include(y, point->y);
	if (has_rectangle(series->mark)) {
		const struct plot_rectangle r = plot_rectangle(plot, series, point);
		include(x, r.left);
		include(x, r.right);
		include(y, r.bottom);
		include(y, r.top);
	}
	if (series->mark == PLOT_BAND || series->mark == PLOT_BOXES) {
		include(y, point->low);
		include(y, point->high);
	}
	if (series->mark == PLOT_ACROSS) {
		include(x, point->low);
		include(x, point->high);
	}
}

/* The intervals of points. One that is many times as long as all points are apart does not press
 * them flat: it is cut at the border. */
static void include_intervals(const struct plot *plot, struct extent *y)
{
	if (y->least > y->most)
		return;
	const double span = y->is_log ? fmax(y->most / y->least, 2)
	                              : fmax(y->most - y->least, fabs(y->most) / 2);
	const double floor = y->is_log ? y->least / span : y->least - span;
	const double ceiling = y->is_log ? y->most * span : y->most + span;
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct plot_point *const point = &plot->series[i].points[k];
			if (plot->series[i].mark != PLOT_POINTS || isnan(point->low) ||
			    isnan(point->high) ||
			    !plot_point_is_drawn(plot, &plot->series[i], point))
				continue;
			include(y, fmax(point->low, floor));
			include(y, fmin(point->high, ceiling));
		}
}

static bool has_mark(const struct plot *plot, enum plot_mark mark)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (plot->series[i].mark == mark)
			return true;
	return false;
}

/* A little more than the extent at both ends: `pad` of its length. An axis of figures that are
 * all 0 or more begins at 0 rather than below it. */
static struct plot_range widen(const struct extent *extent, double pad)
{
	if (extent->least > extent->most)
		return extent->is_log ? (struct plot_range){1, 2} : (struct plot_range){0, 1};
	if (extent->is_log) {
		const double length = log2(extent->most) - log2(extent->least);
		const double more = exp2(fmax(length * pad, 0.15));
		return (struct plot_range){extent->least / more, extent->most * more};
	}
	const double length = extent->most - extent->least;
	/* What differs by rounding alone is one figure. */
	const bool is_one = length <= 1e-9 * fmax(fabs(extent->least), fabs(extent->most));
	const double more = is_one ? fmax(fabs(extent->most) * 0.1, 0.5) : length * pad;
	double from = extent->least - more;
	if (extent->least >= 0 && (from < 0 || extent->least == 0))
		from = 0;
	return (struct plot_range){from, extent->most + more};
}

/* Puts what was asked for in place of what the points need. */
static struct plot_range settle(const struct plot_axis *axis, struct plot_range range)
{
	if (isfinite(axis->from) && !(axis->is_log && axis->from <= 0))
		range.from = axis->from;
	if (isfinite(axis->to) && !(axis->is_log && axis->to <= 0))
		range.to = axis->to;
	const bool is_fit = isfinite(range.from) && isfinite(range.to) && range.from < range.to &&
	                    isfinite(range.to - range.from);
	if (is_fit && !(axis->is_log && !(range.from > 0)))
		return range;
	if (isfinite(range.from) && range.from > 0 && range.from < 1e300)
		return (struct plot_range){range.from, range.from * 2};
	return axis->is_log ? (struct plot_range){1, 2} : (struct plot_range){0, 1};
}

struct plot_frame plot_frame(const struct plot *plot)
{
	struct extent x = {HUGE_VAL, -HUGE_VAL, plot->x.is_log};
	struct extent y = {HUGE_VAL, -HUGE_VAL, plot->y.is_log};
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++)
			include_point(plot, &plot->series[i], &plot->series[i].points[k], &x, &y);
	include_intervals(plot, &y);
	for (size_t i = 0; i < plot->line_count; i++)
		include(plot->lines[i].is_vertical ? &x : &y, plot->lines[i].at);
	const bool is_map = has_mark(plot, PLOT_CELLS);
	return (struct plot_frame){
	        settle(&plot->x, is_map ? (struct plot_range){x.least, x.most} : widen(&x, 0.03)),
	        settle(&plot->y, is_map ? (struct plot_range){y.least, y.most} : widen(&y, 0.05))};
}

double plot_share(const struct plot_axis *axis, struct plot_range range, double at)
{
	if (axis->is_log)
		return (log2(at) - log2(range.from)) / (log2(range.to) - log2(range.from));
	return (at - range.from) / (range.to - range.from);
}

/* How many names the key has, and how wide the widest is in letters. */
static size_t measure_key(const struct plot *plot, size_t *ret_widest)
{
	size_t widest = 0;
	size_t names = 0;
	for (size_t i = 0; i < plot->series_count; i++) {
		const char *const name = plot->series[i].name;
		if (!name || !*name || plot->series[i].count == 0)
			continue;
		const size_t width = text_width(name);
		widest = width > widest ? width : widest;
		names++;
	}
	*ret_widest = widest;
	return names;
}

static size_t widest_tick(const struct plot_axis *axis)
{
	size_t widest = 0;
	for (size_t i = 0; i < axis->tick_count; i++) {
		const size_t width = text_width(axis->ticks[i].label);
		widest = width > widest ? width : widest;
	}
	return widest < LABEL_COLUMNS ? widest : LABEL_COLUMNS;
}

/* gnuplot counts on letters that are narrower than those of most browsers, so that the last name
 * would be cut. In pixels of the picture: */
size_t plot_key_columns(const struct plot *plot)
{
	static const double usual = 90;  /* of the first sample, beside wide labels of the axis */
	static const double beside = 40; /* the axis' own label, and the gap */
	static const double sample = 35; /* with the gap to its name */
	static const double gap = 18;    /* from a name's end to the next sample */
	static const double letter = 7.2;
	size_t widest = 0;
	measure_key(plot, &widest);
	const double name = letter * (double)widest;
	const double left = fmax(usual, beside + letter * (double)widest_tick(&plot->y));
	const double room = PLOT_WIDTH - left - sample - name;
	return 1 + (size_t)(fmax(room, 0) / (sample + name + gap));
}

static size_t count_key_rows(const struct plot *plot)
{
	size_t widest = 0;
	const size_t names = measure_key(plot, &widest);
	const size_t columns = plot_key_columns(plot);
	return (names + columns - 1) / columns;
}

double plot_height(const struct plot *plot)
{
	enum { USUAL_ROWS = 2, ROW = 16 };
	const double share = plot->height > 0 ? plot->height : 0.62;
	const size_t rows = count_key_rows(plot);
	const double more = rows > USUAL_ROWS ? (double)(rows - USUAL_ROWS) * ROW : 0;
	double height = PLOT_WIDTH * share;
	if (has_mark(plot, PLOT_CELLS) && !plot->has_small_cells) {
		const struct plot_range y = plot_frame(plot).y;
		height = fmax(height, outer_height + (y.to - y.from) * ROW);
	}
	return round(fmin(fmax(height, 0.24 * PLOT_WIDTH), 2.5 * PLOT_WIDTH) +
	             fmin(more, PLOT_WIDTH));
}

/* Of ticks in one place the first is kept. */
static int add_tick(struct plot_ticks *ticks, double at, const char *label, struct error *err)
{
	for (size_t i = 0; i < ticks->count; i++)
		if (ticks->items[i].at == at)
			return 0;
	if (array_reserve(&ticks->items, &ticks->capacity, ticks->count + 1, sizeof *ticks->items,
	                  err) < 0)
		return -ENOMEM;
	struct plot_mark_at *const tick = &ticks->items[ticks->count++];
	tick->at = at;
	cleanup_str struct str text = {0};
	const struct text_style style = {0};
	text_add_middle(&text, &style, LABEL_COLUMNS, LABEL_COLUMNS / 2, label);
	/* Cut between letters above, so that this never cuts. */
	snprintf(tick->label, sizeof tick->label, "%s",
	         text.length < sizeof tick->label ? str_text(&text) : "...");
	return text.failed ? error_memory(err) : 0;
}

void plot_number(double number, char text[PLOT_NUMBER_BYTES])
{
	const bool is_millions = fabs(number) >= 1e6 && fabs(number) < 1e9;
	snprintf(text, PLOT_NUMBER_BYTES, is_millions ? "%.6g M" : "%.6g",
	         is_millions ? number / 1e6 : number);
}

static int add_number(struct plot_ticks *ticks, double at, struct error *err)
{
	char label[PLOT_NUMBER_BYTES];
	plot_number(at, label);
	return add_tick(ticks, at, label, err);
}

/* Ends of an axis are on it, whatever rounding makes of them. */
static bool is_on(struct plot_range range, double at)
{
	return at >= range.from * (1 - 1e-9) && at <= range.to * (1 + 1e-9);
}

/* The power of ten at or below a figure. */
static int decade_of(double figure)
{
	return (int)floor(log10(figure));
}

static size_t count_round(const double *steps, size_t count, struct plot_range range)
{
	size_t found = 0;
	for (int decade = decade_of(range.from); decade <= decade_of(range.to); decade++)
		for (size_t i = 0; i < count; i++)
			found += is_on(range, exp10(decade) * steps[i]);
	return found;
}

/* Round figures on a logarithmic axis, neither too many nor too few. */
static int add_round(struct plot_ticks *ticks, struct plot_range range, struct error *err)
{
	static const double fine[] = {1, 1.1, 1.2, 1.3, 1.4, 1.6, 1.8, 2, 2.5, 3, 4, 5, 6, 8};
	static const double medium[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 7};
	static const double coarse[] = {1, 2, 5};
	static const double bare[] = {1};
	static const struct {
		const double *steps;
		size_t count;
	} kinds[] = {{fine, ARRAY_LENGTH(fine)},
	             {medium, ARRAY_LENGTH(medium)},
	             {coarse, ARRAY_LENGTH(coarse)},
	             {bare, ARRAY_LENGTH(bare)}};
	size_t kind = 0;
	if (range.to / range.from > 1e30 || range.from < 1e-290)
		return 0;
	while (kind + 1 < ARRAY_LENGTH(kinds) &&
	       count_round(kinds[kind].steps, kinds[kind].count, range) > MOST_TICKS)
		kind++;
	if (count_round(kinds[kind].steps, kinds[kind].count, range) < LEAST_TICKS)
		return 0;
	for (int decade = decade_of(range.from); decade <= decade_of(range.to); decade++)
		for (size_t i = 0; i < kinds[kind].count; i++) {
			const double at = exp10(decade) * kinds[kind].steps[i];
			if (is_on(range, at) && add_number(ticks, at, err) < 0)
				return -ENOMEM;
		}
	return 0;
}

/* Round figures on a plain axis whose figures are alike up to their last digits: a few ticks, with
 * as many digits as tell them apart. Others gnuplot chooses well. */
static int add_alike(struct plot_ticks *ticks, struct plot_range range, struct error *err)
{
	enum { USUAL_DIGITS = 5, MOST_DIGITS = 12, STEPS = 4 };
	const double length = range.to - range.from;
	const double most = fmax(fabs(range.from), fabs(range.to));
	if (!(length < most * 1e-4))
		return 0;
	const double power = exp10(floor(log10(length / STEPS)));
	const double share = length / STEPS / power;
	const double step = power * (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1);
	const int digits = (int)ceil(log10(most / step)) + 1;
	for (int i = 0; i <= 2 * STEPS && digits <= MOST_DIGITS; i++) {
		const double at = (ceil(range.from / step) + i) * step;
		char label[32];
		snprintf(label, sizeof label, "%.*g", digits > USUAL_DIGITS ? digits : USUAL_DIGITS,
		         at);
		if (at <= range.to + step * 1e-6 && add_tick(ticks, at, label, err) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int compare_ticks(const void *a, const void *b)
{
	const double x = ((const struct plot_mark_at *)a)->at;
	const double y = ((const struct plot_mark_at *)b)->at;
	return (x > y) - (x < y);
}

static bool is_number(const char *label)
{
	char *end;
	strtod(label, &end);
	return end != label && *end == '\0';
}

/* Half the room that a label takes along its axis, in pixels. */
static double half_room(const struct plot_mark_at *tick, bool is_x)
{
	const double letters = is_x ? (double)text_width(tick->label) * letter_share + 0.6 : 1.1;
	return letters * PLOT_FONT / 2;
}

/* How much a label is worth keeping: the ends of the axis; then powers of two on a logarithmic
 * axis, and multiples of a round step (itself a power of two, as levels are) on another. */
static int worth(const struct plot_axis *axis, const struct plot_ticks *ticks, size_t i)
{
	enum { STEPS = 8 };
	const double at = ticks->items[i].at;
	if (i == 0 || i + 1 == ticks->count)
		return 2;
	if (axis->is_log)
		return log2(at) == floor(log2(at));
	const double length = ticks->items[ticks->count - 1].at - ticks->items[0].at;
	return fmod(at, exp2(ceil(log2(length / STEPS)))) == 0;
}

static bool fits(const struct plot *plot, const struct plot_axis *axis, struct plot_range range,
                 const struct plot_ticks *ticks, size_t i, const bool *is_kept)
{
	const bool is_x = axis == &plot->x;
	const double pixels =
	        is_x ? PLOT_WIDTH * inner_width : fmax(plot_height(plot) - outer_height, 20);
	const double here = plot_share(axis, range, ticks->items[i].at) * pixels;
	for (size_t k = 0; k < ticks->count; k++) {
		const double there = plot_share(axis, range, ticks->items[k].at) * pixels;
		if (is_kept[k] && fabs(here - there) < half_room(&ticks->items[i], is_x) +
		                                               half_room(&ticks->items[k], is_x))
			return false;
	}
	return true;
}

/* Takes the labels away that would run into others; names along x are turned before that. */
static int thin_out(const struct plot *plot, const struct plot_axis *axis, struct plot_range range,
                    struct plot_ticks *ticks, struct error *err)
{
	bool *const is_kept = calloc(ticks->count, sizeof *is_kept);
	if (!is_kept)
		return error_memory(err);
	bool has_names = false;
	bool is_whole = true;
	for (size_t i = 0; i < ticks->count; i++)
		has_names |= !is_number(ticks->items[i].label);
	/* Names beside one another up the side are all worth reading. */
	const bool is_list = has_names && axis == &plot->y;
	const bool is_crowd = !is_list && ticks->count > 2 * MOST_TICKS;
	for (int least = 2; least >= (is_crowd ? 1 : 0); least--)
		for (size_t i = 0; i < ticks->count; i++)
			if (worth(axis, ticks, i) == least &&
			    fits(plot, axis, range, ticks, i, is_kept))
				is_kept[i] = true;
	for (size_t i = 0; i < ticks->count; i++)
		is_whole &= is_kept[i];
	const double step = PLOT_WIDTH * inner_width / (double)ticks->count;
	ticks->is_turned = axis == &plot->x && has_names && !is_whole && step > 1.1 * PLOT_FONT;
	for (size_t i = 0; i < ticks->count && !ticks->is_turned; i++)
		if (!is_kept[i])
			ticks->items[i].label[0] = '\0';
	free(is_kept);
	return 0;
}

int plot_ticks(const struct plot *plot, const struct plot_axis *axis, struct plot_range range,
               struct plot_ticks *ret_ticks, struct error *err)
{
	struct plot_ticks ticks = {0};
	int r = 0;
	for (size_t i = 0; i < axis->tick_count && r == 0; i++)
		if (axis->ticks[i].at >= range.from && axis->ticks[i].at <= range.to)
			r = add_tick(&ticks, axis->ticks[i].at, axis->ticks[i].label, err);
	if (r == 0 && axis->tick_count == 0 && axis->is_log)
		r = add_round(&ticks, range, err);
	if (r == 0 && axis->tick_count == 0 && !axis->is_log)
		r = add_alike(&ticks, range, err);
	if (r == 0 && ticks.count > 1) {
		qsort(ticks.items, ticks.count, sizeof *ticks.items, compare_ticks);
		r = thin_out(plot, axis, range, &ticks, err);
	}
	if (r < 0) {
		plot_ticks_release(&ticks);
		return r;
	}
	*ret_ticks = ticks;
	return 0;
}

void plot_ticks_release(struct plot_ticks *ticks)
{
	if (!ticks)
		return;
	free(ticks->items);
	*ticks = (struct plot_ticks){0};
}
