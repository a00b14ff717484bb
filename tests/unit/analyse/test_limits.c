/* Limits from a good node's own runs: which there are, where they lie, and that the node passes
 * them again. SIMULATIONS in the environment says how many nodes are simulated. */
#include "analyse/verdict/limits.h"
#include "analyse/verdict/limits_parts.h"
#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/str.h"
#include "made.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORES = 4, BLOCKS = 5, MOST_RUNS = 6, USUAL_NODES = 40 };

struct node {
	struct made made;
	struct findings findings;
};

static void put_fact(struct made *made, const char *name, const char *value)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, NULL, &err), 0);
}

/* One run of a node of 4 cores: its speed differs by `between` from run to run, that of trials by
 * 1 %, that of tasks by 2 %. */
static void run_node(struct node *node, struct rng *rng, double between)
{
	static int number;
	struct error err;
	made_init(&node->made);
	free(node->made.dataset.run.id);
	assert_int_equal(str_format(&node->made.dataset.run.id, &err, "run %d", number++), 0);
	made_level(&node->made, 1, "spread");
	made_level(&node->made, CORES, "spread");
	made_slot(&node->made, 0, 0, 0, 0, 0);
	for (uint32_t s = 0; s < CORES; s++)
		made_slot(&node->made, 1, s, (int32_t)s, (int32_t)s / 2, 0);
	put_fact(&node->made, "cores_allowed", "4");
	put_fact(&node->made, "l3_caches", "2");
	put_fact(&node->made, "packages", "1");
	const double run = between * rng_normal(rng);
	for (uint32_t b = 0; b < BLOCKS; b++)
		for (size_t level = 0; level < 2; level++) {
			const double trial = run + 0.01 * rng_normal(rng);
			made_trial(&node->made, level, b, 100, 150);
			for (uint32_t s = 0; s < (level == 0 ? 1 : CORES); s++)
				for (double at = 90; at < 150;) {
					const double wall =
					        10 * exp(trial + 0.02 * rng_normal(rng));
					made_task(&node->made, s, at, at + wall);
					at += wall;
				}
		}
	assert_int_equal(findings_build(&node->made.dataset, &node->findings, &err), 0);
}

static void drop_node(struct node *node)
{
	findings_release(&node->findings);
	made_release(&node->made);
}

static void propose(struct node *nodes, size_t count, struct limits *limits)
{
	const struct findings *runs[MOST_RUNS];
	struct error err;
	for (size_t i = 0; i < count; i++)
		runs[i] = &nodes[i].findings;
	if (limits_propose(runs, count, limits, &err) != 0)
		fail_msg("%s", err.text);
}

static enum verdict judge(const struct limits *limits, const struct node *node)
{
	static const struct reference none[32];
	struct acceptance acceptance;
	struct error err;
	assert_true(limits->criteria.count <= ARRAY_LENGTH(none));
	assert_int_equal(verdict_build(&limits->criteria, none, &node->findings, &acceptance, &err),
	                 0);
	const enum verdict verdict = acceptance.verdict;
	acceptance_release(&acceptance);
	return verdict;
}

/* ---- Which there are ---------------------------------------------------------------------- */

static void limits_are_of_what_the_node_has(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		enum level_kind level;
	} expected[] = {
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, LEVEL_NUMBER},
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, LEVEL_CORES},
	        {MEASURE_EFFICIENCY, BOUND_AT_LEAST, LEVEL_CORES},
	        {MEASURE_WALL, BOUND_AT_MOST, LEVEL_CORES},
	        {MEASURE_CORE_SPREAD, BOUND_AT_MOST, LEVEL_CORES},
	        {MEASURE_L3_SPREAD, BOUND_AT_MOST, LEVEL_CORES},
	};
	struct rng rng;
	struct node nodes[3];
	cleanup_limits struct limits limits = {0};
	rng_init(&rng, 1, 1);
	for (size_t i = 0; i < 3; i++)
		run_node(&nodes[i], &rng, 0.01);
	propose(nodes, 3, &limits);
	assert_int_equal(limits.criteria.count, ARRAY_LENGTH(expected) + 1);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		const struct criterion *const c = &limits.criteria.items[i];
		printf("# %s %s %g\n", c->spelling, criterion_bound_names[c->bound], c->limit);
		assert_int_equal(c->measure, expected[i].measure);
		assert_int_equal(c->bound, expected[i].bound);
		assert_int_equal(c->levels.items[0].kind, expected[i].level);
		assert_true(c->limit > 0 && isfinite(c->limit));
		assert_string_equal(c->spelling, measures[c->measure].name);
	}
	const struct criterion *const last = &limits.criteria.items[limits.criteria.count - 1];
	assert_int_equal(last->measure, MEASURE_FAILURES);
	assert_int_equal(last->levels.count, 0);
	assert_true(last->limit >= 0 && last->limit <= 0);
	assert_int_equal(limits.criteria.max_repeats, 2 * BLOCKS);
	assert_false(limits.is_within_run);
	/* What they are for, the runs, and frequency, energy and the socket as missing. */
	assert_int_equal(limits.notes.count, 8);
	for (size_t i = 0; i < limits.notes.count; i++)
		printf("# %s\n", limits.notes.items[i]);
	for (size_t i = 0; i < 3; i++)
		drop_node(&nodes[i]);
}

