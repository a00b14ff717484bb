/* The command that makes a run again, and what is judged of a result's quality. */
#include "analyse/full_level.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"
#include "report/quality.h"
#include "report/reproduce.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The effective values of a scenario, as they are stored. */
static char *effective(const char *yaml, bool has_more_repeats)
{
	struct error err;
	struct problems problems = {0};
	cleanup_scenario struct scenario scenario = {0};
	char *json = NULL;
	assert_int_equal(scenario_yaml_parse("x", yaml, strlen(yaml), &scenario, &problems, &err),
	                 0);
	if (has_more_repeats)
		scenario.sweep.repeats = 7;
	assert_int_equal(scenario_json_write(&scenario, &json, &err), 0);
	return json;
}

static void assert_command(char *text, char *json, const char *name, const char *expected,
                           bool needs_file)
{
	struct error err;
	char copy[64];
	snprintf(copy, sizeof copy, "%s", name);
	const struct run_facts run = {.name = copy, .scenario_text = text, .scenario_json = json};
	cleanup_free char *command = NULL;
	bool got_file = !needs_file;
	assert_int_equal(reproduce_command(&run, &command, &got_file, &err), 0);
	if (expected)
		assert_string_equal(command, expected);
	else
		assert_null(command);
	assert_int_equal(got_file, needs_file);
}

static void the_command_that_makes_it_again(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		const char *command; /* without a file */
	} cases[] = {
	        {"name: a\ntask: {command: [sleep, '0.1']}\nsweep: {levels: [1, 2, cores]}\n",
	         "plateau run -j 1,2,cores -- sleep 0.1"},
	        {"name: a\ntask: {command: [sh, -c, 'echo $(x); y'], timeout: 90s}\n"
	         "sweep: {levels: [4-8/2, 50%], repeats: 3, warmup: 2, measured: 0.5}\n",
	         "plateau run -j 4-8/2,50% -r 3 -w 2 -m 0.5 --timeout 90s -- sh -c 'echo $(x); y'"},
	        {"name: a\ntask: {command: [a]}\nsweep: {levels: [1]}\n"
	         "placement: {policy: 'map:0,2', unit: pu, memory: none}\n"
	         "counters: {events: [cycles]}\n",
	         "plateau run -j 1 -e cycles --policy map:0,2 --unit pu --memory-policy none -- a"},
	        {"name: a\ntask: {command: [a]}\nsweep: {levels: [1]}\nsampling: {interval: off}\n",
	         "plateau run -j 1 --sampling off -- a"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cleanup_free char *text = strdup(cases[i].yaml);
		cleanup_free char *json = effective(cases[i].yaml, false);
		cleanup_free char *json_again = strdup(json);
		cleanup_free char *more = effective(cases[i].yaml, true);
		assert_command(json_again, json, "a", cases[i].command, false);
		assert_command(text, json, "a", "plateau run a.yaml", true);
		assert_command(text, json, "$(x) `y`", "plateau run '$(x) `y`.yaml'", true);
		struct error err;
		bool needs_file;
		cleanup_free char *with_option = NULL;
		char name[] = "a";
		const struct run_facts run = {
		        .name = name, .scenario_text = text, .scenario_json = more};
		assert_int_equal(reproduce_command(&run, &with_option, &needs_file, &err), 0);
		assert_non_null(strstr(with_option, "plateau run a.yaml -j "));
		assert_non_null(strstr(with_option, " -r 7"));
	}
}

/* References below the folder of the scenario are found in another one here; that needs no option.
 */
static void references_in_another_folder(void **state)
{
	(void)state;
	static const char yaml[] =
	        "name: a\ntask: {command: [a]}\nsweep: {levels: [1]}\n"
	        "accept: {criteria: [{metric: wall, margin: 5%, reference: good/*.db}]}\n";
	struct error err;
	struct problems problems = {0};
	cleanup_scenario struct scenario scenario = {0};
	cleanup_free char *text = strdup(yaml);
	cleanup_free char *json = NULL;
	assert_int_equal(
	        scenario_yaml_parse("/x.yaml", yaml, strlen(yaml), &scenario, &problems, &err), 0);
	assert_int_equal(scenario_json_write(&scenario, &json, &err), 0);
	assert_string_equal(scenario.accept.folder, "/");
	assert_command(text, json, "a", "plateau run a.yaml", true);
}

static void results_without_a_scenario(void **state)
{
	(void)state;
	char text[] = "{}";
	char broken[] = "{\"name\":";
	assert_command(NULL, NULL, "a", NULL, false);
	assert_command(text, NULL, "a", NULL, false);
	assert_command(text, broken, "a", NULL, false);
}

