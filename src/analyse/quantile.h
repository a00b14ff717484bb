/* Weighted means and quantiles. A window's tasks weigh by the part of them that lies in it, so
 * every figure per task takes weights; equal weights give the plain figures. */
#ifndef ANALYSE_QUANTILE_H
#define ANALYSE_QUANTILE_H

#include <stddef.h>

struct weighted_value {
	double value;
	double weight; /* 0 or more */
};

/* Sorts by value, ascending; no value is NAN. Many items are sorted by the digits of their values,
 * in time that is linear in the count. */
void quantile_sort(struct weighted_value *items, size_t count);

/* The quantile at p (0 to 1) of items sorted by quantile_sort; NAN when all weights are 0.
 *
 * Equal weights: type 7 of Hyndman and Fan (1996), by GSL. Unequal ones: the same estimator in
 * the weighted form of Akinshin, "Weighted quantile estimators" (2023, arXiv:2304.07265, section
 * 3): with Kish's effective count n = (sum w)^2 / sum w^2 and h = p (n - 1) + 1, the mean of the
 * weighted empirical quantile function over the stretch [(h-1)/n, h/n] of probability. It agrees
 * with type 7 at equal weights, is unchanged when all weights are scaled, and an item of weight 0
 * has no part in it. */
double quantile_weighted(const struct weighted_value *items, size_t count, double p);

/* The same at every one of ps, which ascend, in one pass over the items. */
void quantiles_weighted(const struct weighted_value *items, size_t count, const double *ps,
                        size_t p_count, double *ret_quantiles);

/* sum(w x) / sum(w), NAN when all weights are 0. */
double quantile_weighted_mean(const struct weighted_value *items, size_t count);

/* Standard deviation over mean, weighted, without a correction for the count; NAN when all weights
 * or the mean are 0. */
double quantile_weighted_cv(const struct weighted_value *items, size_t count);

/* sum(w)^2 / sum(w^2) (Kish), 0 when all weights are 0. */
double quantile_effective_count(const struct weighted_value *items, size_t count);

/* 1 / (the 0.75 quantile of the normal distribution): what makes a MAD a standard deviation. */
#define MAD_TO_SIGMA 1.482602218505602

/* Sorts values that are not NAN, ascending. */
void quantile_sort_values(double *values, size_t count);

/* The median of count values, 1 or more, which are put into another order. */
double quantile_median(double *values, size_t count);

/* MAD_TO_SIGMA times the median distance of count values, 1 or more, from `centre`, which they are
 * replaced by. */
double quantile_mad(double *values, size_t count, double centre);

#endif
