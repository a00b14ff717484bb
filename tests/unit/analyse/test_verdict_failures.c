/* Criteria where tasks failed, were cut off or not even timed in full: nothing passes by the tasks
 * that are left, and failures are counted exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "judged.h"
#include "made.h"

#include <math.h>
#include <string.h>

/* What ran into the timeout is slower than anything: nothing passes by the tasks that are left. */
static void timeouts_do_not_pass(void **state)
{
	(void)state;
	for (int is_quantile = 0; is_quantile < 2; is_quantile++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = MEASURE_WALL,
		                                    .statistic = is_quantile ? STATISTIC_QUANTILE
		                                                             : STATISTIC_MEAN,
		                                    .quantile = is_quantile ? 0.5 : NAN,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 1000,
		                                    .margin = NAN,
		                                    .where_absent = ABSENCE_SKIP};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		c.made.dataset.tasks[c.made.dataset.task_count - 2].state = TASK_TIMEOUT;
		judged_build(&c, &criterion);
		judged_expect(&c, VERDICT_INCONCLUSIVE, "timeout");
		judged_release(&c);
	}
}

/* How one task of N=4, or of the baseline, went. */
struct cut {
	enum task_state state;
	bool exceeded;
	const char *words;
};

static const struct cut cuts[] = {
        {TASK_TIMEOUT, false, "timeout"}, {TASK_SIGNALED, true, "memory limit"},
        {TASK_OK, true, "memory limit"},  {TASK_FAILED, false, "1 of "},
        {TASK_SIGNALED, false, "failed"}, {TASK_ENDED, false, "ended by plateau"},
};

/* Measures of tasks and of places may fail by those that are left, but not pass. */
static void what_was_cut_off_does_not_pass(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		double wide, tight; /* limits: held by far, and missed by far */
		bool by_own, by_baseline;
	} cases[] = {
	        {MEASURE_WALL, BOUND_AT_MOST, 100, 1, true, false},
	        {MEASURE_USER, BOUND_AT_MOST, 100, 1, true, false},
	        {MEASURE_MAX_RSS, BOUND_AT_MOST, 1e12, 1, true, false},
	        {MEASURE_SLOWDOWN, BOUND_AT_MOST, 9, 0.5, true, true},
	        {MEASURE_CORE_SPREAD, BOUND_AT_MOST, 9, 0.5, true, false},
	        {MEASURE_EFFICIENCY, BOUND_AT_LEAST, 0.1, 9, false, true},
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 0.01, 9, false, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(cuts) * 4; i++) {
		const size_t k = i / 4 / ARRAY_LENGTH(cuts);
		const struct cut *const cut = &cuts[i / 4 % ARRAY_LENGTH(cuts)];
		const bool is_wide = i % 2;
		const bool is_baseline = i / 2 % 2;
		const bool is_in_doubt = is_baseline ? cases[k].by_baseline : cases[k].by_own;
		struct judged c = {0};
		const struct criterion criterion = {.measure = cases[k].measure,
		                                    .bound = cases[k].bound,
		                                    .limit = is_wide ? cases[k].wide
		                                                     : cases[k].tight,
		                                    .margin = NAN,
		                                    .where_absent = ABSENCE_SKIP};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		judged_cut(&c.made, cut->state, cut->exceeded, is_baseline);
		judged_build(&c, &criterion);
		if (!is_wide)
			judged_expect(&c, VERDICT_FAIL, "is asked");
		else if (is_in_doubt)
			judged_expect(&c, VERDICT_INCONCLUSIVE, cut->words);
		else
			judged_expect(&c, VERDICT_PASS, "is asked");
		judged_release(&c);
	}
}

/* Throughput that was worked out of durations misses the gaps; times are as good as ever. */
static void durations_alone_do_not_pass_as_throughput(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		double limit;
		enum verdict verdict;
	} cases[] = {
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 0.01, VERDICT_INCONCLUSIVE},
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 9, VERDICT_FAIL},
	        {MEASURE_EFFICIENCY, BOUND_AT_LEAST, 0.01, VERDICT_INCONCLUSIVE},
	        {MEASURE_WALL, BOUND_AT_MOST, 100, VERDICT_PASS},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = cases[i].bound,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		c.made.dataset.run.imported = strdup("csv");
		for (size_t t = 0; t < c.made.dataset.trial_count; t++)
			c.made.dataset.trials[t].has_durations_only = true;
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict,
		              cases[i].verdict == VERDICT_INCONCLUSIVE ? "how long tasks took"
		                                                       : "is asked");
		assert_int_equal(c.acceptance.note_count, 2);
		assert_string_equal(c.acceptance.notes[0].code, "imported");
		assert_string_equal(c.acceptance.notes[1].code, "durations-only");
		judged_release(&c);
	}
}

