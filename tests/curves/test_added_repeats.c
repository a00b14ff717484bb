/* Simulated nodes exactly at the limit that are judged, found inconclusive, given more repeats by
 * hand, and judged again: how often they pass, where every look may make the whole error, and where
 * looks after the first share what analyse/verdict leaves them.
 *
 * SIMULATIONS in the environment says how many; docs/method.md quotes what 6000 print. */
#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/bounds.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { USUAL_SIMULATIONS = 600, MOST_REPEATS = 64, MOST_LOOKS = 32 };

/* As in analyse/verdict/verdict.c. */
#define LEVEL       0.05
#define AFTER_FIRST 0.015

/* What is done with a node in doubt. */
struct habit {
	const char *name;
	uint32_t first, most;
	uint32_t step; /* repeats added each time; 0: as many as the verdict asks for */
	double passed; /* at most this share of nodes may pass where looks are paid for */
};

struct looks {
	uint32_t blocks[MOST_LOOKS];
	size_t count; /* before the present one */
};

/* The level of a look at so many blocks, which are all there are as far as anybody knows then. */
static double level_of(const struct looks *before, uint32_t blocks, bool is_paid)
{
	struct error err;
	double fractions[MOST_LOOKS + 1];
	double levels[MOST_LOOKS + 1];
	if (before->count == 0 || !is_paid)
		return LEVEL;
	for (size_t k = 0; k < before->count; k++)
		fractions[k] = (double)before->blocks[k] / blocks;
	fractions[before->count] = 1;
	assert_int_equal(
	        alpha_spending_levels(AFTER_FIRST, fractions, before->count + 1, levels, &err), 0);
	return levels[before->count];
}

/* How many repeats the next look has; 0: nobody goes on. */
static uint32_t next_blocks(const struct habit *habit, const struct bounded *mean, double level,
                            uint32_t done)
{
	const double sd = mean->se * sqrt(done);
	const size_t next = habit->step > 0 ? done + habit->step
	                                    : bounds_repeats(fabs(mean->mean), sd, 0, level, done);
	return next <= habit->most ? (uint32_t)next : 0;
}

/* One node: 1 it passes, -1 it fails, 0 it stays in doubt. The limit is 0. */
static int judge_node(const struct habit *habit, bool is_paid, struct rng *rng)
{
	double values[MOST_REPEATS];
	struct looks looks = {.count = 0};
	uint32_t done = 0;
	uint32_t blocks = habit->first;
	while (blocks > 0 && looks.count < MOST_LOOKS) {
		for (; done < blocks; done++)
			values[done] = rng_normal(rng);
		const struct bounded mean = bounded_mean(values, done);
		const double level = level_of(&looks, blocks, is_paid);
		if (bounded_low(&mean, level) >= 0)
			return 1;
		if (bounded_high(&mean, level) < 0)
			return -1;
		looks.blocks[looks.count++] = blocks;
		blocks = next_blocks(habit, &mean, level, done);
	}
	return 0;
}

static double share_that_passes(const struct habit *habit, bool is_paid, size_t n)
{
	struct rng rng;
	size_t passed = 0;
	rng_init(&rng, 1, habit->first * 100 + habit->step);
	for (size_t i = 0; i < n; i++)
		passed += judge_node(habit, is_paid, &rng) > 0;
	return (double)passed / (double)n;
}

static void repeats_that_are_added_by_hand_cost_little(void **state)
{
	(void)state;
	static const struct habit habits[] = {
	        {"5, then as many as are asked for, to 60", 5, 60, 0, 0.065},
	        {"3, then as many as are asked for, to 60", 3, 60, 0, 0.070},
	        {"5, then 5 more each time, to 30", 5, 30, 5, 0.065},
	};
	const size_t n = simulations_asked_for(USUAL_SIMULATIONS);
	printf("# %zu machines at the limit: share that passes\n", n);
	printf("# repeats                                   each look 5 %%   looks paid for\n");
	for (size_t i = 0; i < ARRAY_LENGTH(habits); i++) {
		const struct habit *const h = &habits[i];
		const double unpaid = share_that_passes(h, false, n);
		const double paid = share_that_passes(h, true, n);
		printf("# %-42s %12.3f %16.3f\n", h->name, unpaid, paid);
		/* 3.7 standard errors: one true one in 10,000. */
		const double slack = 3.7 * sqrt(h->passed * (1 - h->passed) / (double)n);
		if (paid > h->passed + slack)
			fail_msg("%s: %.4f pass, %.3f at most", h->name, paid, h->passed);
		assert_true(unpaid > paid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(repeats_that_are_added_by_hand_cost_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
