/* What the timed chains before the blocks say of the node's clock while no task ran. For people: no
 * task's frequency is worked out from it. */
#ifndef ANALYSE_IDLE_CLOCK_H
#define ANALYSE_IDLE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

struct dataset;
struct error;

struct idle_clock {
	size_t asked;   /* how often it was tried */
	size_t counted; /* how often there was a figure; 0: the rest means nothing */
	double median_hz, least_hz, most_hz;
	int32_t pu; /* os index */
};

/* Returns 0 or -ENOMEM. */
int idle_clock_find(const struct dataset *dataset, struct idle_clock *ret, struct error *err);

#endif
