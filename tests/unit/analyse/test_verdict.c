/* Limits on results made by hand: what passes, what fails, and what is inconclusive by chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "judged.h"
#include "made.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Throughput is 0.4 exp(-x): the logs have mean log 0.4 and standard deviation 0.0158. */
static void a_bound_is_that_of_t_on_logs(void **state)
{
	(void)state;
	const double se = sqrt(0.001 / 4 / 5);
	const double reach = gsl_cdf_tdist_Pinv(0.95, 4) * se;
	const struct {
		enum criterion_bound bound;
		double limit;
		enum verdict verdict;
		double decides;
	} cases[] = {
	        {BOUND_AT_LEAST, 0.39, VERDICT_PASS, 0.4 * exp(-reach)},
	        {BOUND_AT_LEAST, 0.41, VERDICT_FAIL, 0.4 * exp(reach)},
	        {BOUND_AT_LEAST, 0.398, VERDICT_INCONCLUSIVE, 0.4 * exp(-reach)},
	        {BOUND_AT_MOST, 0.41, VERDICT_PASS, 0.4 * exp(reach)},
	        {BOUND_AT_MOST, 0.39, VERDICT_FAIL, 0.4 * exp(-reach)},
	        {BOUND_AT_MOST, 0.402, VERDICT_INCONCLUSIVE, 0.4 * exp(reach)},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
		                                    .bound = cases[i].bound,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		judged_build(&c, &criterion);
		const struct judgement *const j = &c.acceptance.items[0];
		judged_expect(&c, cases[i].verdict, "confidence");
		assert_string_equal(j->label, "throughput at N=4");
		assert_int_equal(j->level, 1);
		assert_int_equal(j->replicates, 5);
		/* The window is not a whole number of tasks, which hardly matters. */
		assert_true(fabs(j->bound / cases[i].decides - 1) < 0.002);
		assert_true(fabs(j->confidence - 0.95) < 1e-12);
		assert_int_equal(j->repeats_needed > 5, cases[i].verdict == VERDICT_INCONCLUSIVE);
		judged_release(&c);
	}
}

/* exp of the mean of logs is not the value itself: by the last bit of it nothing fails. */
static void a_value_at_its_limit_passes(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double limit;
	} cases[] = {{MEASURE_WALL, 1.2}, {MEASURE_USER, 1.08}, {MEASURE_MAX_RSS, 1e8}};
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		for (int is_beyond = 0; is_beyond < 2; is_beyond++) {
			struct judged c = {0};
			const bool is_floor = i % 2;
			const double away = is_floor ? 1e-6 : -1e-6;
			const struct criterion criterion = {
			        .measure = cases[i / 2].measure,
			        .bound = is_floor ? BOUND_AT_LEAST : BOUND_AT_MOST,
			        .limit = cases[i / 2].limit * (1 + is_beyond * away),
			        .margin = NAN};
			judged_node(&c.made);
			for (uint32_t b = 0; b < 5; b++)
				judged_block(&c.made, b, 0.12, -1, 1);
			for (size_t t = 0; t < c.made.dataset.task_count; t++)
				c.made.dataset.tasks[t].user_ns = 1080000000;
			judged_build(&c, &criterion);
			judged_expect(&c, is_beyond ? VERDICT_FAIL : VERDICT_PASS, "is asked");
			judged_release(&c);
		}
	}
}

