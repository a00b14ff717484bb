/* Fleets made by hand that are ranked, for the tests of ranking. Whatever does not work out fails
 * the test at once. */
#ifndef TESTS_RANKED_H
#define TESTS_RANKED_H

#include "made_fleet.h"

#include "analyse/fleet/rank.h"

#include <stddef.h>

/* 64 cores on two sockets, tasks of 30 s. */
extern const struct made_kind ranked_rome;
/* Nodes and trials that differ by about a per cent; and no noise at all. */
extern const struct made_noise ranked_quiet;
extern const struct made_noise ranked_none;

/* "rome07" */
void ranked_name(size_t i, char name[16]);

/* Appends healthy nodes, named on from how many there are. rng may be NULL where the noise is 0. */
void ranked_nodes(struct fleet *fleet, size_t count, const struct made_kind *kind,
                  const struct made_noise *noise, struct rng *rng);

/* Ranks; every node is in the ranking. */
struct fleet_ranking ranked_find(const struct fleet *fleet);

/* The item of the node of this name. */
const struct fleet_rank_item *ranked_item(const struct fleet_ranking *ranking, const char *name);

/* That the text is there and has this part. */
void ranked_has(const char *text, const char *part);

/* That they differ by no more than that. */
void ranked_near(double a, double b, double most);

#endif
