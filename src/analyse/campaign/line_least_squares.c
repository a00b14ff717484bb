#include "analyse/campaign/campaign_fit_parts.h"

#include <math.h>

struct line line_of(const struct line_points *points)
{
	return (struct line){.aa = NAN,
	                     .ab = NAN,
	                     .bb = NAN,
	                     .freedom = (double)points->count - 2,
	                     .b_low = NAN,
	                     .b_high = NAN,
	                     .n = points->count};
}

struct line line_least_squares(const struct line_points *points)
{
	const double n = (double)points->count;
	struct line line = line_of(points);
	double sum_y = 0;
	double sum_xy = 0;
	for (size_t i = 0; i < points->count; i++) {
		sum_y += points->y[i];
		sum_xy += points->x[i] * points->y[i];
	}
	line.a = sum_y / n;
	line.b = sum_xy / n;
	struct line_scores scores = {0};
	for (size_t i = 0; i < points->count; i++) {
		const double x = points->x[i];
		const double free_part = 1 - (1 + x * x) / n;
		if (free_part < 1e-9) {
			line.reason = "a single task decides the slope";
			return line;
		}
		const double off = (points->y[i] - line.a - line.b * x) / free_part;
		line_score_add(&scores, points, i, off);
	}
	line_covariance(points, (const double[]){n, 0, n}, &scores, &line);
	return line;
}
