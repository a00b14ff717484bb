/* How much slower than the others the slowest core, L3 cache or socket of one level is, with
 * bounds.
 *
 * In every trial a place is compared with the mean of the others that run under the same load
 * (their tasks share core, L3 and package with as many others; analyse/place_classes), on logs of
 * wall times. A core is the weighted mean of its tasks; an L3 or a socket the lower median of its
 * cores, so that one slow core does not make it slow. The replicate is the trial. The error is
 * pooled over the places of one load, because three or five trials of one place alone say little of
 * it; docs/method.md has the simulations. */
#ifndef ANALYSE_VERDICT_PLACE_SPREAD_H
#define ANALYSE_VERDICT_PLACE_SPREAD_H

#include "analyse/verdict/place_data.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One place among those of its load. */
struct place_apart {
	int32_t index;  /* as struct place */
	double apart;   /* log of its wall time by that of the others: mean over trials */
	double se;      /* of apart, by the error that is pooled over the places, */
	double freedom; /* with so many degrees of freedom; both NAN with one trial */
	double own_se;  /* by its own trials alone, trials - 1 degrees of freedom */
	size_t trials;
};

struct place_spread {
	struct place_apart *items; /* the places that could be compared */
	size_t count;
	size_t trials;
	size_t present;   /* places of this kind at which tasks of this level ran */
	size_t silent;    /* of these, without a successful task, which cannot be compared */
	bool is_only_one; /* the node (as far as it may be used) has one place of this kind */
	/* Why none could be compared, or NULL; with is_only_one it goes on after its name. */
	const char *reason;
};

/* The places of a kind (PLACE_CORE, PLACE_L3, PLACE_PACKAGE) at a level. Returns 0 or -ENOMEM. */
int place_spread_measure(const struct place_data *data, size_t level, enum place_kind kind,
                         struct place_spread *ret_spread, struct error *err);
void place_spread_release(struct place_spread *spread);

/* The statistics alone: places (2 or more) of one load over trials; logs holds for each trial the
 * log of every place, NAN where there is none. Fills in all but the index of each item. */
void place_spread_group(const double *logs, size_t trials, size_t places,
                        struct place_apart *ret_items);

/* The place that is farthest behind the others. count is above 0. */
size_t place_spread_worst(const struct place_spread *spread);

/* The largest upper bound of any place (log), each at this one-sided level: with a place at the
 * limit, all of them lie below it with no more than this probability (an intersection-union test
 * needs no correction). *ret_which gets the place. NAN: some place has no bound. */
double place_spread_high(const struct place_spread *spread, double level, size_t *ret_which);

/* The largest lower bound of any place: each at level / count (Bonferroni), and by its own trials
 * alone at `level` besides, so that one disturbed trial of one place does not condemn it where the
 * pooled error is small. NAN: no place has a bound. */
double place_spread_low(const struct place_spread *spread, double level, size_t *ret_which);

#define cleanup_place_spread __attribute__((cleanup(place_spread_release)))

#endif
