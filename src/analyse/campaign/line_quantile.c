/* Quantile regression of a straight line, exact and in time that is linear in the count.
 *
 * For a slope b the best intercept a is an order statistic of the residuals y - b x. What is then
 * left of the sum of tilted absolute residuals is convex in b, and its derivative is -D(b), with
 * D(b) = sum u x, where u is `quantile` above the line, quantile - 1 below it, and on the line
 * between the two, so that sum u = 0. D falls; its root is the slope, and the b at which it is
 * +-c are the ends of the interval that inverts the rank test.
 *
 * Many points: a line through a sample of them says which are far above or below, whatever the
 * exact line is (Portnoy and Koenker, Statistical Science 12 (1997) 279). They count as sums alone:
 * for a point on the known side of the line the tilted residual is linear. As a linear bound is
 * never above the tilted residual, a solution on whose known side they all are is that of all
 * points; else the band is widened. */
#include "analyse/campaign/campaign_fit_parts.h"
#include "core/rng.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

enum {
	DIRECT_MOST = 2000, /* points, below which no sample is drawn */
	SOLVE_ROUNDS = 200,
	BAND_TRIALS = 4,
	LEAST_ABOVE = 5 /* points beyond the quantile that an interval takes */
};

static const double TIGHT = 1e-11; /* of the slope, in the points' scale */
static const double LOOSE = 1e-4;
static const double FARTHEST = 1e15;
static const double BAND_WIDTH = 3; /* in standard errors of the sample's line; */
static const double ENDS_WIDTH = 8; /* about the line, in its own, for its interval */

/* The points near the line one by one, the others as sums. */
struct near_line {
	const double *x;
	const double *y;
	size_t count;
	double *residuals;
	double *scratch;
	double quantile;
	size_t low;   /* how many points are below for certain, */
	size_t high;  /* and above, */
	double low_x; /* and the sums of their x */
	double high_x;
};

/* The rank, from 0, among the points near the line of the one that it goes through; count or more
 * where it is not among them. */
static size_t rank_of_line(const struct near_line *near)
{
	const double n = (double)(near->count + near->low + near->high);
	const double rank = fmax(ceil(near->quantile * n * (1 - 1e-12)), 1) - (double)near->low;
	return rank < 1 ? near->count : (size_t)rank - 1;
}

/* D(b), and the intercept that goes with b. */
static double tilt(const struct near_line *near, double b, double *ret_a)
{
	for (size_t i = 0; i < near->count; i++)
		near->residuals[i] = near->y[i] - b * near->x[i];
	memcpy(near->scratch, near->residuals, near->count * sizeof *near->scratch);
	const double a = gsl_stats_select(near->scratch, 1, near->count, rank_of_line(near));
	size_t above = near->high;
	size_t below = near->low;
	double above_x = near->high_x;
	double below_x = near->low_x;
	double on_x = 0;
	for (size_t i = 0; i < near->count; i++) {
		const double x = near->x[i];
		const bool is_above = near->residuals[i] > a;
		const bool is_below = near->residuals[i] < a;
		above += is_above;
		below += is_below;
		above_x += is_above ? x : 0;
		below_x += is_below ? x : 0;
		on_x += is_above || is_below ? 0 : x;
	}
	const double on = (double)(near->count + near->low + near->high - above - below);
	const double q = near->quantile;
	const double u = -(q * (double)above + (q - 1) * (double)below) / on;
	*ret_a = a;
	return q * above_x + (q - 1) * below_x + u * on_x;
}

/* Widens [*low, *high] about a slope until D is at least target at *low and at most at *high. */
static bool bracket(const struct near_line *near, double target, double *low, double *d_low,
                    double *high, double *d_high)
{
	double a;
	double step = (*high - *low) / 2;
	*d_low = tilt(near, *low, &a);
	while (*d_low < target) {
		step *= 4;
		*high = *low;
		*d_high = *d_low;
		*low -= step;
		if (step > FARTHEST)
			return false;
		*d_low = tilt(near, *low, &a);
	}
	step = (*high - *low) / 2;
	*d_high = tilt(near, *high, &a);
	while (*d_high > target) {
		step *= 4;
		*low = *high;
		*d_low = *d_high;
		*high += step;
		if (step > FARTHEST)
			return false;
		*d_high = tilt(near, *high, &a);
	}
	return true;
}

