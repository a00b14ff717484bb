/* Criteria that hold a result against runs of a good node: which runs serve, and what is
 * comparable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "judged.h"
#include "made.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 4 };

struct runs {
	struct made made[MOST_RUNS];
	struct findings findings[MOST_RUNS];
	const struct findings *list[MOST_RUNS + 1];
	size_t count;
};

static void set_command(struct made *made, const char *command)
{
	free(made->dataset.run.command);
	made->dataset.run.command = strdup(command);
	assert_non_null(made->dataset.run.command);
}

/* Gives run r its own id and works out what is found in it. */
static void finish_run(struct runs *runs, size_t r)
{
	struct error err;
	struct dataset *const dataset = &runs->made[r].dataset;
	free(dataset->run.id);
	assert_int_equal(str_format(&dataset->run.id, &err, "run %zu", r), 0);
	assert_int_equal(findings_build(dataset, &runs->findings[r], &err), 0);
	runs->list[r] = &runs->findings[r];
}

static void make_runs(struct runs *runs, size_t count)
{
	*runs = (struct runs){.count = count};
	for (size_t r = 0; r < count; r++) {
		judged_node(&runs->made[r]);
		judged_blocks(&runs->made[r], exp(0.01 * (double)r), -1, 1);
		set_command(&runs->made[r], "/opt/a/task --work 1");
		finish_run(runs, r);
	}
}

static void drop_runs(struct runs *runs)
{
	for (size_t r = 0; r < runs->count; r++) {
		findings_release(&runs->findings[r]);
		made_release(&runs->made[r]);
	}
}

static void a_reference_needs_three_runs_of_the_same(void **state)
{
	(void)state;
	static const struct {
		size_t runs;
		double factor; /* of the judged node's walls */
		const char *command;
		const char *problem;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {3, 1, "/usr/bin/task --work 1", NULL, VERDICT_PASS,
	         "times the reference (3 runs)"},
	        {4, 1.2, "task --work 1", NULL, VERDICT_FAIL, "times the reference (4 runs)"},
	        {2, 1, "task --work 1", NULL, VERDICT_INCONCLUSIVE, "2 of 2 can be compared"},
	        {4, 1, "task --work 2", NULL, VERDICT_INCONCLUSIVE, "another command"},
	        {0, 1, "task --work 1", "no such file", VERDICT_INCONCLUSIVE, "no such file"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct runs runs;
		const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
		                                    .bound = BOUND_AT_LEAST,
		                                    .limit = 0.9,
		                                    .margin = NAN};
		make_runs(&runs, cases[i].runs);
		c.reference = (struct reference){runs.list, runs.count, cases[i].problem};
		judged_node(&c.made);
		judged_blocks(&c.made, cases[i].factor, -1, 1);
		set_command(&c.made, cases[i].command);
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		if (cases[i].verdict == VERDICT_INCONCLUSIVE)
			assert_int_equal(c.acceptance.items[0].runs_needed, 3);
		else
			assert_int_equal(c.acceptance.items[0].reference.n, cases[i].runs);
		judged_release(&c);
		drop_runs(&runs);
	}
}

/* Judges a usual node of the runs' command by three runs that are no reference, and drops all. */
static void expect_no_reference(struct judged *c, struct runs *runs, const char *words)
{
	const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
	                                    .bound = BOUND_AT_LEAST,
	                                    .limit = 0.5,
	                                    .margin = NAN};
	c->reference = (struct reference){runs->list, 3, NULL};
	judged_node(&c->made);
	judged_blocks(&c->made, 1, -1, 1);
	set_command(&c->made, "task --work 1");
	judged_build(c, &criterion);
	judged_expect(c, VERDICT_INCONCLUSIVE, words);
	judged_release(c);
	drop_runs(runs);
}

/* A node on which tasks fail is slow, and makes others look good. */
static void a_reference_with_failures_is_none(void **state)
{
	(void)state;
	struct judged c = {0};
	struct runs runs;
	struct error err;
	make_runs(&runs, 3);
	findings_release(&runs.findings[2]);
	judged_cut(&runs.made[2], TASK_FAILED, false, false);
	assert_int_equal(findings_build(&runs.made[2].dataset, &runs.findings[2], &err), 0);
	expect_no_reference(&c, &runs, "no example of a good node");
}

/* A result is no witness for itself. */
static void a_result_is_not_its_own_reference(void **state)
{
	(void)state;
	struct judged c = {0};
	struct runs runs;
	make_runs(&runs, 2);
	runs.list[2] = &c.findings;
	expect_no_reference(&c, &runs, "judged result itself");
}

