/* Two pictures of fleets put together: what a fleet file has and what is found now, or fleets that
 * were measured apart. Pure. */
#ifndef FLEET_MERGE_H
#define FLEET_MERGE_H

#include "model/fleet.h"

struct error;

/* Moves what `late` has into `into`. Of a node's attempts those that are the same one in both (by
 * number, where both pictures are of one fleet; else the same result, job or start) become one: the
 * later picture, completed by what only the earlier one knows (its folder may be gone, the batch
 * system may have forgotten the job). Where they are of different fleets the whole is of none (id
 * NULL), and the attempts of a node are numbered anew in the order of time. An empty `into` becomes
 * `late`. Verdicts of what was completed are found again (standing_find). Nodes are sorted. Returns
 * 0 or -ENOMEM; then both may be released, and nothing else done with them. */
int merge_fleet(struct fleet *into, struct fleet *late, struct error *err);

/* Moves what was found in the result of one attempt to another: profile, judgements, hash. What
 * `to` has of that is released. */
void merge_take_result(struct fleet_attempt *to, struct fleet_attempt *from);

/* Numbers the attempts of every node anew, from 1, in the order of time. */
void merge_number_by_time(struct fleet *fleet);

/* Whether all that is known of it is a result that could not be read: it came from elsewhere, and
 * no job or state file speaks of it. It is known by its path. */
bool merge_is_unread(const struct fleet_attempt *attempt);

/* The same attempt, as seen in two fleets that are not the same one. */
bool merge_is_same(const struct fleet_attempt *a, const struct fleet_attempt *b);

#endif