/* The slope at which D passes through target, by false position with halving where that is slow;
 * NAN where there is none. D is a staircase: what is found is the step's edge. */
static double slope_at(const struct near_line *near, double target, double from, double width,
                       double tolerance, double *ret_a)
{
	double low = from - width;
	double high = from + width;
	double d_low;
	double d_high;
	if (!bracket(near, target, &low, &d_low, &high, &d_high))
		return NAN;
	bool is_halving = false;
	for (int round = 0; round < SOLVE_ROUNDS; round++) {
		const double span = high - low;
		if (!(span > tolerance * (1 + fabs(low))))
			break;
		const double fraction = d_low > d_high ? (d_low - target) / (d_low - d_high) : 0.5;
		const double part = is_halving ? 0.5 : fmin(fmax(fraction, 0.02), 0.98);
		const double b = low + part * span;
		const double d = tilt(near, b, ret_a);
		if (d >= target) {
			low = b;
			d_low = d;
		} else {
			high = b;
			d_high = d;
		}
		/* Where false position took less than half away, halve. */
		is_halving = high - low > span / 2;
	}
	const double middle = low + (high - low) / 2;
	const double b = fabs(middle) > tolerance ? middle : 0;
	tilt(near, b, ret_a);
	return b;
}

/* How far off a sample's line may be where a point is: more at the ends of x. */
static double reach_at(double x)
{
	return sqrt(1 + x * x);
}

/* A line through a sample of the points, and the band about it (in reaches) in which the line of
 * all is looked for. */
struct band {
	double a, b;
	double low, high;
};

/* Draws a sample of the points into the room for those that are kept. */
static struct near_line draw_sample(const struct line_points *points, double quantile,
                                    const struct line_room *room)
{
	const size_t count = (size_t)(2 * pow((double)points->count, 2.0 / 3));
	struct rng rng;
	rng_init(&rng, 8, points->count);
	for (size_t i = 0; i < count; i++) {
		const size_t drawn = rng_below(&rng, points->count);
		room->kept_x[i] = points->x[drawn];
		room->kept_y[i] = points->y[drawn];
	}
	return (struct near_line){.x = room->kept_x,
	                          .y = room->kept_y,
	                          .count = count,
	                          .residuals = room->residuals,
	                          .scratch = room->scratch,
	                          .quantile = quantile};
}

/* The band about the line a + b x that holds the points of a sample whose rank is within `part` of
 * the quantile's. */
static struct band band_about(const struct near_line *sample, double a, double b, double part)
{
	struct band band = {.a = a, .b = b, .low = -(double)INFINITY, .high = (double)INFINITY};
	for (size_t i = 0; i < sample->count; i++)
		sample->scratch[i] = (sample->y[i] - a - b * sample->x[i]) / reach_at(sample->x[i]);
	const double last = (double)(sample->count - 1);
	const double low = floor((sample->quantile - part) * last);
	const double high = ceil((sample->quantile + part) * last);
	if (low > 0)
		band.low = gsl_stats_select(sample->scratch, 1, sample->count, (size_t)low);
	if (high < last)
		band.high = gsl_stats_select(sample->scratch, 1, sample->count, (size_t)high);
	return band;
}

/* The standard error of the rank, as a share, of a quantile of count points. */
static double rank_error(double quantile, size_t count)
{
	return sqrt(quantile * (1 - quantile) / (double)count);
}

/* Sorts the points into those within the band and the others. */
static struct near_line points_in_band(const struct line_points *points, double quantile,
                                       const struct band *band, const struct line_room *room)
{
	struct near_line near = {.x = room->kept_x,
	                         .y = room->kept_y,
	                         .residuals = room->residuals,
	                         .scratch = room->scratch,
	                         .quantile = quantile};
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const double y = points->y[i];
		const double off = (y - band->a - band->b * x) / reach_at(x);
		if (off < band->low) {
			near.low++;
			near.low_x += x;
		} else if (off > band->high) {
			near.high++;
			near.high_x += x;
		} else {
			room->kept_x[near.count] = x;
			room->kept_y[near.count++] = y;
		}
	}
	return near;
}

