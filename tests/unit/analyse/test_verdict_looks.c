/* Verdicts on a run that is looked at more than once: the looks share the error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "judged.h"
#include "made.h"

#include <math.h>

static void looks_share_the_error(void **state)
{
	(void)state;
	static const struct {
		uint32_t looks[3]; /* 0 ends them */
		uint32_t most;
		double fractions[3];
		size_t count; /* 0: one verdict at 0.05 */
	} cases[] = {
	        {{0}, 10, {0}, 0},
	        {{5}, 10, {0.5}, 1},
	        {{5}, 5, {0}, 0},
	        {{3, 4}, 10, {0.3, 0.4, 0.5}, 3},
	        {{3, 4, 5}, 10, {0.3, 0.4, 0.5}, 3},
	        {{3}, 0, {0.6, 1}, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct error err;
		double levels[3] = {0.05, 0.05, 0.05};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		for (size_t k = 0; k < 3 && cases[i].looks[k] > 0; k++)
			made_sample(&c.made, look_sample_name, -1, (double)k, cases[i].looks[k]);
		c.criteria.max_repeats = cases[i].most;
		judged_build(&c, &judged_at_least_a_little);
		if (cases[i].count > 0)
			assert_int_equal(alpha_spending_levels(0.045, cases[i].fractions,
			                                       cases[i].count, levels, &err),
			                 0);
		const double level = cases[i].count > 0 ? levels[cases[i].count - 1] : 0.05;
		assert_true(fabs(c.acceptance.items[0].confidence - (1 - level)) < 1e-12);
		assert_int_equal(c.acceptance.blocks, 5);
		assert_int_equal(c.acceptance.looks, cases[i].count > 0 ? cases[i].count - 1 : 0);
		judged_release(&c);
	}
}

/* Who adds repeats to a run that had ended has looked at it, whatever it was judged by. */
static void a_run_that_was_gone_on_with_was_looked_at(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool was_planned; /* a look at three blocks was recorded */
		size_t looks;
		double alpha;
	} cases[] = {
	        {"the run was gone on with here after it had stopped (done); trials ...", false, 1,
	         0.015},
	        {"the run was gone on with here after it had stopped (done); trials ...", true, 1,
	         0.045},
	        {"the run was gone on with here after it had stopped (interrupted); ...", false, 0,
	         0},
	        {"the run was gone on with here after it had stopped (running); ...", false, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct error err;
		double levels[2] = {0.05, 0.05};
		static const double fractions[] = {0.6, 1};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		made_warning(&c.made, "resumed", cases[i].text);
		struct dataset *const dataset = &c.made.dataset;
		/* The trials of N=1 are all at one time in these: each is put before its block's.
		 */
		for (size_t t = 0; t < dataset->trial_count; t++)
			if (dataset->trials[t].level == 0)
				dataset->trials[t].end_ns =
				        (dataset->trials[t].block + 1) * INT64_C(1000000000000);
		dataset->warnings[0].at_ns = INT64_C(3500000000000);
		if (cases[i].was_planned)
			made_sample(&c.made, look_sample_name, -1, 1, 3);
		judged_build(&c, &judged_at_least_a_little);
		if (cases[i].looks > 0)
			assert_int_equal(
			        alpha_spending_levels(cases[i].alpha, fractions, 2, levels, &err),
			        0);
		assert_int_equal(c.acceptance.looks, cases[i].looks);
		assert_true(fabs(c.acceptance.items[0].confidence - (1 - levels[1])) < 1e-12);
		judged_release(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(looks_share_the_error),
	        cmocka_unit_test(a_run_that_was_gone_on_with_was_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