/* Where the baseline has no result, the lowest level takes its place, and is 1 by itself. */
static void nothing_is_drawn_from_another_baseline(void **state)
{
	(void)state;
	static const struct {
		bool lacks;
		uint32_t baseline;
		enum verdict verdict; /* of what is drawn from it */
		const char *words;
	} cases[] = {
	        {false, 1, VERDICT_PASS, "confidence"},
	        {true, 1, VERDICT_INCONCLUSIVE, "the baseline N=1"},
	        {false, 2, VERDICT_INCONCLUSIVE, "the baseline N=2"},
	        {false, 4, VERDICT_INCONCLUSIVE, "by definition"},
	};
	static const enum measure_id drawn[] = {MEASURE_EFFICIENCY, MEASURE_DEGRADATION,
	                                        MEASURE_SLOWDOWN, MEASURE_FACTOR_OFF_CPU};
	for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(drawn); i++) {
		struct judged c = {0};
		const enum measure_id measure = drawn[i % ARRAY_LENGTH(drawn)];
		const bool is_floor = measure == MEASURE_EFFICIENCY;
		const size_t k = i / ARRAY_LENGTH(drawn);
		const struct criterion criterion = {.measure = measure,
		                                    .bound = is_floor ? BOUND_AT_LEAST
		                                                      : BOUND_AT_MOST,
		                                    .limit = is_floor ? 0.5 : 2,
		                                    .margin = NAN};
		judged_node(&c.made);
		c.made.dataset.run.baseline = cases[k].baseline;
		judged_blocks(&c.made, 1, -1, 1);
		for (size_t t = 0; cases[k].lacks && t < c.made.dataset.trial_count; t++)
			if (c.made.dataset.trials[t].level == 0)
				c.made.dataset.trials[t].state = TRIAL_SKIPPED;
		judged_build(&c, &criterion);
		judged_expect(&c, cases[k].verdict, cases[k].words);
		judged_release(&c);
	}
}

static void a_slow_core_fails_and_is_named(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double slow, limit;
		enum verdict verdict;
		int32_t place;
		const char *words;
	} cases[] = {
	        {MEASURE_CORE_SPREAD, 1.3, 1.1, VERDICT_FAIL, 2, "core 2, the slowest, takes 1.3"},
	        {MEASURE_CORE_SPREAD, 1, 1.1, VERDICT_PASS, -1, "at most 1.1 is asked"},
	        {MEASURE_L3_SPREAD, 1.3, 1.1, VERDICT_PASS, -1, "L3"},
	        {MEASURE_CORE_SPREAD, 1.1, 1.1, VERDICT_INCONCLUSIVE, 2,
	         "(with 98.75 % confidence) and at most"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, 2, cases[i].slow);
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		if (cases[i].place >= 0)
			assert_int_equal(c.acceptance.items[0].place, cases[i].place);
		assert_int_equal(c.acceptance.items[0].places,
		                 cases[i].measure == MEASURE_CORE_SPREAD ? 4 : 2);
		judged_release(&c);
	}
}

static void one_failure_fails_and_doubt_stays(void **state)
{
	(void)state;
	static const struct {
		enum verdict verdicts[3];
		enum verdict expected;
	} cases[] = {
	        {{VERDICT_PASS, VERDICT_PASS, VERDICT_PASS}, VERDICT_PASS},
	        {{VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_FAIL}, VERDICT_FAIL},
	        {{VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_PASS}, VERDICT_INCONCLUSIVE},
	        {{VERDICT_PASS, VERDICT_SKIPPED, VERDICT_PASS}, VERDICT_PASS},
	        {{VERDICT_SKIPPED, VERDICT_SKIPPED, VERDICT_SKIPPED}, VERDICT_INCONCLUSIVE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct acceptance all[3] = {{0}};
		for (size_t k = 0; k < 3; k++)
			all[k].verdict = cases[i].verdicts[k];
		assert_int_equal(verdict_overall(all, 3), cases[i].expected);
	}
	assert_int_equal(verdict_overall(NULL, 0), VERDICT_INCONCLUSIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_bound_is_that_of_t_on_logs),
	        cmocka_unit_test(a_value_at_its_limit_passes),
	        cmocka_unit_test(nothing_is_drawn_from_another_baseline),
	        cmocka_unit_test(a_slow_core_fails_and_is_named),
	        cmocka_unit_test(one_failure_fails_and_doubt_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
