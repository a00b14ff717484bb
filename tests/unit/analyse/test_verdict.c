/* Criteria on results made by hand: passes, fails and what is inconclusive for which reason. */
#include "analyse/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORES = 4, WINDOW_S = 40 };

/* ---- What is judged ----------------------------------------------------------------------- */

struct case_data {
	struct made made;
	struct findings findings;
	struct criteria criteria;
	struct reference reference;
	struct acceptance acceptance;
};

static void put_slots(struct made *made, size_t level, uint32_t slots)
{
	for (uint32_t s = 0; s < slots; s++)
		made_slot(made, level, s, (int32_t)s, (int32_t)s / 2, 0);
}

/* A node of 4 cores on 2 L3 caches in one socket with N=1 and N=4. */
static void node(struct made *made)
{
	struct error err;
	made_init(made);
	made_level(made, 1, "spread");
	made_level(made, CORES, "spread");
	put_slots(made, 0, 1);
	put_slots(made, 1, CORES);
	assert_int_equal(host_facts_add(&made->dataset.host, "cores_allowed", "4", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "packages", "1", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "l3_caches", "2", NULL, &err), 0);
}

/* A block: walls at N=1 are 10 s; at N=4 10 s times `factor`, times slow on core `place`. */
static void block(struct made *made, uint32_t number, double factor, int place, double slow)
{
	made_steady_trial(made, 0, number, 1, 10, WINDOW_S);
	const double from = 1000 * (number + 1);
	made_trial(made, 1, number, from, from + WINDOW_S);
	for (uint32_t s = 0; s < CORES; s++) {
		const double wall = 10 * factor * ((int)s == place ? slow : 1);
		for (double start = from - wall / 2; start < from + WINDOW_S; start += wall)
			made_task(made, s, start, start + wall);
	}
}

static void judge(struct case_data *c, const struct criterion *criterion)
{
	struct error err;
	struct criterion copy = *criterion;
	assert_int_equal(findings_build(&c->made.dataset, &c->findings, &err), 0);
	assert_int_equal(criteria_add(&c->criteria, &copy, &err), 0);
	assert_int_equal(
	        verdict_build(&c->criteria, &c->reference, &c->findings, &c->acceptance, &err), 0);
	for (size_t i = 0; i < c->acceptance.count; i++)
		printf("# %s: %s: %s\n", c->acceptance.items[i].label,
		       verdict_names[c->acceptance.items[i].verdict],
		       c->acceptance.items[i].reason);
}

static void done(struct case_data *c)
{
	acceptance_release(&c->acceptance);
	findings_release(&c->findings);
	free(c->criteria.items);
	made_release(&c->made);
}

/* Five blocks of N=4, whose factors are exp of these. */
static const double usual[] = {0.01, -0.01, 0.02, -0.02, 0};

static void usual_blocks(struct made *made, int place, double slow)
{
	for (uint32_t b = 0; b < ARRAY_LENGTH(usual); b++)
		block(made, b, exp(usual[b]), place, slow * exp(usual[b] / 3));
}

static void expect(const struct case_data *c, enum verdict verdict, const char *words)
{
	const struct judgement *const j = &c->acceptance.items[0];
	assert_int_equal(c->acceptance.count, 1);
	assert_int_equal(j->verdict, verdict);
	assert_int_equal(c->acceptance.verdict,
	                 verdict == VERDICT_SKIPPED ? VERDICT_INCONCLUSIVE : verdict);
	if (!strstr(j->reason, words))
		fail_msg("\"%s\" does not say \"%s\"", j->reason, words);
}

/* ---- Limits ------------------------------------------------------------------------------- */

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
		struct case_data c = {0};
		const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
		                                    .bound = cases[i].bound,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		judge(&c, &criterion);
		const struct judgement *const j = &c.acceptance.items[0];
		expect(&c, cases[i].verdict, "confidence");
		assert_string_equal(j->label, "throughput at N=4");
		assert_int_equal(j->level, 1);
		assert_int_equal(j->replicates, 5);
		/* The window is not a whole number of tasks, which hardly matters. */
		assert_true(fabs(j->bound / cases[i].decides - 1) < 0.002);
		assert_true(fabs(j->confidence - 0.95) < 1e-12);
		assert_int_equal(j->repeats_needed > 5, cases[i].verdict == VERDICT_INCONCLUSIVE);
		done(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_bound_is_that_of_t_on_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
