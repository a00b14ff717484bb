/* The simplest curve of a node that is full at some N: straight from 0 up to there, and with
 * another slope beyond. It is no model of anything; what points lie off it by says how large the
 * noise is where there are no repeats. */
#include "analyse/scaling_parts.h"

#include <math.h>

enum { BEND_PARAMETERS = 3, BENDS_TRIED = 400 };

/* Sum of squared residuals of the best line that bends at `bend`: x = a min(n, bend) +
 * b max(0, n - bend). */
static double squares_at(const struct curve *curve, double bend)
{
	double uu = 0;
	double uv = 0;
	double vv = 0;
	double ux = 0;
	double vx = 0;
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		const double u = fmin(point->concurrency, bend) / bend;
		const double v = fmax(0, point->concurrency - bend) / bend;
		uu += u * u;
		uv += u * v;
		vv += v * v;
		ux += u * point->throughput_per_s;
		vx += v * point->throughput_per_s;
	}
	const double determinant = uu * vv - uv * uv;
	if (!(determinant > 1e-12 * uu * vv))
		return INFINITY;
	const double a = (ux * vv - vx * uv) / determinant;
	const double b = (vx * uu - ux * uv) / determinant;
	double squares = 0;
	for (size_t i = 0; i < curve->count; i++) {
		const struct curve_point *const point = &curve->points[i];
		const double u = fmin(point->concurrency, bend) / bend;
		const double v = fmax(0, point->concurrency - bend) / bend;
		const double rest = point->throughput_per_s - a * u - b * v;
		squares += rest * rest;
	}
	return squares;
}

double bent_line_residual_se(const struct curve *curve, size_t *ret_freedom)
{
	if (curve->count <= BEND_PARAMETERS)
		return NAN;
	/* Places between the levels, evenly by index: where they are dense there is more to see. */
	double least = INFINITY;
	const double last = (double)(curve->count - 1);
	for (int i = 1; i < BENDS_TRIED; i++) {
		const double at = last * i / BENDS_TRIED;
		const size_t below = (size_t)at;
		const double from = curve->points[below].concurrency;
		const double to = curve->points[below + 1].concurrency;
		least = fmin(least, squares_at(curve, from + (at - (double)below) * (to - from)));
	}
	*ret_freedom = curve->count - BEND_PARAMETERS;
	return isfinite(least) ? sqrt(least / (double)*ret_freedom) : (double)NAN;
}
