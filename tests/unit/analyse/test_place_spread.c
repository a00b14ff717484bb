/* Which place is how much slower than the others, with bounds: from tasks whose walls are known,
 * and on simulated nodes of up to 128 cores. */
#include "analyse/verdict/place_spread.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NODES = 150, CORES_PER_L3 = 4 };

#define LEVEL 0.05

static void assert_near(double value, double expected, double most)
{
	if (!(fabs(value - expected) <= most))
		fail_msg("%.12g instead of %.12g", value, expected);
}

/* ---- The statistics ----------------------------------------------------------------------- */

/* Two trials of three places; the second trial is slower as a whole. */
static void a_group_is_worked_out_by_hand(void **state)
{
	(void)state;
	static const double logs[] = {0, 0, 0.3, 1, 1.1, 1.5};
	struct place_apart items[3];
	place_spread_group(logs, 2, 3, items);
	/* Place 2 is 0.3 and 0.45 behind the mean of the others. */
	assert_near(items[2].apart, 0.375, 1e-12);
	assert_near(items[2].own_se, 0.075, 1e-12);
	/* What is left of trial and place means: -+0.05, 0, +-0.05 in each trial; 4 squares of
	 * 0.05 on 2 degrees of freedom, times 3/2 for the others, by 2 trials. */
	assert_near(items[2].freedom, 2, 0);
	assert_near(items[2].se, sqrt(4 * 0.0025 / 2 * 1.5 / 2), 1e-12);
	assert_near(items[0].apart + items[1].apart + items[2].apart, 0, 1e-12);
}

static void two_places_mirror_each_other(void **state)
{
	(void)state;
	static const double logs[] = {0, 0.2, 0, 0.3, 0, 0.25};
	struct place_apart items[2];
	place_spread_group(logs, 3, 2, items);
	assert_near(items[1].apart, 0.25, 1e-12);
	assert_near(items[0].apart, -0.25, 1e-12);
	/* With two places the pooled error is that of the one difference. */
	assert_near(items[1].se, items[1].own_se, 1e-12);
	assert_near(items[1].freedom, 2, 0);
}

static void a_place_may_lack_a_trial(void **state)
{
	(void)state;
	const double logs[] = {0, 0, 0.3, 0, 0, NAN, NAN, 0, 0.3};
	struct place_apart items[3];
	place_spread_group(logs, 3, 3, items);
	assert_int_equal(items[2].trials, 2);
	assert_int_equal(items[0].trials, 2);
	assert_int_equal(items[1].trials, 3);
	assert_near(items[2].apart, 0.3, 1e-12);
	assert_true(items[2].se > 0 && isfinite(items[2].se));
}

static void one_trial_has_no_bound(void **state)
{
	(void)state;
	static const double logs[] = {0, 0.2, 0.1};
	struct place_apart items[3];
	place_spread_group(logs, 1, 3, items);
	const struct place_spread spread = {.items = items, .count = 3};
	size_t which = 9;
	assert_int_equal(place_spread_worst(&spread), 1);
	assert_true(isnan(place_spread_high(&spread, LEVEL, &which)));
	assert_true(isnan(place_spread_low(&spread, LEVEL, &which)));
	assert_int_equal(which, 9);
}

/* ---- From tasks --------------------------------------------------------------------------- */

struct shape {
	const char *name;
	uint32_t slots;
	uint32_t cores; /* slot s is on core s modulo these */
	int32_t slow;   /* core, or L3 with slow_l3; -1: none */
	bool is_l3;
	double factor; /* by which it is slower */
	double shared; /* by which a task with another one on its core is slower */
	double cv;     /* of the walls of tasks */
	uint32_t blocks;
};

static uint32_t on_core(const struct shape *s, uint32_t core)
{
	return s->slots / s->cores + (core < s->slots % s->cores);
}

static void simulate(const struct shape *s, struct made *made, struct rng *rng)
{
	made_init(made);
	made_level(made, s->slots, "spread");
	for (uint32_t i = 0; i < s->slots; i++) {
		const int32_t core = (int32_t)(i % s->cores);
		made_slot(made, 0, i, core, core / CORES_PER_L3, core / (int32_t)(s->cores / 2));
	}
	for (uint32_t b = 0; b < s->blocks; b++) {
		const double trial = exp(0.03 * rng_normal(rng));
		made_trial(made, 0, b, 100, 140);
		for (uint32_t i = 0; i < s->slots; i++) {
			const uint32_t core = i % s->cores;
			const int32_t place = (int32_t)(s->is_l3 ? core / CORES_PER_L3 : core);
			const double mean = 10 * trial * (place == s->slow ? s->factor : 1) *
			                    (on_core(s, core) > 1 ? s->shared : 1);
			for (double at = 100 - mean * rng_uniform(rng); at < 140;) {
				const double wall = mean * exp(s->cv * rng_normal(rng));
				made_task(made, i, at, at + wall);
				at += wall;
			}
		}
	}
}