static void set_text(const char *text, char **target)
{
	struct error err;
	free(*target);
	*target = NULL;
	if (text)
		assert_int_equal(str_copy(text, target, &err), 0);
}

/* A fact that is alike in all runs is put down; one that is no text, or too long for a file, is
 * not. */
static void limits_say_where_they_are_from(void **state)
{
	(void)state;
	static char longest[CRITERIA_ORIGIN_MOST_BYTES + 1];
	static char too_long[CRITERIA_ORIGIN_MOST_BYTES + 2];
	memset(longest, 'x', sizeof longest - 1);
	memset(too_long, 'x', sizeof too_long - 1);
	static const struct {
		const char *first, *second;
		const char *expected;
		size_t more_notes;
	} cases[] = {
	        {"task -n 3", "task -n 3", "task -n 3", 0},
	        {"/a/task -n 3", "/b/task -n 3", "/a/task -n 3", 0},
	        {"sh -c 'a\nb'", "sh -c 'a\nb'", "sh -c 'a\nb'", 0},
	        {"task \xff", "task \xff", NULL, 1},
	        {longest, longest, longest, 0},
	        {too_long, too_long, NULL, 1},
	        {NULL, NULL, NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rng rng;
		struct node nodes[2];
		cleanup_limits struct limits limits = {0};
		rng_init(&rng, 1, 5);
		for (size_t k = 0; k < 2; k++) {
			struct run_facts *const run = &nodes[k].made.dataset.run;
			run_node(&nodes[k], &rng, 0.01);
			set_text(k ? cases[i].second : cases[i].first, &run->command);
			set_text("0123", &run->program_sha256);
			set_text(k ? "noon" : "night", &run->name);
			put_fact(&nodes[k].made, "processor", "AMD EPYC 7742");
		}
		/* Other folders are the same command where the program is. */
		propose(nodes, 2, &limits);
		const struct criteria_origin *const origin = &limits.criteria.origin;
		if (cases[i].expected)
			assert_string_equal(origin->command, cases[i].expected);
		else
			assert_null(origin->command);
		assert_string_equal(origin->processor, "AMD EPYC 7742");
		assert_null(origin->scenario);
		size_t told = 0;
		for (size_t n = 0; n < limits.notes.count; n++)
			told += strstr(limits.notes.items[n], "not put down under made_from") !=
			        NULL;
		assert_int_equal(told, cases[i].more_notes);
		for (size_t k = 0; k < 2; k++)
			drop_node(&nodes[k]);
	}
}

/* A result from anywhere may call a policy what no scenario can. */
static void a_policy_that_is_none_has_no_limits(void **state)
{
	(void)state;
	static const char *const names[] = {"0", "spread ", "x\ny", "pack:", "compact"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct rng rng;
		struct node node;
		struct error err;
		cleanup_limits struct limits limits = {0};
		rng_init(&rng, 1, 6);
		run_node(&node, &rng, 0);
		findings_release(&node.findings);
		made_level(&node.made, 1, names[i]);
		made_slot(&node.made, 2, 0, 0, 0, 0);
		for (uint32_t b = 0; b < BLOCKS; b++)
			made_steady_trial(&node.made, 2, b, 1, 10, 50);
		assert_int_equal(findings_build(&node.made.dataset, &node.findings, &err), 0);
		propose(&node, 1, &limits);
		bool is_told = false;
		for (size_t n = 0; n < limits.notes.count; n++)
			is_told |= strstr(limits.notes.items[n], "no placement policy") != NULL;
		assert_true(is_told);
		assert_true(limits.criteria.count > 1);
		for (size_t c = 0; c + 1 < limits.criteria.count; c++)
			assert_string_equal(limits.criteria.items[c].policy, "spread");
		drop_node(&node);
	}
}

static void one_run_says_that_it_is_one(void **state)
{
	(void)state;
	struct rng rng;
	struct node node;
	cleanup_limits struct limits limits = {0};
	rng_init(&rng, 1, 2);
	run_node(&node, &rng, 0);
	propose(&node, 1, &limits);
	assert_true(limits.is_within_run);
	assert_non_null(strstr(limits.notes.items[0], "nothing of how much the node differs"));
	assert_int_equal(judge(&limits, &node), VERDICT_PASS);
	drop_node(&node);
}

/* Runs of other work, or of other nodes, have no limits in common. */
static void runs_that_do_not_belong_together_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *fact; /* NULL: the command differs */
		const char *first, *second;
		const char *says;
	} cases[] = {
	        {NULL, "fit a", "fit b", "another command"},
	        {"processor", "AMD EPYC 7702", "Intel Xeon", "another processor"},
	        {"architecture", "x86_64", "aarch64", "another architecture"},
	};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++) {
		struct rng rng;
		struct node nodes[2];
		const struct findings *const runs[] = {&nodes[0].findings, &nodes[1].findings};
		struct error err = {{0}};
		struct limits limits = {.is_within_run = true};
		rng_init(&rng, 1, 4);
		for (size_t i = 0; i < 2; i++) {
			const char *const value = i ? cases[c].second : cases[c].first;
			struct dataset *const dataset = &nodes[i].made.dataset;
			run_node(&nodes[i], &rng, 0.01);
			if (cases[c].fact) {
				assert_int_equal(host_facts_add(&dataset->host, cases[c].fact,
				                                value, NULL, &err),
				                 0);
				continue;
			}
			free(dataset->run.command);
			dataset->run.command = NULL;
			assert_int_equal(str_copy(value, &dataset->run.command, &err), 0);
		}
		assert_int_equal(limits_propose(runs, 2, &limits, &err), -EINVAL);
		printf("# %s\n", err.text);
		assert_non_null(strstr(err.text, cases[c].says));
		assert_int_equal(limits.criteria.count, 0);
		for (size_t i = 0; i < 2; i++)
			drop_node(&nodes[i]);
	}
}