static enum quality_verdict verdict_of(const struct quality *quality, const char *name)
{
	for (size_t i = 0; i < quality->count; i++)
		if (strcmp(quality->items[i].name, name) == 0)
			return quality->items[i].verdict;
	fail_msg("there is no %s", name);
	return QUALITY_UNKNOWN;
}

static const char *found_of(const struct quality *quality, const char *name)
{
	for (size_t i = 0; i < quality->count; i++)
		if (strcmp(quality->items[i].name, name) == 0)
			return quality->items[i].found;
	fail_msg("there is no %s", name);
	return NULL;
}

static struct quality judge(const struct made *made)
{
	struct error err;
	struct quality quality;
	cleanup_findings struct findings findings = {0};
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	quality_judge(&findings, &quality);
	size_t looks = 0;
	for (size_t i = 0; i < quality.count; i++) {
		looks += quality_is_look(quality.items[i].verdict);
		assert_true(strlen(quality.items[i].found) > 0);
	}
	assert_int_equal(looks, quality.looks);
	return quality;
}

static void what_is_to_be_looked_at(void **state)
{
	(void)state;
	cleanup_made struct made sample;
	sample_make(&sample);
	const struct quality q = judge(&sample);
	assert_int_equal(verdict_of(&q, "failed tasks"), QUALITY_LOOK);
	assert_int_equal(verdict_of(&q, "trials"), QUALITY_LOOK);
	assert_string_equal(found_of(&q, "trials"), "8 of 9 used, none at N=8");
	assert_int_equal(verdict_of(&q, "counters"), QUALITY_LOOK);
	assert_int_equal(verdict_of(&q, "disturbance"), QUALITY_LOOK);
	assert_int_equal(verdict_of(&q, "occupancy held"), QUALITY_GOOD);
	assert_int_equal(verdict_of(&q, "plateau's own cost"), QUALITY_GOOD);
}

static void good_and_empty_results(void **state)
{
	(void)state;
	cleanup_made struct made made;
	made_init(&made);
	struct quality q = judge(&made);
	assert_int_equal(verdict_of(&q, "failed tasks"), QUALITY_LOOK);
	assert_int_equal(verdict_of(&q, "trials"), QUALITY_LOOK);
	assert_int_equal(verdict_of(&q, "occupancy held"), QUALITY_UNKNOWN);
	assert_int_equal(verdict_of(&q, "outliers"), QUALITY_UNKNOWN);
	assert_string_equal(found_of(&q, "outliers"), "too few tasks to judge");
	made_event(&made, "task-clock");
	for (uint32_t n = 1; n <= 4; n *= 2)
		made_level(&made, n, "spread");
	for (uint32_t block = 0; block < 3; block++)
		for (uint32_t l = 0; l < 3; l++)
			made_steady_trial(&made, l, block, 1u << l, 2 + 0.01 * block, 20);
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.counters[i].state = COUNTER_NOT_COUNTED;
	q = judge(&made);
	assert_int_equal(verdict_of(&q, "counters"), QUALITY_LOOK);
	assert_string_equal(found_of(&q, "counters"), "none of 1 counted");
	for (size_t i = 0; i < made.dataset.task_count; i++)
		made.dataset.counters[i] = (struct counter_value){1000, 1, 1, COUNTER_OK};
	q = judge(&made);
	assert_int_equal(verdict_of(&q, "failed tasks"), QUALITY_GOOD);
	assert_int_equal(verdict_of(&q, "trials"), QUALITY_GOOD);
	assert_int_equal(verdict_of(&q, "outliers"), QUALITY_GOOD);
	assert_string_equal(found_of(&q, "outliers"), "none");
	assert_int_equal(verdict_of(&q, "counters"), QUALITY_GOOD);
	assert_int_equal(verdict_of(&q, "disturbance"), QUALITY_GOOD);
}

/* How far the trials of the levels that matter lie apart. */
static void precision(void **state)
{
	(void)state;
	static const struct {
		size_t blocks;
		double spread; /* between the blocks, of a task's wall time */
		enum quality_verdict verdict;
		const char *found;
	} cases[] = {
	        {3, 0.005, QUALITY_GOOD, "throughput within 1.2 % (half"},
	        {3, 0.05, QUALITY_LOOK, "more repeats (-r), or a quieter node"},
	        {3, 1, QUALITY_BAD, "within 186 % (half"},
	        {1, 0, QUALITY_UNKNOWN, "repeat the sweep (-r 5)"},
	        {0, 0, QUALITY_UNKNOWN, "nothing was measured"},
	};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		cleanup_made struct made made;
		made_init(&made);
		for (uint32_t n = 1; n <= 4; n *= 2)
			made_level(&made, n, "spread");
		for (uint32_t block = 0; block < cases[c].blocks; block++)
			for (uint32_t l = 0; l < 3; l++)
				made_steady_trial(&made, l, block, 1u << l,
				                  2 * (1 + cases[c].spread * block), 60);
		const struct quality q = judge(&made);
		print_message("# case %zu: %s\n", c, found_of(&q, "precision"));
		assert_int_equal(verdict_of(&q, "precision"), cases[c].verdict);
		assert_non_null(strstr(found_of(&q, "precision"), cases[c].found));
	}
}

