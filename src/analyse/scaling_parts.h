/* The stages of scaling_build, in the order in which it calls them. For analyse/scaling*.c and
 * analyse/fit*.c. */
#ifndef ANALYSE_SCALING_PARTS_H
#define ANALYSE_SCALING_PARTS_H

#include "analyse/scaling.h"

/* Sets the standard errors of a curve's points from the repeats of the levels that they are
 * (levels: an index into summary->levels for each), and what they have in common. Returns 0 or
 * -ENOMEM. */
int curve_measure_noise(const struct summary *summary, const size_t *levels, struct curve *curve,
                        struct error *err);

/* Least squares for one set of free parameters, in scaled numbers: u = N / largest N and
 * x = X / largest X, so that all of them are near 1.
 *
 *   x(u) = lambda u / (1 + sigma (u - u1) + kappa u (u - u1)),  u1 = 1 / largest N */
enum { FIT_LAMBDA, FIT_SIGMA, FIT_KAPPA, FIT_PARAMETERS };

struct fit_problem {
	size_t count;
	double *u;
	double *x;
	double *weights; /* their mean is 1 */
	double u1;
	bool is_free[FIT_PARAMETERS]; /* the others are 0 */
};

struct fit_solution {
	double values[FIT_PARAMETERS];
	/* (J' W J)^-1 of the free ones, 0 elsewhere. */
	double covariance[FIT_PARAMETERS][FIT_PARAMETERS];
	double squares; /* sum of weighted squared residuals */
};

/* The model in scaled numbers. */
double fit_problem_at(const struct fit_problem *problem, const double values[FIT_PARAMETERS],
                      double u);

/* Minimises from the weighted linear form of the model, and from a fixed start; the better one
 * counts. Returns 0; -ENOMEM; or -EDOM where the best lies outside lambda > 0, sigma >= 0,
 * kappa >= 0, or was not found. */
int fit_solve(const struct fit_problem *problem, struct fit_solution *ret_solution,
              struct error *err);

/* One model fitted to a curve with sigma, kappa >= 0: all sets of parameters at their bounds are
 * tried, and the best that keeps to the bounds is taken. Absent with its reason where there are
 * fewer points than parameters. Returns 0 or -ENOMEM. */
int fit_build(const struct curve *curve, enum fit_model model, struct fit *ret_fit,
              struct error *err);
void fit_release(struct fit *fit);

/* Where the plateau begins, with its interval, and how many tasks to run. fits as in struct
 * scaling. Returns 0 or -ENOMEM. */
int plateau_build(const struct curve *curve, const struct fit *fits,
                  const struct scaling_limits *limits, struct plateau *ret_plateau,
                  struct error *err);
void plateau_release(struct plateau *plateau);

/* Residual standard error, tasks/s, of the points around the line that bends once and comes nearest
 * to them, all points of the same weight; with its degrees of freedom. NAN with fewer than 4
 * points.
 */
double bent_line_residual_se(const struct curve *curve, size_t *ret_freedom);

/* The weighted least-squares curve that nowhere decreases (pool adjacent violators); y may be x. */
void plateau_isotonic(const double *x, const double *weights, size_t count, double *y);

/* Index of the level at which a curve's plateau begins (count > 0): the smallest whose throughput
 * is at least 95 % of the largest, and from which the average gain per task up to the top level
 * is below half of rate, the throughput per task at the baseline. */
size_t plateau_begins(const struct curve_point *points, const double *x, size_t count, double rate);

#endif