static void failures_count_exactly(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double limit;
		bool fails, abandons, lacks;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {MEASURE_FAILURES, 0, false, false, false, VERDICT_PASS, "0 of "},
	        {MEASURE_FAILURES, 0, true, false, false, VERDICT_FAIL, "1 of "},
	        {MEASURE_FAILURES, 1, true, false, false, VERDICT_PASS, "1 of "},
	        {MEASURE_FAILURE_SHARE, 0.001, true, false, false, VERDICT_FAIL, "0.1 %"},
	        {MEASURE_FAILURE_SHARE, 0.5, true, false, false, VERDICT_PASS, "50 %"},
	        {MEASURE_FAILURES, 0, false, true, false, VERDICT_FAIL, "2 of "},
	        {MEASURE_FAILURES, 0, false, false, true, VERDICT_INCONCLUSIVE, "N=4"},
	        {MEASURE_FAILURES, 0, true, false, true, VERDICT_INCONCLUSIVE, "N=4"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		judged_node(&c.made);
		if (cases[i].lacks)
			made_steady_trial(&c.made, 0, 0, 1, 10, JUDGED_WINDOW_S);
		else
			judged_blocks(&c.made, 1, -1, 1);
		if (cases[i].fails && !cases[i].lacks)
			c.made.dataset.tasks[c.made.dataset.task_count - 3].state = TASK_FAILED;
		if (cases[i].abandons) {
			made_trial(&c.made, 1, 5, 0, 1)->state = TRIAL_ABANDONED;
			made_task(&c.made, 0, 0, 1)->state = TASK_FAILED;
			made_task(&c.made, 1, 0, 1)->state = TASK_SIGNALED;
		}
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		assert_int_equal(c.acceptance.items[0].level, -1);
		assert_true(isnan(c.acceptance.items[0].confidence));
		judged_release(&c);
	}
}

/* What did not come to its end may still fail; what failed in it failed. */
static void an_unfinished_run_has_no_good_counts(void **state)
{
	(void)state;
	static const struct {
		enum run_state run;
		enum trial_state last; /* of the last trial, of N=4 */
		bool fails;
		enum verdict verdict;
		const char *words;
		const char *note; /* its code, or NULL */
	} cases[] = {
	        {RUN_DONE, TRIAL_DONE, false, VERDICT_PASS, "0 of ", NULL},
	        {RUN_INTERRUPTED, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "interrupted",
	         "unfinished"},
	        {RUN_RUNNING, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "killed", "unfinished"},
	        {RUN_FAILED, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "failed", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_INTERRUPTED, false, VERDICT_INCONCLUSIVE,
	         "1 trial that was planned", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_INTERRUPTED, true, VERDICT_FAIL, "1 of ", "unfinished"},
	        {RUN_RUNNING, TRIAL_RUNNING, true, VERDICT_FAIL, "1 of ", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_PENDING, false, VERDICT_INCONCLUSIVE,
	         "1 trial that was planned", "unfinished"},
	        {RUN_DONE, TRIAL_PENDING, false, VERDICT_PASS, "0 of ", "cut-short"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		const struct criterion criterion = {.measure = MEASURE_FAILURES,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 0,
		                                    .margin = NAN};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		struct dataset *const dataset = &c.made.dataset;
		dataset->run.state = cases[i].run;
		dataset->trials[dataset->trial_count - 1].state = cases[i].last;
		if (cases[i].fails)
			dataset->tasks[dataset->task_count - 3].state = TASK_FAILED;
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		assert_int_equal(c.acceptance.note_count, cases[i].note != NULL);
		if (cases[i].note)
			assert_string_equal(c.acceptance.notes[0].code, cases[i].note);
		judged_release(&c);
	}
}

/* A core on which every task fails is not compared, and nothing passes without it. */
static void a_core_without_success_does_not_pass(void **state)
{
	(void)state;
	struct judged c = {0};
	const struct criterion criterion = {.measure = MEASURE_CORE_SPREAD,
	                                    .bound = BOUND_AT_MOST,
	                                    .limit = 1.5,
	                                    .margin = NAN};
	judged_node(&c.made);
	judged_blocks(&c.made, 1, -1, 1);
	for (size_t i = 0; i < c.made.dataset.task_count; i++)
		if (c.made.dataset.tasks[i].slot == 3)
			c.made.dataset.tasks[i].state = TASK_FAILED;
	judged_build(&c, &criterion);
	judged_expect(&c, VERDICT_INCONCLUSIVE, "no task succeeded on 1 core");
	judged_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(timeouts_do_not_pass),
	        cmocka_unit_test(what_was_cut_off_does_not_pass),
	        cmocka_unit_test(durations_alone_do_not_pass_as_throughput),
	        cmocka_unit_test(failures_count_exactly),
	        cmocka_unit_test(an_unfinished_run_has_no_good_counts),
	        cmocka_unit_test(a_core_without_success_does_not_pass),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
