/* A side of a comparison, made by hand. Whatever does not work out fails the test at once. */
#ifndef TESTS_MADE_SIDE_H
#define TESTS_MADE_SIDE_H

#include "analyse/compare/compare.h"
#include "made.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MADE_SIDE_RUNS = 3 };

/* Results of one side. */
struct made_side {
	struct made runs[MADE_SIDE_RUNS];
	struct findings findings[MADE_SIDE_RUNS];
	const struct findings *pointers[MADE_SIDE_RUNS];
	size_t count;
	struct side side;
};

#define cleanup_made_side __attribute__((cleanup(made_side_release)))

void made_side_near(double a, double b);

void made_side_text(char **text, const char *value);

void made_side_fact(struct made *made, const char *name, const char *value);

/* A run with two blocks at N = 1 and 2, whose tasks take so long; the second block a hundredth
 * longer. */
struct made *made_side_run(struct made_side *side, double wall_s);

void made_side_levels(struct made *made, double wall_s, const char *policy, uint32_t highest);

const struct side *made_side_finish(struct made_side *side, const char *name);

void made_side_release(struct made_side *side);

struct comparison made_side_compare(const struct side *base, const struct side *new);

const struct ratio *made_side_ratio(const struct comparison *c, size_t level, enum measure_id id);

const struct compare_remark *made_side_remark(const struct comparison *c, const char *code);

bool made_side_is_serious(const struct comparison *c, const char *code);

void made_side_print(const struct comparison *c);

#endif
