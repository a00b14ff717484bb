/* From a result's levels to curves: what is on them, how large the errors are, and what caps them.
 */
#include "analyse/scaling.h"
#include "core/array.h"
#include "core/error.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-7 * fabs(b)))
		fail_msg("%.12g is not %.12g", a, b);
}

static void summarise(struct made *made, struct summary *summary)
{
	struct error err;
	assert_int_equal(summary_build(&made->dataset, summary, &err), 0);
}

/* A level with a trial per wall time, in blocks of their own from first_block on; tasks of one
 * trial all take the same. */
static void add_level(struct made *made, uint32_t n, const char *policy, const double *walls,
                      size_t trials, uint32_t first_block)
{
	const size_t level = made_level(made, n, policy);
	for (size_t t = 0; t < trials; t++)
		made_steady_trial(made, level, first_block + (uint32_t)t, n, walls[t],
		                  8 * walls[t]);
}

static void errors_are_pooled(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	cleanup_summary struct summary summary = {0};
	cleanup_curve struct curve curve;
	made_init(&made);
	/* Logs of throughput -d, 0, d and -2 d, 2 d: squares 2 d^2 + 8 d^2 over 2 + 1. Walls of one
	 * trial are all the same, so nothing of it comes from windows with few tasks. */
	const double d = 0.01;
	const double first[] = {exp(d), 1, exp(-d)};
	const double second[] = {2 * exp(2 * d), 2 * exp(-2 * d)};
	add_level(&made, 1, "spread", first, 3, 0);
	add_level(&made, 4, "spread", second, 2, 3);
	summarise(&made, &summary);
	memset(&curve, 0xa5, sizeof curve);
	assert_int_equal(curve_from_summary(&summary, "spread", &curve, &err), 0);
	assert_int_equal(curve.count, 2);
	assert_int_equal(curve.weights, WEIGHTS_VARIANCE);
	assert_int_equal(curve.pooled_freedom, 3);
	const double s = sqrt(10 * d * d / 3);
	assert_near(curve.pooled_log_variance, s * s);
	assert_near(curve.points[0].throughput_per_s, 1);
	assert_near(curve.points[0].se, s / sqrt(3));
	assert_near(curve.points[1].throughput_per_s, 2);
	assert_near(curve.points[1].se, 2 * s / sqrt(2));
	assert_int_equal(curve.points[1].trials, 2);
}

/* What two levels share in every block is left out of their errors, and makes one of its own. */
static void blocks_move_the_curve(void **state)
{
	(void)state;
	struct error err;
	cleanup_made struct made made;
	cleanup_summary struct summary summary = {0};
	cleanup_curve struct curve curve = {0};
	made_init(&made);
	/* Logs of throughput: -e + d, -d, e and -e - d, d, e. The rests have the squares 2 x 2 d^2
	 * and (3 - 1) (2 - 1) degrees of freedom; the means of blocks vary by e^2, of which the
	 * rests make d^2. */
	const double d = 0.01;
	const double e = 0.05;
	const double first[] = {exp(e - d), exp(d), exp(-e)};
	const double second[] = {2 * exp(e + d), 2 * exp(-d), 2 * exp(-e)};
	add_level(&made, 1, "spread", first, 3, 0);
	add_level(&made, 4, "spread", second, 3, 0);
	summarise(&made, &summary);
	assert_int_equal(curve_from_summary(&summary, "spread", &curve, &err), 0);
	assert_int_equal(curve.pooled_freedom, 2);
	assert_near(curve.points[0].se, sqrt(2 * d * d / 3));
	assert_near(curve.points[1].se, 2 * sqrt(2 * d * d / 3));
	assert_int_equal(curve.common_freedom, 2);
	assert_near(curve.common_log_se, sqrt((e * e - d * d) / 3));
}

/* Repeats that are all the same say nothing of how much they would vary. */
static void no_noise_is_no_knowledge(void **state)
{
	(void)state;
	struct error err;
	static const double same[] = {1, 1, 1};
	for (size_t trials = 1; trials <= 3; trials += 2) {
		cleanup_made struct made made;
		cleanup_summary struct summary summary = {0};
		cleanup_curve struct curve curve = {0};
		made_init(&made);
		add_level(&made, 1, "spread", same, trials, 0);
		add_level(&made, 2, "spread", same, trials, 0);
		summarise(&made, &summary);
		assert_int_equal(curve_from_summary(&summary, "spread", &curve, &err), 0);
		assert_int_equal(curve.weights, WEIGHTS_EQUAL);
		assert_int_equal(curve.pooled_freedom, 0);
		assert_true(isnan(curve.points[0].se));
	}
}