/* Of an import nothing can be advised that needs the node. */
static void precision_of_an_import(void **state)
{
	(void)state;
	static const struct {
		size_t blocks;
		double error; /* of stated figures of a level without blocks, as a part; NAN: none
		               */
		enum quality_verdict verdict;
		const char *found;
	} cases[] = {
	        {3, NAN, QUALITY_LOOK, ": more repeats, imported together"},
	        {1, NAN, QUALITY_UNKNOWN, "import repeats of it together"},
	        {0, NAN, QUALITY_UNKNOWN, "interval, N=2), others have no interval"},
	        {0, 0.01, QUALITY_GOOD, "within 1.0 % (half of what its reading leaves open, N=1)"},
	        {0, 0.1, QUALITY_LOOK, ", by the errors that its source states"},
	};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		cleanup_made struct made made;
		made_init(&made);
		made.dataset.run.imported = strdup(cases[c].blocks > 0 ? "csv" : "levels");
		made_level(&made, 1, "unknown");
		for (uint32_t block = 0; block < cases[c].blocks; block++)
			made_steady_trial(&made, 0, block, 1, 2 * (1 + 0.05 * block), 60);
		/* Beside a level that is stated, one of tasks: a result of nothing but stated
		 * figures is not judged. */
		if (cases[c].blocks == 0)
			made_level(&made, 2, "unknown");
		for (uint32_t block = 0; block < 3 && cases[c].blocks == 0; block++)
			made_steady_trial(&made, 1, block, 2, 2 * (1 + 0.001 * block), 60);
		struct stated_figure *const figure = calloc(1, sizeof *figure);
		assert_non_null(figure);
		*figure = (struct stated_figure){
		        .name = "throughput",
		        .statistic = STATED_MEAN,
		        .quantile = NAN,
		        .value = 2,
		        .error = 2 * cases[c].error,
		        .error_kind = isnan(cases[c].error) ? STATED_NO_ERROR : STATED_READING,
		        .tasks = RECORD_ABSENT};
		made.dataset.stated = figure;
		made.dataset.stated_count = cases[c].blocks == 0;
		const struct quality q = judge(&made);
		print_message("# case %zu: %s\n", c, found_of(&q, "precision"));
		assert_int_equal(verdict_of(&q, "precision"), cases[c].verdict);
		assert_non_null(strstr(found_of(&q, "precision"), cases[c].found));
		assert_null(strstr(found_of(&q, "precision"), "-r"));
		assert_null(strstr(found_of(&q, "precision"), "quieter"));
	}
}

/* A recommendation that rests on too little says so; its number stays. */
static void what_cannot_be_relied_on(void **state)
{
	(void)state;
	static const struct {
		double spread;
		const char *code;
		const char *event;
		uint32_t trial;
		const char *says; /* behind "rely on: "; NULL: nothing */
	} cases[] = {
	        {0.005, NULL, NULL, 0, NULL},
	        {1, NULL, NULL, 0, "the throughput at N=4 is known within 186 % only"},
	        {0.005, "other-load", "other programs use 99.1 % of the node's CPU time (at 2 %)",
	         0, "others used 99 % of the node's CPU time"},
	        {0.005, "steal", "the hypervisor takes 111 % of the node's CPU time", 0,
	         "others used 100 %"},
	        {0.005, "other-load", "other programs use 19.9 % of the node's CPU time", 0, NULL},
	        {0.005, "other-load", "other programs used 60 % during the trial", 1, NULL},
	        {0.005, "other-load", "no figure", 0, NULL},
	        {1, "other-load", "other programs use 30 % of it", 0,
	         "the throughput at N=4 is known within 186 % only, and others used 30 %"},
	};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		struct error err;
		cleanup_made struct made made;
		cleanup_findings struct findings findings = {0};
		made_init(&made);
		for (uint32_t n = 1; n <= 4; n *= 2)
			made_level(&made, n, "spread");
		for (uint32_t block = 0; block < 3; block++)
			for (uint32_t l = 0; l < 3; l++)
				made_steady_trial(&made, l, block, 1u << l,
				                  2 * (1 + cases[c].spread * block), 60);
		if (cases[c].code) {
			made_warning(&made, cases[c].code, cases[c].event);
			made.dataset.warnings[0].trial = cases[c].trial;
		}
		assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
		const struct plateau *const plateau = &findings.scalings[0].plateau;
		print_message("# case %zu: %s\n", c, plateau->reason);
		assert_int_equal(plateau->recommended, 4);
		assert_int_equal(plateau->is_doubtful, cases[c].says != NULL);
		const char *const but = strstr(plateau->reason, "too uncertain to rely on: ");
		assert_int_equal(but != NULL, cases[c].says != NULL);
		if (but)
			assert_non_null(strstr(but, cases[c].says));
	}
}

