#include "analyse/campaign/campaign_fit.h"

#include "analyse/campaign/campaign_fit_parts.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <string.h>

const char *const campaign_fit_names[CAMPAIGN_FITS] = {
        [CAMPAIGN_FIT_LINEAR] = "linear",
        [CAMPAIGN_FIT_ROBUST] = "robust",
        [CAMPAIGN_FIT_QUANTILE] = "envelope-quantile",
        [CAMPAIGN_FIT_MAXIMA] = "envelope-maxima",
};

enum { LEAST_POINTS = 3 };

/* How the points' scale goes back to the one that was given. */
struct scale {
	double x0, x1; /* mean and standard deviation */
	double y0, y1;
};

/* Copies the points that have both numbers; returns how many. */
static size_t copy_points(const double *x, const double *y, const uint8_t *stretch, size_t count,
                          const struct line_points *points, uint8_t *stretches)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		if (!isfinite(x[i]) || !isfinite(y[i]))
			continue;
		points->x[n] = x[i];
		if (stretch)
			stretches[n] = stretch[i];
		points->y[n++] = y[i];
	}
	return n;
}

/* The median and a standard deviation of y that a few absurd values do not set: they would leave
 * the others no digits. */
static void scale_y(const struct line_points *points, double *scratch, struct scale *scale)
{
	const size_t n = points->count;
	memcpy(scratch, points->y, n * sizeof *scratch);
	scale->y0 = quantile_median(scratch, n);
	scale->y1 = quantile_mad(scratch, n, scale->y0);
	if (scale->y1 > 0)
		return;
	double squares = 0;
	for (size_t i = 0; i < n; i++)
		squares += (points->y[i] - scale->y0) * (points->y[i] - scale->y0) / (double)n;
	scale->y1 = squares > 0 ? sqrt(squares) : 1;
}

/* Puts the points into a scale in which no sum loses digits. */
static struct scale scale_points(const struct line_points *points, double *scratch)
{
	struct scale scale = {0};
	const double n = (double)points->count;
	for (size_t i = 0; i < points->count; i++)
		scale.x0 += points->x[i] / n;
	double squares = 0;
	for (size_t i = 0; i < points->count; i++) {
		points->x[i] -= scale.x0;
		squares += points->x[i] * points->x[i] / n;
	}
	scale.x1 = sqrt(squares);
	scale_y(points, scratch, &scale);
	for (size_t i = 0; i < points->count; i++) {
		points->x[i] = scale.x1 > 0 ? points->x[i] / scale.x1 : 0;
		points->y[i] = (points->y[i] - scale.y0) / scale.y1;
	}
	return scale;
}

static struct estimate with_interval(double value, double half, size_t n, const char *reason)
{
	return (struct estimate){
	        .value = value,
	        .low = isfinite(half) ? value - half : (double)NAN,
	        .high = isfinite(half) ? value + half : (double)NAN,
	        .n = n,
	        .reason = isfinite(half) ? NULL : (reason ? reason : "too few tasks"),
	};
}

/* The line in the scale that was given. The intercept is the line at x = 0, which is -x0 / x1 in
 * the points' scale. */
static void scale_back(const struct line *line, const struct scale *scale, struct campaign_fit *fit)
{
	const double at = -scale->x0 / scale->x1;
	const double unit = scale->y1 / scale->x1;
	const double t = line->freedom > 0 ? line_t(line->freedom) : (double)NAN;
	const double variance = line->aa + 2 * at * line->ab + at * at * line->bb;
	fit->slope = with_interval(line->b * unit,
	                           line->is_constant ? (double)NAN : t * sqrt(line->bb) * unit,
	                           line->n, line->reason);
	if (isfinite(line->b_low) && isfinite(line->b_high)) {
		fit->slope.low = line->b_low * unit;
		fit->slope.high = line->b_high * unit;
		fit->slope.reason = NULL;
	}
	fit->intercept = with_interval(scale->y0 + scale->y1 * (line->a + line->b * at),
	                               isnan(variance) ? (double)NAN
	                                               : t * sqrt(fmax(variance, 0)) * scale->y1,
	                               line->n, line->reason);
}

static double share_below(const struct line_points *points, const struct line *line)
{
	size_t below = 0;
	for (size_t i = 0; i < points->count; i++)
		below += points->y[i] <= line->a + line->b * points->x[i] + LINE_ROUNDING;
	return (double)below / (double)points->count;
}

static void fit_scaled(const struct line_points *points, const struct scale *scale,
                       const struct line_room *room, double quantile, struct campaign_fit *fits)
{
	double step = 0;
	const struct line lines[CAMPAIGN_FITS] = {
	        [CAMPAIGN_FIT_LINEAR] = line_least_squares(points),
	        [CAMPAIGN_FIT_ROBUST] = line_robust(points, room),
	        [CAMPAIGN_FIT_QUANTILE] = line_quantile(points, quantile, true, room),
	        [CAMPAIGN_FIT_MAXIMA] = line_maxima(points, room, &step),
	};
	for (size_t f = 0; f < CAMPAIGN_FITS; f++) {
		scale_back(&lines[f], scale, &fits[f]);
		fits[f].below = share_below(points, &lines[f]);
		fits[f].points = points->count;
	}
	fits[CAMPAIGN_FIT_MAXIMA].x_step = step * scale->x1;
}

int campaign_fit(const double *x, const double *y, size_t count, double quantile,
                 struct campaign_fit ret_fits[CAMPAIGN_FITS], struct error *err)
{
	return campaign_fit_in_time(x, y, NULL, count, quantile, ret_fits, err);
}

int campaign_fit_in_time(const double *x, const double *y, const uint8_t *stretch, size_t count,
                         double quantile, struct campaign_fit ret_fits[CAMPAIGN_FITS],
                         struct error *err)
{
	enum { ROOM = 6 };
	cleanup_free double *doubles = malloc((count + 1) * ROOM * sizeof *doubles);
	cleanup_free struct weighted_value *items = malloc((count + 1) * sizeof *items);
	cleanup_free uint8_t *stretches = malloc(count + 1);
	if (!doubles || !items || !stretches)
		return error_memory(err);
	struct line_points points = {
	        .x = doubles, .y = doubles + count, .stretch = stretch ? stretches : NULL};
	const struct line_room room = {.kept_x = doubles + 2 * count,
	                               .kept_y = doubles + 3 * count,
	                               .residuals = doubles + 4 * count,
	                               .scratch = doubles + 5 * count,
	                               .items = items};
	points.count = copy_points(x, y, stretch, count, &points, stretches);
	const struct scale scale =
	        points.count > 0 ? scale_points(&points, room.scratch) : (struct scale){0};
	const char *const reason = points.count < LEAST_POINTS ? "fewer than 3 tasks have both"
	                           : !isfinite(scale.x1)       ? "its values are beyond all bounds"
	                           : !(scale.x1 > 1e-12 * fabs(scale.x0))
	                                   ? "it is the same for every task"
	                                   : NULL;
	for (size_t f = 0; f < CAMPAIGN_FITS; f++)
		ret_fits[f] = (struct campaign_fit){
		        .slope = estimate_absent(reason),
		        .intercept = estimate_absent(reason),
		        .quantile = f == CAMPAIGN_FIT_QUANTILE ? quantile : (double)NAN,
		        .below = NAN,
		        .reason = reason};
	if (!reason)
		fit_scaled(&points, &scale, &room, quantile, ret_fits);
	return 0;
}

double campaign_fit_at(const struct campaign_fit *fit, double x)
{
	return fit->points > 0 ? fit->intercept.value + fit->slope.value * x : (double)NAN;
}
