/* The places of one kind of all nodes of a class beside each other. For analyse/fleet/rank_places.
 */
#ifndef ANALYSE_FLEET_RANK_GRID_H
#define ANALYSE_FLEET_RANK_GRID_H

#include "analyse/fleet/rank_parts.h"

#include <stddef.h>
#include <stdint.h>

/* Nodes x places, NAN where there is none. */
struct grid {
	int32_t *index; /* of each place, ascending */
	size_t places;
	size_t nodes;
	size_t present;   /* nodes that have any */
	double *apart;    /* logs: of wall times, then of how much slower each place is */
	double *against;  /* log of its wall time by that of the same place of the class */
	double *own;      /* log of what it is to its like on its node, less the class's */
	double *own_se;   /* of that, over trials */
	uint32_t *trials; /* behind it */
	int32_t *package; /* that holds each place; -1: not known */
	int32_t *l3;
};

/* The level whose places are looked at: the class's, or the lowest that has any. */
struct place_level {
	const char *policy;
	uint32_t concurrency;
};

struct place_level rank_grid_level(const struct ranking_work *work,
                                   const struct fleet_class *class);

/* Fills in all but what is worked out of it (against, and apart beyond logs of wall times). Returns
 * 0 or -ENOMEM; to be released in either case. */
int rank_grid_make(const struct ranking_work *work, const struct fleet_class *class,
                   const struct place_level *level, enum profile_place_kind kind, struct grid *grid,
                   struct error *err);

/* The column of a place, or -1. */
ptrdiff_t rank_grid_column(const struct grid *grid, int32_t index);

void rank_grid_release(struct grid *grid);

#endif