struct bounds {
	double low, high; /* factors */
	int32_t place;    /* that low is of */
	size_t count;
};

static struct bounds measure(const struct made *made, enum place_kind kind)
{
	struct error err;
	cleanup_summary struct summary summary = {0};
	cleanup_place_data struct place_data data = {0};
	cleanup_place_spread struct place_spread spread = {0};
	size_t which = 0;
	assert_int_equal(summary_build(&made->dataset, &summary, &err), 0);
	assert_int_equal(place_data_build(&summary, &data, &err), 0);
	assert_int_equal(place_spread_measure(&data, 0, kind, &spread, &err), 0);
	assert_true(spread.count > 0 && !spread.reason);
	struct bounds b = {.count = spread.count};
	b.high = exp(place_spread_high(&spread, LEVEL, &which));
	b.low = exp(place_spread_low(&spread, LEVEL, &which));
	b.place = spread.items[which].index;
	return b;
}

/* Of NODES nodes: how many pass and fail a limit of 1.1, and how often the right place is named. */
static void nodes_are_judged(void **state)
{
	(void)state;
	static const struct {
		struct shape shape;
		enum place_kind kind;
		size_t passes_least, fails_least, fails_most;
	} cases[] = {
	        {{"2 cores", 2, 2, -1, false, 1, 1, 0.03, 5}, PLACE_CORE, 120, 0, 1},
	        {{"2 cores, one of half the speed", 2, 2, 1, false, 2, 1, 0.05, 5},
	         PLACE_CORE,
	         0,
	         145,
	         150},
	        {{"64 cores", 64, 64, -1, false, 1, 1, 0.05, 5}, PLACE_CORE, 145, 0, 1},
	        {{"128 cores, 3 repeats", 128, 128, -1, false, 1, 1, 0.05, 3},
	         PLACE_CORE,
	         130,
	         0,
	         1},
	        {{"128 cores, CV 0.3", 128, 128, -1, false, 1, 1, 0.3, 5}, PLACE_CORE, 0, 0, 3},
	        {{"128 cores, one shared with a busy loop", 128, 128, 77, false, 2, 1, 0.05, 3},
	         PLACE_CORE,
	         0,
	         148,
	         150},
	        {{"64 cores, an L3 slower by 25 %", 64, 64, 3, true, 1.25, 1, 0.05, 5},
	         PLACE_L3,
	         0,
	         148,
	         150},
	        {{"64 cores, one slow: its L3", 64, 64, 7, false, 2, 1, 0.05, 5},
	         PLACE_L3,
	         140,
	         0,
	         1},
	        {{"64 cores: sockets", 64, 64, -1, false, 1, 1, 0.05, 5}, PLACE_PACKAGE, 148, 0, 1},
	        {{"96 tasks on 64 cores, two take 1.6 times as long", 96, 64, -1, false, 1, 1.6,
	          0.05, 5},
	         PLACE_CORE,
	         145,
	         0,
	         1},
	        {{"96 tasks on 64 cores, a slow one", 96, 64, 5, false, 1.5, 1.6, 0.05, 5},
	         PLACE_CORE,
	         0,
	         148,
	         150},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct shape *const s = &cases[i].shape;
		size_t passes = 0;
		size_t fails = 0;
		size_t named = 0;
		struct rng rng;
		rng_init(&rng, 9, i);
		for (size_t n = 0; n < NODES; n++) {
			cleanup_made struct made made;
			simulate(s, &made, &rng);
			const struct bounds b = measure(&made, cases[i].kind);
			passes += b.high <= 1.1;
			fails += b.low > 1.1;
			named += b.low > 1.1 && b.place == s->slow;
		}
		printf("# %-50s of %d: pass %zu, fail %zu, right place %zu\n", s->name, NODES,
		       passes, fails, named);
		assert_true(passes >= cases[i].passes_least);
		assert_in_range(fails, cases[i].fails_least, cases[i].fails_most);
		if (cases[i].fails_least > 0)
			assert_int_equal(named, fails);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_group_is_worked_out_by_hand),
	        cmocka_unit_test(two_places_mirror_each_other),
	        cmocka_unit_test(a_place_may_lack_a_trial),
	        cmocka_unit_test(one_trial_has_no_bound),
	        cmocka_unit_test(nodes_are_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
