/* How much of the error that a verdict may make is left for each look, where a result is judged
 * again after every block that is added: without it, whoever looks often enough is right once by
 * chance. Group-sequential test by an error-spending function (Lan and DeMets, "Discrete sequential
 * boundaries for clinical trials", Biometrika 70 (1983) 659), whose looks need not be planned: only
 * how much information there will be at most. */
#ifndef ANALYSE_VERDICT_ALPHA_SPENDING_H
#define ANALYSE_VERDICT_ALPHA_SPENDING_H

#include <stddef.h>

struct error;

enum { ALPHA_LOOKS_MOST = 1000 };

/* How much of alpha may be spent when this fraction of the information (0 to 1; beyond: 1) is
 * there: alpha ln(1 + (e - 1) fraction), close to Pocock's boundary. It leaves early looks enough
 * to decide what is clear; docs/method.md says why. */
double alpha_spending_spent(double alpha, double fraction);

/* The nominal one-sided level of each look, so that a statistic with independent increments that
 * is at the limit crosses at any of looks 1 to k with probability alpha_spending_spent at k.
 * fractions (looks of them, 1 to ALPHA_LOOKS_MOST) ascend, are above 0, the last at most 1. Worked
 * out for the normal distribution by numerical integration over what has not crossed yet (Armitage,
 * McPherson and Rowe 1969); used with Student's t at the same level. Returns 0, -EINVAL where
 * fractions do not ascend, or -ENOMEM. */
int alpha_spending_levels(double alpha, const double *fractions, size_t looks, double *ret_levels,
                          struct error *err);

#endif