/* From one trial of each level there is a number, and it is said to be a hint. */
static void single_trials_are_a_hint(void **state)
{
	(void)state;
	static const struct {
		uint32_t blocks;
		size_t tasks; /* of a slot */
		const char *says;
	} cases[] = {
	        {2, 60, NULL},
	        {1, 60, "no more than a hint: it rests on one trial alone at N=4"},
	        {1, 0, "no more than a hint: it rests on one task alone at N=4"},
	};
	for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
		struct error err;
		cleanup_made struct made made;
		cleanup_findings struct findings findings = {0};
		made_init(&made);
		for (uint32_t n = 1; n <= 4; n *= 2)
			made_level(&made, n, "spread");
		for (uint32_t block = 0; block < cases[c].blocks; block++)
			for (uint32_t l = 0; l < 3; l++) {
				if (cases[c].tasks > 0) {
					made_steady_trial(&made, l, block, 1u << l,
					                  2 * (1 + 0.005 * block), cases[c].tasks);
					continue;
				}
				/* As one listing of perf stat per level. */
				struct trial_record *const trial =
				        made_trial(&made, l, block, 0, 0);
				trial->has_durations_only = true;
				trial->window_start_ns = RECORD_ABSENT;
				trial->window_end_ns = RECORD_ABSENT;
				made_task(&made, 0, 0, 2);
			}
		assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
		const struct plateau *const plateau = &findings.scalings[0].plateau;
		print_message("# case %zu: %s\n", c, plateau->reason);
		assert_int_equal(plateau->recommended, 4);
		assert_int_equal(plateau->is_doubtful, cases[c].says != NULL);
		assert_int_equal(strstr(plateau->reason, "hint") != NULL, cases[c].says != NULL);
		if (cases[c].says)
			assert_non_null(strstr(plateau->reason, cases[c].says));
	}
}

static void full_occupancy(void **state)
{
	(void)state;
	static const struct {
		const char *cores;
		uint32_t threads;
		uint32_t concurrency;
		bool is_exact;
	} cases[] = {
	        {"1", 1, 1, true}, {"2", 1, 2, true},   {"3", 1, 2, false},  {"4", 1, 4, true},
	        {"4", 2, 2, true}, {"64", 1, 4, false}, {NULL, 1, 4, false}, {"1", 2, 1, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error err;
		cleanup_made struct made made;
		made_init(&made);
		host_facts_release(&made.dataset.host);
		made.dataset.run.threads = cases[i].threads;
		if (cases[i].cores)
			assert_int_equal(host_facts_add(&made.dataset.host, "cores_allowed",
			                                cases[i].cores, NULL, &err),
			                 0);
		for (uint32_t l = 0; l < 3; l++)
			made_level(&made, 1u << l, "spread");
		for (uint32_t l = 0; l < 3; l++)
			made_steady_trial(&made, l, 0, 1u << l, 2, 20);
		cleanup_findings struct findings findings = {0};
		assert_int_equal(findings_build(&made.dataset, &findings, &err), 0);
		const struct full_level full = full_level_find(&findings);
		assert_non_null(full.level);
		assert_int_equal(full.level->level->concurrency, cases[i].concurrency);
		assert_int_equal(full.is_exact, cases[i].is_exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(the_command_that_makes_it_again),
	        cmocka_unit_test(references_in_another_folder),
	        cmocka_unit_test(results_without_a_scenario),
	        cmocka_unit_test(what_is_to_be_looked_at),
	        cmocka_unit_test(good_and_empty_results),
	        cmocka_unit_test(precision),
	        cmocka_unit_test(precision_of_an_import),
	        cmocka_unit_test(what_cannot_be_relied_on),
	        cmocka_unit_test(single_trials_are_a_hint),
	        cmocka_unit_test(full_occupancy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