/* Whether all points out of the band are on the side of the line where they were taken to be. */
static bool holds(const struct line_points *points, const struct band *band, double a, double b)
{
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const double y = points->y[i];
		const double off = (y - band->a - band->b * x) / reach_at(x);
		const double residual = y - a - b * x;
		if ((off < band->low && residual > 0) || (off > band->high && residual < 0))
			return false;
	}
	return true;
}

static struct near_line all_points(const struct line_points *points, double quantile,
                                   const struct line_room *room)
{
	return (struct near_line){.x = points->x,
	                          .y = points->y,
	                          .count = points->count,
	                          .residuals = room->residuals,
	                          .scratch = room->scratch,
	                          .quantile = quantile};
}

/* The slope at which D of all points passes through target, and the intercept that goes with it:
 * looked for in a band where there is one, which is widened until the answer is exact. */
static double find_slope(const struct line_points *points, double quantile, double target,
                         const struct band *start, double width, double tolerance,
                         const struct line_room *room, double *ret_a)
{
	struct band band = *start;
	for (int trial = 0; trial < BAND_TRIALS && band.low < band.high; trial++) {
		const struct near_line near = points_in_band(points, quantile, &band, room);
		if (rank_of_line(&near) < near.count) {
			const double b = slope_at(&near, target, start->b, width, tolerance, ret_a);
			if (!isnan(b) && holds(points, &band, *ret_a, b))
				return b;
		}
		const double more = fmin(band.high, 1) - fmax(band.low, -1);
		band.low -= fmax(more, LINE_ROUNDING);
		band.high += fmax(more, LINE_ROUNDING);
	}
	const struct near_line all = all_points(points, quantile, room);
	return slope_at(&all, target, start->b, width, tolerance, ret_a);
}

/* No band: all points are gone through one by one. */
static const struct band no_band = {.low = INFINITY, .high = -INFINITY};

static void solve(const struct line_points *points, double quantile, const struct line_room *room,
                  struct line *line)
{
	if (points->count <= DIRECT_MOST) {
		line->b = find_slope(points, quantile, 0, &no_band, 1, TIGHT, room, &line->a);
		return;
	}
	const struct near_line sample = draw_sample(points, quantile, room);
	double a = NAN;
	const double b = slope_at(&sample, 0, 0, 1, LOOSE, &a);
	const struct band band =
	        isnan(b) ? no_band
	                 : band_about(&sample, a, b,
	                              BAND_WIDTH * rank_error(quantile, sample.count));
	line->b =
	        find_slope(points, quantile, 0, &band, isnan(b) ? 1 : LOOSE, TIGHT, room, &line->a);
}

/* Finds the ends of the slope's interval: D is a sum of as many independent terms u (x - mean) as
 * there are points, as sum u is 0, where mean is that of x weighted by the residuals' density. */
static void find_ends(const struct line_points *points, const struct line_scores *scores,
                      double quantile, double mean, const struct line_room *room, struct line *line)
{
	const double c = line_score_width(points, scores, mean);
	const double width = fmax(2 * sqrt(line->bb), LOOSE);
	struct band band = no_band;
	band.b = line->b;
	if (points->count > DIRECT_MOST) {
		const struct near_line sample = draw_sample(points, quantile, room);
		band = band_about(&sample, line->a, line->b,
		                  ENDS_WIDTH * rank_error(quantile, points->count));
	}
	double a = NAN;
	line->b_low = find_slope(points, quantile, c, &band, width, LOOSE * width, room, &a);
	line->b_high = find_slope(points, quantile, -c, &band, width, LOOSE * width, room, &a);
}

/* Half the width in probability over which the density at the quantile is taken (Hall and Sheather,
 * Journal of the Royal Statistical Society B 50 (1988) 381), kept within the points. */