static void levels_without_answer_are_left_out(void **state)
{
	(void)state;
	struct error err;
	static const double walls[] = {1, 1.01};
	cleanup_made struct made made;
	cleanup_summary struct summary summary = {0};
	cleanup_curve struct curve curve = {0};
	made_init(&made);
	made.dataset.run.baseline = 2;
	add_level(&made, 1, "spread", walls, 2, 0);
	add_level(&made, 2, "spread", walls, 2, 0);
	const size_t slow = made_level(&made, 4, "spread");
	made_steady_trial(&made, slow, 0, 4, 1, 8);
	made.dataset.tasks[made.dataset.task_count - 2].state = TASK_TIMEOUT;
	made.dataset.trials[made.dataset.trial_count - 1].state = TRIAL_CENSORED;
	const size_t failing = made_level(&made, 8, "spread");
	made_trial(&made, failing, 0, 2, 10);
	made_task(&made, 0, 3, 4)->state = TASK_FAILED;
	made_level(&made, 16, "spread");
	add_level(&made, 2, "pack", walls, 2, 0);
	summarise(&made, &summary);
	assert_int_equal(curve_from_summary(&summary, "spread", &curve, &err), 0);
	assert_int_equal(curve.count, 2);
	assert_true(curve.points[1].concurrency == 2);
	assert_int_equal(curve.baseline, 1);
	assert_near(curve_baseline_rate(&curve), curve.points[1].throughput_per_s / 2);

	struct scaling *scalings = NULL;
	size_t count = 0;
	assert_int_equal(scalings_build(&summary, &scalings, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(scalings[0].policy, "spread");
	assert_string_equal(scalings[1].policy, "pack");
	assert_int_equal(scalings[1].curve.count, 1);
	scalings_free(scalings, count);
}

/* The highest level of those without an answer is named, where it lies above the curve. */
static void left_out_levels_are_named(void **state)
{
	(void)state;
	enum { TIMEOUT, FAILED, ONE_FAILED, NO_TRIAL, SKIPPED, GOOD, IMPORTED };
	static const struct {
		int what;
		const char *says;
	} cases[] = {
	        {TIMEOUT, "(N=8 is left out: a task of it ran into the timeout)"},
	        {FAILED, "(N=8 is left out: all its tasks failed)"},
	        {ONE_FAILED, "(N=8 is left out: no task succeeded in some trial of it)"},
	        {NO_TRIAL, "(N=8 is left out: no trial of it counts)"},
	        {SKIPPED, "(N=8 is left out: it was skipped)"},
	        {GOOD, "N=8, the highest level measured"},
	        {IMPORTED, "N=8, the highest level that was imported"},
	};
	static const double walls[] = {1, 1.01};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		struct error err;
		cleanup_made struct made made;
		cleanup_summary struct summary summary = {0};
		struct scaling *scalings = NULL;
		size_t count = 0;
		print_message("# case %zu\n", c);
		made_init(&made);
		for (uint32_t n = 1; n <= 4; n *= 2)
			add_level(&made, n, "spread", walls, 2, 0);
		const size_t top = made_level(&made, 8, "spread");
		if (cases[c].what == SKIPPED)
			made.dataset.levels[top].skipped = strdup("too little memory");
		if (cases[c].what == TIMEOUT || cases[c].what >= GOOD)
			made_steady_trial(&made, top, 0, 8, 1, 8);
		if (cases[c].what == IMPORTED)
			made.dataset.run.imported = strdup("time");
		if (cases[c].what == TIMEOUT)
			made.dataset.trials[made.dataset.trial_count - 1].state = TRIAL_CENSORED;
		if (cases[c].what == ONE_FAILED)
			made_steady_trial(&made, top, 0, 8, 1, 8);
		if (cases[c].what == FAILED || cases[c].what == ONE_FAILED) {
			made_trial(&made, top, 1, 2, 10);
			made_task(&made, 0, 3, 4)->state = TASK_FAILED;
		}
		summarise(&made, &summary);
		assert_int_equal(scalings_build(&summary, &scalings, &count, &err), 0);
		if (!strstr(scalings[0].plateau.reason, cases[c].says))
			fail_msg("\"%s\" does not hold \"%s\"", scalings[0].plateau.reason,
			         cases[c].says);
		scalings_free(scalings, count);
	}
}

/* What the node has, and what a task takes, cap the recommendation. */
static void node_caps_the_recommendation(void **state)
{
	(void)state;
	static const struct {
		const char *facts[3][2];
		int64_t stated; /* bytes per task; -1: not */
		int64_t seen;   /* of the process tree; RECORD_ABSENT: not */
		uint32_t threads;
		uint32_t recommended;
		enum plateau_limit limit;
	} cases[] = {
	        {{{NULL}}, -1, RECORD_ABSENT, 1, 8, LIMIT_MEASURED},
	        {{{"cores_allowed", "8"}}, -1, RECORD_ABSENT, 1, 8, LIMIT_CORES},
	        {{{"cores_allowed", "17"}}, -1, RECORD_ABSENT, 2, 8, LIMIT_CORES},
	        {{{"cores_allowed", "16"}}, -1, RECORD_ABSENT, 1, 8, LIMIT_MEASURED},
	        /* max RSS of 100 MB, and a tenth for what was not seen */
	        {{{"memory_total_bytes", "549999999"}}, -1, RECORD_ABSENT, 1, 4, LIMIT_MEMORY},
	        {{{"memory_total_bytes", "550000000"}}, -1, RECORD_ABSENT, 1, 5, LIMIT_MEMORY},
	        {{{"memory_total_bytes", "9e9"}, {"memory_available_bytes", "330000000"}},
	         -1,
	         RECORD_ABSENT,
	         1,
	         3,
	         LIMIT_MEMORY},
	        {{{"memory_available_bytes", "330000000"}, {"memory_limit_bytes", "220000000"}},
	         -1,
	         RECORD_ABSENT,
	         1,
	         2,
	         LIMIT_MEMORY},
	        /* the whole tree of a task held more than its largest process */
	        {{{"memory_available_bytes", "550000000"}}, -1, 250000000, 1, 2, LIMIT_MEMORY},
	        /* what is stated counts as it stands */
	        {{{"memory_available_bytes", "600000000"}},
	         100000000,
	         RECORD_ABSENT,
	         1,
	         6,
	         LIMIT_MEMORY},
	        {{{"memory_available_bytes", "10"}}, -1, RECORD_ABSENT, 1, 1, LIMIT_MEMORY},
	};
	static const double walls[] = {1, 1.01};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		struct error err;
		cleanup_made struct made made;
		cleanup_summary struct summary summary = {0};
		struct scaling *scalings = NULL;
		size_t count = 0;
		print_message("# case %zu\n", c);
		made_init(&made);
		made.dataset.run.threads = cases[c].threads;
		for (size_t f = 0; f < 3 && cases[c].facts[f][0]; f++)
			assert_int_equal(host_facts_add(&made.dataset.host, cases[c].facts[f][0],
			                                cases[c].facts[f][1], NULL, &err),
			                 0);
		add_level(&made, 1, "spread", walls, 2, 0);
		add_level(&made, 8, "spread", walls, 2, 0);
		if (cases[c].stated >= 0)
			made.dataset.levels[1].memory_bytes = 8 * cases[c].stated;
		made.dataset.tasks[3].peak_pss_bytes = cases[c].seen;
		summarise(&made, &summary);
		assert_int_equal(scalings_build(&summary, &scalings, &count, &err), 0);
		assert_int_equal(scalings[0].plateau.recommended, cases[c].recommended);
		assert_int_equal(scalings[0].plateau.limit, cases[c].limit);
		scalings_free(scalings, count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(errors_are_pooled),
	        cmocka_unit_test(blocks_move_the_curve),
	        cmocka_unit_test(no_noise_is_no_knowledge),
	        cmocka_unit_test(levels_without_answer_are_left_out),
	        cmocka_unit_test(left_out_levels_are_named),
	        cmocka_unit_test(node_caps_the_recommendation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
