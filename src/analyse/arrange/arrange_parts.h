/* The stages of arrange_imported. For analyse/arrange*.c. */
#ifndef ANALYSE_ARRANGE_ARRANGE_PARTS_H
#define ANALYSE_ARRANGE_ARRANGE_PARTS_H

#include "analyse/arrange/arrange_item.h"
#include "analyse/arrange/arrangement.h"
#include "formats/import/imported.h"

/* How many ran at once. */
struct arrange_crowd {
	uint32_t most;        /* ever */
	uint32_t usual;       /* for the longest time */
	double usual_share;   /* of the time in which any ran, 0 to 1 */
	int64_t full_from_ns; /* the first moment at which `full` ran, and the last */
	int64_t full_to_ns;
};

/* Of items with times, sorted by start. full: from how many on all copies ran; 0: from the most.
 * Returns 0 or -ENOMEM. */
int arrange_crowd_find(const struct arrange_item *items, size_t count, uint32_t full,
                       struct arrange_crowd *ret_crowd, struct error *err);

/* Finds the concurrency of items that do not have it, by their times. Returns 0; -EINVAL where they
 * have none, or where how many ran changes too much; -ENOMEM. */
int arrange_find_concurrency(const struct imported *imported, struct arrange_item *items,
                             size_t count, struct words *remarks, struct error *err);

/* Tells what the records say twice and not the same: wall times of tasks that have a start and an
 * end, and stated throughput beside stated wall time. Returns 0 or -ENOMEM. */
int arrange_find_contradictions(const struct imported *imported, struct words *remarks,
                                struct error *err);

/* Fills the window of a trial, and the tasks' times, roles and slots in, from its items, which are
 * sorted by start where they have times. origin_ns: what calendar times become 0. Returns 0 or
 * -ENOMEM. */
int arrange_trial_fill(const struct imported *imported, const struct arrange_item *items,
                       uint32_t concurrency, int64_t origin_ns, struct arranged_trial *trial,
                       struct task_record *tasks, struct words *remarks, struct error *err);

#endif