static double density_width(double quantile, double n)
{
	static const double two_pi = 6.283185307179586;
	static const double z = 1.959963984540054;
	/* The normal quantile, by the approximation that is good enough for a bandwidth:
	 * logistic, 1.702 being the ratio of the scales. */
	const double at = log(quantile / (1 - quantile)) / 1.702;
	const double density = exp(-at * at / 2) / sqrt(two_pi);
	const double width = pow(n, -1.0 / 3) * pow(z, 2.0 / 3) *
	                     pow(1.5 * density * density / (2 * at * at + 1), 1.0 / 3);
	return fmin(width, 0.8 * fmin(quantile, 1 - quantile));
}

/* Adds the covariance q (1-q) H^-1 J H^-1, with H the sum of x x' weighted by the density of the
 * residuals at the line, which may be another at another x; returns the mean of x so weighted, NAN
 * where it cannot be told. */
static double add_covariance(const struct line_points *points, const struct line_scores *scores,
                             const struct line_room *room, double quantile, struct line *line)
{
	const double n = (double)points->count;
	for (size_t i = 0; i < points->count; i++)
		room->residuals[i] = points->y[i] - line->a - line->b * points->x[i];
	const double width = density_width(quantile, n);
	const double last = n - 1;
	memcpy(room->scratch, room->residuals, points->count * sizeof *room->scratch);
	const double low = gsl_stats_select(room->scratch, 1, points->count,
	                                    (size_t)floor((quantile - width) * last));
	const double high = gsl_stats_select(room->scratch, 1, points->count,
	                                     (size_t)ceil((quantile + width) * last));
	double h[3] = {0};
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const bool is_within = room->residuals[i] >= low && room->residuals[i] <= high;
		h[0] += is_within;
		h[1] += is_within ? x : 0;
		h[2] += is_within ? x * x : 0;
	}
	const double mean = h[1] / h[0];
	const double span = high - low;
	const double determinant = h[0] * h[2] - h[1] * h[1];
	if (!(span > LINE_ROUNDING) || !(determinant > 1e-9 * h[0] * h[0]))
		return NAN;
	const double slopes[] = {h[0] / span, h[1] / span, h[2] / span};
	line_covariance(points, slopes, scores, line);
	return mean;
}

/* The scores of a quantile line: of independent points their squares add up to what they are on
 * average. */
static struct line_scores scores_about(const struct line_points *points, double quantile,
                                       const struct line *line)
{
	struct line_scores scores = {0};
	for (size_t i = 0; points->stretch && i < points->count; i++) {
		const bool is_below = points->y[i] < line->a + line->b * points->x[i];
		line_score_add(&scores, points, i, is_below ? quantile - 1 : quantile);
	}
	scores.own[0] = quantile * (1 - quantile) * (double)points->count;
	scores.own[1] = 0;
	scores.own[2] = scores.own[0];
	return scores;
}

struct line line_quantile(const struct line_points *points, double quantile, bool is_interval,
                          const struct line_room *room)
{
	const double n = (double)points->count;
	struct line line = line_of(points);
	solve(points, quantile, room, &line);
	if (!is_interval)
		return line;
	if (n * fmin(quantile, 1 - quantile) < LEAST_ABOVE) {
		line.reason = "fewer than 5 tasks would be beyond the line";
		return line;
	}
	const struct line_scores scores = scores_about(points, quantile, &line);
	const double mean = add_covariance(points, &scores, room, quantile, &line);
	if (isnan(mean)) {
		line.reason = "too many tasks lie on the line";
		return line;
	}
	find_ends(points, &scores, quantile, mean, room, &line);
	if (isnan(line.b_low) || isnan(line.b_high)) {
		line.aa = line.ab = line.bb = NAN;
		line.reason = "too few tasks are beyond the line";
		return line;
	}
	/* The density is what the covariance knows least; the slope's interval needs none, and says
	 * by how much it was off. */
	const double off = (line.b_high - line.b_low) / (2 * line_t(line.freedom) * sqrt(line.bb));
	if (off > 1) {
		line.aa *= off * off;
		line.ab *= off * off;
		line.bb *= off * off;
	}
	return line;
}
