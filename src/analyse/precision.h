/* How well the throughputs that a recommendation rests on are known. */
#ifndef ANALYSE_PRECISION_H
#define ANALYSE_PRECISION_H

#include "analyse/findings.h"

#include <stddef.h>

/* Relative half-widths: below the first figures are good, from the second on they decide nothing.
 */
#define PRECISION_GOOD 0.05
#define PRECISION_BAD  0.20

/* Part of the node's CPU time. */
#define DISTURBANCE_MOST 0.20

struct precision {
	double half_width; /* of the widest 95 % interval: (high - low) / 2 / value; NAN: none */
	size_t level;      /* index in summary.levels of the widest; where none is, the first
	                    * of `without` */
	size_t without;    /* of the levels that matter, those that have no interval */
	ptrdiff_t single;  /* the first of `without` that rests on one trial, or on a stated figure
	                    * without an error; -1: none does */
	size_t levels;     /* that matter and have a throughput, at most 3 */
};

/* Of a policy (index in summary.policies): of its levels at full occupancy, at the recommended
 * number of tasks (or the next below) and at the baseline. */
struct precision precision_of(const struct findings *findings, size_t policy);

/* Marks the recommendations (of findings->scalings) that rest on too little as doubtful, and says
 * why in their reasons: where an interval of precision_of is PRECISION_BAD or wider, where
 * others used more than DISTURBANCE_MOST of the node when the run began, and where there is none
 * since nothing was measured twice. To be called once. */
void precision_doubt(struct findings *findings);

#endif