/* Counts what a task of the last trial did: cycles and instructions, of user mode alone or not. */
static void count_tasks(struct made *made, bool is_user_only)
{
	struct dataset *const dataset = &made->dataset;
	for (size_t e = 0; e < 2; e++)
		dataset->events[e].is_user_only = is_user_only;
	for (size_t t = 0; t < dataset->task_count; t++)
		for (size_t e = 0; e < 3; e++) {
			const uint64_t value = e == 2 ? (uint64_t)(dataset->tasks[t].user_ns +
			                                           dataset->tasks[t].system_ns)
			                              : (uint64_t)dataset->tasks[t].user_ns * 2;
			dataset->counters[t * 3 + e] = (struct counter_value){.raw = value,
			                                                      .enabled_ns = 1000,
			                                                      .running_ns = 1000,
			                                                      .state = COUNTER_OK};
		}
}

static void counting_node(struct made *made, bool has_events, bool is_user_only, const char *arch)
{
	static const char *const names[] = {"cycles", "instructions", "task-clock"};
	struct error err;
	judged_node(made);
	for (size_t e = 0; has_events && e < 3; e++)
		made_event(made, names[e]);
	judged_blocks(made, 1, -1, 1);
	if (has_events)
		count_tasks(made, is_user_only);
	assert_int_equal(host_facts_add(&made->dataset.host, "architecture", arch, NULL, &err), 0);
}

/* Ratios that a comparison refuses are no verdicts either. */
static void what_is_not_comparable_is_not_judged(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		bool has_events, is_user_only;
		const char *arch;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {MEASURE_CPI, true, false, "x86_64", VERDICT_PASS, "is asked"},
	        {MEASURE_CPI, true, true, "x86_64", VERDICT_INCONCLUSIVE, "another one"},
	        {MEASURE_CPI, true, false, "aarch64", VERDICT_INCONCLUSIVE, "architecture"},
	        {MEASURE_INSTRUCTIONS, true, false, "aarch64", VERDICT_INCONCLUSIVE,
	         "architecture"},
	        {MEASURE_FACTOR_CPI, true, false, "x86_64", VERDICT_PASS, "is asked"},
	        {MEASURE_FACTOR_CPI, true, true, "x86_64", VERDICT_INCONCLUSIVE, "split"},
	        {MEASURE_FACTOR_OFF_CPU, false, false, "x86_64", VERDICT_INCONCLUSIVE, "split"},
	        {MEASURE_SLOWDOWN, false, false, "x86_64", VERDICT_PASS, "is asked"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct runs runs = {.count = 3};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 2,
		                                    .margin = NAN};
		for (size_t r = 0; r < 3; r++) {
			counting_node(&runs.made[r], true, false, "x86_64");
			finish_run(&runs, r);
		}
		c.reference = (struct reference){runs.list, 3, NULL};
		counting_node(&c.made, cases[i].has_events, cases[i].is_user_only, cases[i].arch);
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		judged_release(&c);
		drop_runs(&runs);
	}
}

/* That a reference is of another processor is said once for each kind. */
static void another_processor_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *judged, *reference;
		const char *words; /* NULL: nothing is said */
	} cases[] = {
	        {"Intel A", "Intel A", NULL},
	        {"Intel A", "AMD B", "it has AMD B, this node Intel A"},
	        {NULL, "AMD B", "a processor that is not named"},
	        {NULL, NULL, NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct runs runs;
		struct error err;
		make_runs(&runs, 3);
		for (size_t r = 0; r < 3 && cases[i].reference; r++)
			assert_int_equal(host_facts_add(&runs.made[r].dataset.host, "processor",
			                                cases[i].reference, NULL, &err),
			                 0);
		c.reference = (struct reference){runs.list, 3, NULL};
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		if (cases[i].judged)
			assert_int_equal(host_facts_add(&c.made.dataset.host, "processor",
			                                cases[i].judged, NULL, &err),
			                 0);
		judged_build(&c, &judged_at_least_a_little);
		assert_int_equal(c.acceptance.note_count, cases[i].words != NULL);
		if (cases[i].words)
			assert_non_null(strstr(c.acceptance.notes[0].text, cases[i].words));
		judged_release(&c);
		drop_runs(&runs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_reference_needs_three_runs_of_the_same),
	        cmocka_unit_test(a_reference_with_failures_is_none),
	        cmocka_unit_test(what_is_not_comparable_is_not_judged),
	        cmocka_unit_test(another_processor_is_named),
	        cmocka_unit_test(a_result_is_not_its_own_reference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
