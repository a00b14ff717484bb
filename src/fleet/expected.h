/* The nodes that a fleet should have, as a person says them: so that one without a result is named
 * and not silently absent. Needs no batch system. */
#ifndef FLEET_EXPECTED_H
#define FLEET_EXPECTED_H

#include "model/fleet.h"
#include "model/words.h"

struct error;

/* More names are a mistake in a range. */
enum { EXPECTED_MOST = 20000 };

/* Reads names from `word`: a file of that name, with names and lists by lines or blanks (# begins a
 * remark), or a list itself: "rome01,rome02", "rome[01-08,11],milan03". A name that stands twice is
 * kept once. Returns 0; -EINVAL (no names, a bracket or a range that is none, too many; err says
 * which); -ENOMEM; or -errno for a file that cannot be read. */
int expected_read(const char *word, struct words *ret_names, struct error *err);

/* Whether two names are of one host: the same, up to the first point where only one of both has
 * one. */
bool expected_is_host(const char *node, const char *name);

/* Whether the node is called so: by its name, up to the first point where only one of both has one
 * ("rome01" and "rome01.site.example"), or by the name of a result file of it
 * ("results/rome01.db").
 */
bool expected_is(const struct fleet_node *node, const char *name);

/* Adds to the fleet, which stays sorted, those that it does not have: they are not-run. Returns 0
 * or -ENOMEM. */
int expected_add(struct fleet *fleet, const struct words *names, struct error *err);

#endif
