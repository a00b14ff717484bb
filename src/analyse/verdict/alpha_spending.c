#include "analyse/verdict/alpha_spending.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <errno.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* Beyond so many standard deviations there is nothing. */
#define REACH 8.0

/* Points of the grid to the narrowest step between two looks; in all at least and at most (odd, for
 * Simpson's rule). */
enum { POINTS_PER_STEP = 4, POINTS_LEAST = 129, POINTS_MOST = 1025 };

/* The density of the score at one look, over what has not crossed up to then. */
struct density {
	size_t points;
	double *scores;
	double *masses; /* density times the weight of Simpson's rule: sums to what is left */
};

double alpha_spending_spent(double alpha, double fraction)
{
	return alpha * log1p((M_E - 1) * fmin(fmax(fraction, 0), 1));
}

/* The probability to be above `bound` at the next look, `step` of information further. */
static double crossing(const struct density *density, double step, double bound)
{
	double sum = 0;
	for (size_t i = 0; i < density->points; i++) {
		const double z = (bound - density->scores[i]) / sqrt(step);
		/* Of many looks each reaches a few points only. */
		if (z < REACH)
			sum += density->masses[i] * (z > -REACH ? gsl_cdf_ugaussian_Q(z) : 1);
	}
	return sum;
}

/* The bound that is crossed with probability `spend`, by halving between -REACH and REACH. */
static double find_bound(const struct density *density, double information, double step,
                         double spend)
{
	double low = -REACH * sqrt(information);
	double high = -low;
	for (int i = 0; i < 60; i++) {
		const double middle = (low + high) / 2;
		if (crossing(density, step, middle) > spend)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* The density one look on, up to the bound. */
static void advance(const struct density *from, double information, double step, double bound,
                    struct density *to)
{
	const double low = -REACH * sqrt(information);
	const double width = (bound - low) / (double)(to->points - 1);
	for (size_t j = 0; j < to->points; j++) {
		const double score = low + width * (double)j;
		double density = 0;
		for (size_t i = 0; i < from->points; i++) {
			const double apart = score - from->scores[i];
			if (fabs(apart) < REACH * sqrt(step))
				density +=
				        from->masses[i] * gsl_ran_gaussian_pdf(apart, sqrt(step));
		}
		const double weight = j == 0 || j + 1 == to->points ? 1 : j % 2 ? 4 : 2;
		to->scores[j] = score;
		to->masses[j] = density * weight * width / 3;
	}
}

/* Points enough for the narrowest step; 0: the fractions do not ascend. */
static size_t points_for(const double *fractions, size_t looks)
{
	double narrowest = 1;
	for (size_t k = 0; k < looks; k++) {
		const double step = fractions[k] - (k > 0 ? fractions[k - 1] : 0);
		if (!(step > 0) || fractions[k] > 1)
			return 0;
		narrowest = fmin(narrowest, step / fractions[k]);
	}
	const double points = 2 * REACH * POINTS_PER_STEP / sqrt(narrowest);
	return (size_t)fmin(fmax(points, POINTS_LEAST), POINTS_MOST) | 1;
}

int alpha_spending_levels(double alpha, const double *fractions, size_t looks, double *ret_levels,
                          struct error *err)
{
	const size_t points =
	        looks > 0 && looks <= ALPHA_LOOKS_MOST ? points_for(fractions, looks) : 0;
	if (points == 0)
		return error_set(err, EINVAL,
		                 "looks at a result need ascending shares of its blocks");
	cleanup_free double *room = calloc(4 * points, sizeof *room);
	if (!room)
		return error_memory(err);
	struct density now = {points, room, room + points};
	struct density next = {points, room + 2 * points, room + 3 * points};
	double information = 0;
	double spent = 0;
	/* Nothing has crossed before the first look: all mass is at 0. */
	now.masses[0] = 1;
	for (size_t k = 0; k < looks; k++) {
		const double step = fractions[k] - information;
		const double spend = alpha_spending_spent(alpha, fractions[k]) - spent;
		const double bound = find_bound(&now, fractions[k], step, spend);
		ret_levels[k] = gsl_cdf_ugaussian_Q(bound / sqrt(fractions[k]));
		information = fractions[k];
		spent += spend;
		advance(&now, information, step, bound, &next);
		const struct density swapped = now;
		now = next;
		next = swapped;
	}
	return 0;
}
