/* In what two effective scenarios (formats/scenario/scenario_json) differ, key by key. */
#ifndef FORMATS_SCENARIO_SCENARIO_DIFF_H
#define FORMATS_SCENARIO_SCENARIO_DIFF_H

#include <stddef.h>

struct error;

enum { SCENARIO_DIFFERENCE_BYTES = 96 };

/* One key that has not the same value in both. */
struct scenario_difference {
	char key[SCENARIO_DIFFERENCE_BYTES]; /* "sweep.warmup.tasks" */
	/* Its value as JSON, cut with "..."; "none" for null, "not said" without the key. */
	char first[SCENARIO_DIFFERENCE_BYTES];
	char second[SCENARIO_DIFFERENCE_BYTES];
};

/* Compares the two texts, which may come from anybody. A key that only one of them has (as of
 * scenarios written by different versions) is "not said" in the other, but null is the same as not
 * said. Lists are compared as a whole. The caller frees *ret_items, in the order of the keys of the
 * first and then of those that only the second has. Returns 0; -EINVAL when one is no JSON object;
 * -ENOMEM. */
int scenario_diff(const char *first, const char *second, struct scenario_difference **ret_items,
                  size_t *ret_count, struct error *err);

#endif
