/* The straight line that outliers do not pull. */
#include "analyse/campaign/campaign_fit_parts.h"

#include <math.h>

/* Bisquare's constant for 95 % efficiency at normal residuals. */
static const double TUNING = 4.685;

enum { MOST_ROUNDS = 50 };

static const double CONVERGED = 1e-9;

/* The share of a point's residual that is its own: 1 less its leverage, which is at most near 1. */
static double free_part(double x, double n)
{
	return fmax(1 - (1 + x * x) / n, 1e-3);
}

/* One round of weighted least squares; returns how far the line moved, NAN where it cannot be. */
static double reweigh(const struct line_points *points, double sigma, struct line *line)
{
	const double reach = TUNING * sigma;
	double w = 0;
	double wx = 0;
	double wy = 0;
	double wxx = 0;
	double wxy = 0;
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const double y = points->y[i];
		const double u = (y - line->a - line->b * x) / reach;
		if (fabs(u) >= 1)
			continue;
		const double weight = (1 - u * u) * (1 - u * u);
		w += weight;
		wx += weight * x;
		wy += weight * y;
		wxx += weight * x * x;
		wxy += weight * x * y;
	}
	const double determinant = w * wxx - wx * wx;
	if (!(determinant > 1e-12 * w * w))
		return NAN;
	const double b = (w * wxy - wx * wy) / determinant;
	const double a = (wy - b * wx) / w;
	const double moved = fabs(a - line->a) + fabs(b - line->b);
	line->a = a;
	line->b = b;
	return moved;
}

/* The covariance of an M-estimate: A^-1 B A^-1, with A of the slopes of psi and B of its squares,
 * each enlarged by the point's leverage as HC3 does. */
static void add_covariance(const struct line_points *points, double sigma, struct line *line)
{
	const double n = (double)points->count;
	const double reach = TUNING * sigma;
	double a[3] = {0};
	struct line_scores scores = {0};
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const double r = points->y[i] - line->a - line->b * x;
		const double u2 = (r / reach) * (r / reach);
		if (u2 >= 1)
			continue;
		const double slope = (1 - u2) * (1 - 5 * u2);
		const double psi = r * (1 - u2) * (1 - u2) / free_part(x, n);
		a[0] += slope;
		a[1] += slope * x;
		a[2] += slope * x * x;
		line_score_add(&scores, points, i, psi);
	}
	const double determinant = a[0] * a[2] - a[1] * a[1];
	if (!(determinant > 1e-9 * n * n) || !(a[0] > 0)) {
		line->reason = "the points do not lie about one line";
		return;
	}
	line_covariance(points, a, &scores, line);
}

struct line line_robust(const struct line_points *points, const struct line_room *room)
{
	struct line line = line_quantile(points, 0.5, false, room);
	for (size_t i = 0; i < points->count; i++)
		room->scratch[i] = points->y[i] - line.a - line.b * points->x[i];
	const double sigma = quantile_mad(room->scratch, points->count, 0) *
	                     sqrt((double)points->count / (double)(points->count - 2));
	if (!(sigma > LINE_ROUNDING)) {
		line.reason = "more than half of the tasks lie on the line";
		return line;
	}
	for (int round = 0; round < MOST_ROUNDS; round++) {
		const double moved = reweigh(points, sigma, &line);
		if (isnan(moved)) {
			line.reason = "the points do not lie about one line";
			return line;
		}
		if (moved < CONVERGED)
			break;
	}
	add_covariance(points, sigma, &line);
	return line;
}
