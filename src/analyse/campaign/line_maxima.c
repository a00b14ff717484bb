/* The upper envelope as it is often drawn: a straight line through the largest y of every x. */
#include "analyse/campaign/campaign_fit_parts.h"

#include <math.h>
#include <stdbool.h>

enum {
	COMPANY = 5, /* fewer points than this to an x, on average: slices of x are taken */
	SLICE_POINTS = 10,
	MOST_SLICES = 50,
	LEAST_SLICES = 3
};

static size_t count_distinct(const struct weighted_value *items, size_t count)
{
	size_t distinct = 1;
	for (size_t i = 1; i < count; i++)
		distinct += items[i].value > items[i - 1].value;
	return distinct;
}

/* The width of slices, or 0 where every x has its own largest y. */
static double slice_width(const struct weighted_value *items, size_t count)
{
	if (count_distinct(items, count) * COMPANY <= count)
		return 0;
	size_t slices = count / SLICE_POINTS;
	slices = slices > MOST_SLICES ? MOST_SLICES : slices;
	slices = slices < LEAST_SLICES ? LEAST_SLICES : slices;
	return (items[count - 1].value - items[0].value) / (double)slices;
}

/* The largest weight (y) of every value (x) or slice, as points; returns how many. */
static size_t largest_of_each(const struct weighted_value *items, size_t count, double step,
                              double *x, double *y)
{
	/* The largest x ends the last slice, and begins none. */
	const double range = items[count - 1].value - items[0].value;
	const double last = step > 0 ? round(range / step) - 1 : 0;
	size_t found = 0;
	double slice = 0;
	for (size_t i = 0; i < count; i++) {
		const double here =
		        step > 0 ? fmin(floor((items[i].value - items[0].value) / step), last)
		                 : items[i].value;
		const bool is_new = found == 0 || here > slice;
		if (!is_new && items[i].weight <= y[found - 1])
			continue;
		found += is_new;
		slice = here;
		x[found - 1] = items[i].value;
		y[found - 1] = items[i].weight;
	}
	return found;
}

struct line line_maxima(const struct line_points *points, const struct line_room *room,
                        double *ret_step)
{
	for (size_t i = 0; i < points->count; i++)
		room->items[i] = (struct weighted_value){points->x[i], points->y[i]};
	quantile_sort(room->items, points->count);
	const double step = slice_width(room->items, points->count);
	struct line_points maxima = {.x = room->kept_x, .y = room->kept_y};
	maxima.count = largest_of_each(room->items, points->count, step, maxima.x, maxima.y);
	*ret_step = step;

	const double n = (double)maxima.count;
	double mean = 0;
	double squares = 0;
	for (size_t i = 0; i < maxima.count; i++)
		mean += maxima.x[i] / n;
	for (size_t i = 0; i < maxima.count; i++)
		squares += (maxima.x[i] - mean) * (maxima.x[i] - mean) / n;
	const double width = sqrt(squares);
	for (size_t i = 0; i < maxima.count; i++)
		maxima.x[i] = (maxima.x[i] - mean) / width;
	struct line line = line_least_squares(&maxima);
	if (line.b > 0) {
		line.a -= line.b * mean / width;
		line.b /= width;
		const double at = -mean / width;
		line.aa += 2 * at * line.ab + at * at * line.bb;
		line.ab = line.ab / width + at * line.bb / width;
		line.bb /= width * width;
		line.reason =
		        maxima.count < 3 ? "fewer than 3 different values of it" : line.reason;
		return line;
	}
	/* Constant: the mean of the largest, which is line.a where x is centred. */
	double about = 0;
	for (size_t i = 0; i < maxima.count; i++)
		about += (maxima.y[i] - line.a) * (maxima.y[i] - line.a);
	return (struct line){.a = line.a,
	                     .aa = n > 1 ? about / (n - 1) / n : (double)NAN,
	                     .ab = 0,
	                     .bb = 0,
	                     .freedom = n - 1,
	                     .b_low = NAN,
	                     .b_high = NAN,
	                     .n = maxima.count,
	                     .is_constant = true,
	                     .reason = "its slope is not above 0: constant"};
}
