/* One-sided bounds of means by Student's t: of one run by its trials, of places by trials and
 * places together, of a run against reference runs; and how many repeats would bring a bound to the
 * other side of a limit. Values are on the scale on which they are normal: logs, or plain where the
 * measure is signed. */
#ifndef ANALYSE_VERDICT_BOUNDS_H
#define ANALYSE_VERDICT_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

/* A mean with what is known of its error. se NAN: nothing (one value). */
struct bounded {
	double mean;
	double se;      /* standard error of the mean */
	double freedom; /* degrees of freedom of se */
	size_t count;   /* values behind it */
};

/* Of count values, 1 or more: se = s / sqrt(count), count - 1 degrees of freedom. */
struct bounded bounded_mean(const double *values, size_t count);

/* mean -+ t(1 - level, freedom) se; NAN where there is no se, or level is 0. */
double bounded_low(const struct bounded *b, double level);
double bounded_high(const struct bounded *b, double level);

/* How far one run lies from the mean of reference runs. */
struct predicted {
	/* se is the error with which another run of the reference's kind would fall there; count
	 * is that of the runs. */
	struct bounded apart;
	double run_sd; /* over the means of the runs */
	double excess; /* variance by which the judged mean is noisier than those of the runs */
	double least;  /* variance of the judged mean at which there is no excess */
};

/* Each run is the mean of its trials; count of them, 2 or more:
 *
 *   se^2 = run_sd^2 (1 + 1/R) + excess,    excess = max(0, e^2 - mean of e_r^2)
 *
 * Without the excess a judged run of fewer or more scattered trials would pass for one as sure as
 * those from which run_sd comes: e and e_r are the standard errors of the means. A judged run of
 * one trial takes the scatter of the references' trials. Degrees of freedom: R - 1, and by
 * Satterthwaite where there is an excess. */
struct predicted bounds_against(const struct bounded *judged, const struct bounded *runs,
                                size_t count);

enum { REPEATS_MOST = 1000 };

/* The probability with which the repeats that bounds_repeats names would decide. */
#define REPEATS_POWER 0.8

/* The least number of repeats, above `done` and up to REPEATS_MOST, with which a mean that lies
 * `distance` from the limit would be decided with probability REPEATS_POWER at this one-sided
 * level, one repeat having the standard deviation sd:
 *
 *   distance >= (t(1 - level, n - 1) + t(0.8, n - 1)) sqrt(common + sd^2 / n)
 *
 * common is a variance that more repeats do not reduce. 0: no such number. */
size_t bounds_repeats(double distance, double sd, double common, double level, size_t done);

/* The same of runs of the reference, above `done`: one run has the standard deviation sd, and
 * other is a variance that does not come from the references (predicted.excess). */
size_t bounds_runs(double distance, double sd, double other, double level, size_t done);

#endif
