/* Whether two runs are runs of one thing: the same work on nodes of one kind. */
#ifndef ANALYSE_COMPARE_COMPARE_KIND_H
#define ANALYSE_COMPARE_COMPARE_KIND_H

#include "core/error.h"
#include "model/dataset.h"

#include <stdbool.h>

/* In what a run differs from the first of its side. */
struct kind_difference {
	const char *what; /* "another program", ...; NULL: in nothing that is known of both */
	bool is_scenario; /* the work and the node are the same, and values of the scenario differ
	                   */
};

/* Another path to the same program with the same arguments is the same command. Returns 0 or
 * -ENOMEM. */
int compare_kind(const struct dataset *first, const struct dataset *other,
                 struct kind_difference *ret_difference, struct error *err);

#endif