static void a_node_on_which_tasks_fail_is_no_example(void **state)
{
	(void)state;
	struct rng rng;
	struct node node;
	struct error err = {{0}};
	struct limits limits = {.is_within_run = true};
	rng_init(&rng, 1, 3);
	run_node(&node, &rng, 0);
	findings_release(&node.findings);
	node.made.dataset.tasks[3].state = TASK_FAILED;
	assert_int_equal(findings_build(&node.made.dataset, &node.findings, &err), 0);
	const struct findings *const run = &node.findings;
	assert_int_equal(limits_propose(&run, 1, &limits, &err), -EINVAL);
	assert_non_null(strstr(err.text, "tasks failed"));
	assert_int_equal(limits.criteria.count, 0);
	drop_node(&node);
}

/* ---- How wide ----------------------------------------------------------------------------- */

static void widths_are_those_of_prediction(void **state)
{
	(void)state;
	static const double bounds[] = {1, 2, 3};
	/* t(0.95, 2) = 2.919986; sd 1. */
	assert_true(fabs(limits_between_runs(bounds, 3, 0.05, 0) - (2 + 2.919986 * sqrt(4.0 / 3))) <
	            1e-5);
	assert_true(fabs(limits_between_runs(bounds, 3, 0.05, 9) - 11) < 1e-12);
	/* Of very many repeats both bounds are known, and sqrt(2) Z is left of t: 1.6449 sqrt(2)
	 * beyond 1.6449 of reach. */
	assert_true(fabs(limits_within_run(100000, 0.05) - M_SQRT2) < 0.01);
	assert_true(limits_within_run(3, 0.05) > limits_within_run(5, 0.05));
	assert_true(limits_within_run(5, 0.01) > limits_within_run(5, 0.05));
	assert_true(fabs(limits_within_run(1, 0.05)) < 1e-12);
}

/* The whole way, from records to verdict: the node passes what its own runs propose. */
static void the_node_passes_again(void **state)
{
	(void)state;
	const size_t n = simulations_asked_for(USUAL_NODES);
	static const struct {
		size_t runs;
		double between;
	} cases[] = {{5, 0.01}, {3, 0.01}, {1, 0.005}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct rng rng;
		size_t passed = 0;
		rng_init(&rng, 2, i);
		for (size_t k = 0; k < n; k++) {
			struct node nodes[MOST_RUNS];
			struct limits limits = {0};
			for (size_t r = 0; r <= cases[i].runs; r++)
				run_node(&nodes[r], &rng, cases[i].between);
			propose(nodes, cases[i].runs, &limits);
			passed += judge(&limits, &nodes[cases[i].runs]) == VERDICT_PASS;
			limits_release(&limits);
			for (size_t r = 0; r <= cases[i].runs; r++)
				drop_node(&nodes[r]);
		}
		const double share = (double)passed / (double)n;
		printf("# limits from %zu runs: %.3f of %zu nodes pass them again\n", cases[i].runs,
		       share, n);
		if (share < 0.94 - 3.7 * sqrt(0.94 * 0.06 / (double)n))
			fail_msg("only %.3f of nodes pass their own limits", share);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(limits_are_of_what_the_node_has),
	        cmocka_unit_test(limits_say_where_they_are_from),
	        cmocka_unit_test(a_policy_that_is_none_has_no_limits),
	        cmocka_unit_test(one_run_says_that_it_is_one),
	        cmocka_unit_test(runs_that_do_not_belong_together_are_refused),
	        cmocka_unit_test(a_node_on_which_tasks_fail_is_no_example),
	        cmocka_unit_test(widths_are_those_of_prediction),
	        cmocka_unit_test(the_node_passes_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
