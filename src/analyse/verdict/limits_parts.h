/* How far beyond what good runs showed a limit has to be. All on logs, upwards; for
 * analyse/verdict/limits*.c. */
#ifndef ANALYSE_VERDICT_LIMITS_PARTS_H
#define ANALYSE_VERDICT_LIMITS_PARTS_H

#include <stddef.h>

/* The limit that the one-sided 95 % bound of a further run passes with probability 1 - miss, from
 * the bounds of count runs (2 or more) of the same node: their prediction bound
 *
 *   mean + t(1 - miss, R - 1) s sqrt(1 + 1/R)
 *
 * at least `least` above the mean. */
double limits_between_runs(const double *bounds, size_t count, double miss, double least);

/* The same from one run, if nothing differs from run to run: how far beyond its own bound, in units
 * of how far that bound lies from the mean of its repeats (t e). Both the mean
 * and the bound of the further run are random. With m the mean, e the standard error and
 * t = t(0.95, n - 1), m' + t e' of the further run stays below m + c e with probability 1 - miss
 * for
 *
 *   P(sqrt(2) Z + t V' > c V) = miss,    V, V' = sqrt(chi^2(n - 1) / (n - 1))
 *
 * found by numerical integration; what comes back is c / t - 1, or 0. repeats is n; 0 below 2. */
double limits_within_run(size_t repeats, double miss);

#endif
