/* How fast PUs were found to run by a timed chain, as plain values. */
#ifndef MODEL_CLOCK_READING_H
#define MODEL_CLOCK_READING_H

#include <stddef.h>
#include <stdint.h>

/* Of one PU; logical indexes as in struct topology_pu, -1: none. */
struct clock_reading {
	uint32_t pu; /* os index */
	int32_t core;
	int32_t l3;
	int32_t package;
	double p50_hz; /* of chunks; NaN: it could not be told */
	double max_hz;
	double lost_share; /* of the time, in which the chain did not run */
};

/* Several at once. */
struct clock_probe {
	struct clock_reading *readings;
	size_t count;     /* 0: there are none, and */
	char reason[512]; /* says why */
};

/* What a probe says of all its PUs. */
struct clock_spread {
	double p50_hz; /* the median PU's */
	double max_hz; /* of any chunk of any PU */
	size_t slowest;
	size_t fastest;    /* indexes into readings */
	double spread;     /* fastest / slowest - 1 */
	double lost_share; /* of the PU that lost most */
	size_t counted;    /* readings that have a figure */
};

/* Sums a probe up; counted 0 where no reading has a figure, and then the rest means nothing. */
struct clock_spread clock_probe_spread(const struct clock_probe *probe);

void clock_probe_release(struct clock_probe *probe);

#endif
