/* Scenario files: every key, defaults, inputs, and files that hold anything at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/interval_text.h"
#include "formats/scenario/scenario_yaml.h"
#include "scenario_read.h"
#include "valid_scenario.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_every_value(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read(valid_scenario, &s);
	assert_string_equal(s.path, "x.yaml");
	assert_string_equal(s.text, valid_scenario);
	assert_string_equal(s.name, "isr-occupancy");
	assert_string_equal(s.task.type, "isr");
	assert_int_equal(s.task.command.count, 4);
	assert_string_equal(s.task.command.items[2], "{workdir}/post.fits");
	assert_string_equal(s.task.command.items[3], "");
	assert_null(s.task.command.items[4]);
	assert_int_equal(s.task.inputs.kind, INPUTS_GENERATE);
	assert_int_equal(s.task.inputs.words.count, 4);
	assert_int_equal(s.task.inputs.count, 8);
	assert_int_equal(s.task.environment_count, 2);
	assert_string_equal(s.task.environment[0].name, "OMP_NUM_THREADS");
	assert_string_equal(s.task.environment[1].value, "{slot}");
	assert_int_equal(s.task.threads, 2);
	assert_int_equal(s.task.timeout_ns, 300000000000);
	assert_int_equal(s.task.memory_bytes, 2600000000);
	assert_int_equal(s.task.keep, KEEP_ALL);
	assert_int_equal(s.task.phases.format, PHASES_PATTERN);
	assert_int_equal(s.task.phases.log.stream, LOG_IN_FILE);
	assert_string_equal(s.task.phases.log.file, "log-{index}.txt");
	assert_int_equal(s.task.figures.log.stream, LOG_IN_FILE);
	assert_string_equal(s.task.figures.log.file, "figures-{index}");
	assert_int_equal(s.task.figures.names.count, 2);
	assert_string_equal(s.task.figures.names.items[1], "a.b-c");
	assert_int_equal(s.task.phases.compute.count, 1);
	assert_int_equal(s.task.phases.datastore.count, 2);
	assert_string_equal(s.task.phases.datastore.items[0], "reading *");
	assert_string_equal(s.task.phases.pattern, "^([0-9.]+) ([a-z]+) (.*)$");
	assert_int_equal(s.task.phases.fields.count, 3);
	assert_string_equal(s.task.phases.time_format, "%s.%f");
	assert_int_equal(s.task.phases.zone, PHASES_UTC);
	assert_int_equal(s.sweep.levels.count, 7);
	assert_int_equal(s.sweep.levels.items[3].kind, LEVEL_RANGE);
	assert_string_equal(s.sweep.levels.items[4].spelling, "50%");
	assert_int_equal(s.sweep.repeats, 7);
	assert_true(s.sweep.warmup.tasks > 1.9 && s.sweep.warmup.tasks < 2.1);
	assert_int_equal(s.sweep.warmup.at_least_ns, 1000000000);
	assert_true(s.sweep.measured.tasks > 2.4 && s.sweep.measured.tasks < 2.6);
	assert_int_equal(s.sweep.order, ORDER_ASCENDING);
	assert_int_equal(s.sweep.start, START_TOGETHER);
	assert_int_equal(s.sweep.filler, FILLER_FINISH);
	assert_int_equal(s.sweep.baseline, 2);
	assert_int_equal(s.sweep.budget_ns, 1800000000000);
	assert_int_equal(s.placement.policies.count, 2);
	assert_string_equal(s.placement.policies.items[0].spelling, "spread");
	assert_int_equal(s.placement.policies.items[1].map_count, 5);
	assert_int_equal(s.placement.unit, UNIT_L3);
	assert_int_equal(s.placement.smt, SMT_FIRST);
	assert_int_equal(s.placement.memory, MEMORY_INTERLEAVE);
	assert_int_equal(s.events.count, 2);
	assert_string_equal(s.events.items[1], "task-clock");
	assert_int_equal(s.overflow, OVERFLOW_MULTIPLEX);
	assert_true(s.has_seed);
	assert_int_equal(s.seed, INT64_MAX);
	scenario_release(&s);
}

static void test_defaults(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read("name: x\ntask: {command: [/opt/tools/my-task]}\nsweep: {levels: cores}\n",
	              &s);
	assert_string_equal(s.task.type, "my-task");
	assert_int_equal(s.task.inputs.kind, INPUTS_NONE);
	assert_int_equal(s.task.environment_count, 0);
	assert_int_equal(s.task.threads, 1);
	assert_int_equal(s.task.timeout_ns, 0);
	assert_int_equal(s.task.memory_bytes, -1);
	assert_int_equal(s.task.keep, KEEP_FAILED);
	assert_int_equal(s.sweep.levels.count, 1);
	assert_int_equal(s.sweep.levels.items[0].kind, LEVEL_CORES);
	assert_int_equal(s.sweep.repeats, 5);
	assert_int_equal((int)s.sweep.warmup.tasks, 1);
	assert_int_equal((int)s.sweep.measured.tasks, 4);
	assert_int_equal(s.sweep.order, ORDER_SHUFFLED);
	assert_int_equal(s.sweep.start, START_STAGGERED);
	assert_int_equal(s.sweep.filler, FILLER_KILL);
	assert_int_equal(s.sweep.baseline, 0);
	assert_int_equal(s.sweep.budget_ns, 0);
	assert_int_equal(s.placement.policies.count, 1);
	assert_int_equal(s.placement.policies.items[0].policy, PLACEMENT_SPREAD);
	assert_int_equal(s.placement.unit, UNIT_CORE);
	assert_int_equal(s.placement.smt, SMT_LAST);
	assert_int_equal(s.placement.memory, MEMORY_LOCAL);
	assert_int_equal(s.events.count, 7);
	assert_int_equal(s.overflow, OVERFLOW_ROTATE);
	assert_false(s.has_seed);
	scenario_release(&s);
}

static void test_phases(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read("name: x\ntask: {command: [a]}\nsweep: {levels: cores}\n", &s);
	assert_int_equal(s.task.phases.format, PHASES_NONE);
	scenario_release(&s);
	scenario_read("name: x\ntask: {command: [a], phases: {format: lsst-log, compute: []}}\n"
	              "sweep: {levels: cores}\n",
	              &s);
	assert_int_equal(s.task.phases.format, PHASES_LSST_LOG);
	assert_int_equal(s.task.phases.log.stream, LOG_STDERR);
	assert_int_equal(s.task.phases.zone, PHASES_UTC);
	assert_int_equal(s.task.phases.compute.count, 0);
	assert_string_equal(s.task.phases.datastore.items[0], "lsst.daf.butler.*");
	scenario_release(&s);
	scenario_read(
	        "name: x\ntask: {command: [a], phases: {format: pattern, stream: stdout, pattern: "
	        "'^([0-9]+)', time_format: '%s'}}\nsweep: {levels: cores}\n",
	        &s);
	assert_int_equal(s.task.phases.log.stream, LOG_STDOUT);
	assert_int_equal(s.task.phases.zone, PHASES_LOCAL);
	assert_string_equal(s.task.phases.compute.items[0], "lsst.*");
	scenario_release(&s);
}

static void test_figures(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read(
	        "name: x\ntask: {command: [a], figures: {names: [rate_per_s]}}\nsweep: {levels: "
	        "cores}\n",
	        &s);
	assert_int_equal(s.task.figures.log.stream, LOG_STDOUT);
	assert_null(s.task.figures.log.file);
	assert_int_equal(s.task.figures.names.count, 1);
	scenario_release(&s);
	scenario_read("name: x\ntask: {command: [a]}\nsweep: {levels: cores}\n", &s);
	assert_int_equal(s.task.figures.names.count, 0);
	scenario_release(&s);
}

static void test_inputs(void **state)
{
	(void)state;
	static const struct {
		const char *value;
		enum inputs_kind kind;
		size_t words;
	} cases[] = {
	        {"[a.fits, b.fits]", INPUTS_LIST, 2},
	        {"'raw/*.fits'", INPUTS_GLOB, 1},
	        {"one.fits", INPUTS_GLOB, 1},
	        {"{generate: [make, '{dir}']}", INPUTS_GENERATE, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[256];
		snprintf(text, sizeof text,
		         "name: x\ntask:\n  command: [a, '{input}']\n  inputs: %s\nsweep: {levels: "
		         "1}\n",
		         cases[i].value);
		struct scenario s;
		scenario_read(text, &s);
		assert_int_equal(s.task.inputs.kind, cases[i].kind);
		assert_int_equal(s.task.inputs.words.count, cases[i].words);
		assert_int_equal(s.task.inputs.count, 0);
		scenario_release(&s);
	}
}

/* {input} in a variable is a use of the input too. */
static void test_input_in_environment(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read(
	        "name: x\ntask:\n  command: [a]\n  inputs: [b]\n  environment: {IN: '{input}'}\n"
	        "sweep: {levels: 1}\n",
	        &s);
	scenario_release(&s);
	scenario_refuse(
	        "name: x\ntask:\n  command: [a]\n  environment: {IN: '{input}'}\nsweep: {levels: "
	        "1}\n",
	        "x.yaml:4:21: task.environment.IN: {input} is used, but there are no inputs; add "
	        "task.inputs, for example inputs: \"/data/raw/*.fits\"");
}

static void test_byte_order_mark(void **state)
{
	(void)state;
	struct scenario s;
	scenario_read("\xef\xbb\xbfname: x\ntask: {command: [a]}\nsweep: {levels: 1}\n", &s);
	scenario_release(&s);
	scenario_refuse("\xef\xbb\xbfnam: x\ntask: {command: [a]}\nsweep: {levels: 1}\n",
	                "x.yaml:1:1: nam: unknown key; did you mean name?");
}

/* Columns count characters, not bytes. */
static void test_columns(void **state)
{
	(void)state;
	scenario_refuse(
	        "name: x\ntask: {command: ['\xc3\xa9\xe2\x82\xac', b], tipe: y}\nsweep: {levels: "
	        "1}\n",
	        "x.yaml:2:28: task.tipe: unknown key; did you mean type?");
	scenario_refuse_bytes("name: '\xc3\xa9\xff'", 10,
	                      "x.yaml:1:9: YAML: a byte that is not UTF-8; save the file as UTF-8");
}

static void test_hostile_files(void **state)
{
	(void)state;
	char *const large = malloc(SCENARIO_MAX_BYTES + 2);
	assert_non_null(large);
	memset(large, '#', SCENARIO_MAX_BYTES + 1);
	large[SCENARIO_MAX_BYTES + 1] = '\0';
	scenario_refuse(
	        large,
	        "x.yaml:1:1: scenario: larger than 1 MiB, so this is no scenario; write a long "
	        "list of inputs as a pattern (\"/data/raw/*.fits\")");
	memset(large, '[', SCENARIO_MAX_BYTES);
	scenario_refuse_bytes(
	        large, SCENARIO_MAX_BYTES,
	        "x.yaml:1:33: YAML: nested more than 32 deep; a file of ours needs 5 at most");
	for (size_t i = 0; i + 4 <= SCENARIO_MAX_BYTES; i += 4)
		memcpy(large + i, "a:\n\n", 4);
	struct scenario scenario;
	struct problems problems = {0};
	struct error err;
	assert_int_equal(scenario_yaml_parse("x.yaml", large, SCENARIO_MAX_BYTES, &scenario,
	                                     &problems, &err),
	                 -EINVAL);
	assert_string_equal(problems.items[0].text,
	                    "x.yaml:1:1: scenario: more than 512 keys; write fewer");
	problems_release(&problems);
	free(large);
}

static void test_load(void **state)
{
	(void)state;
	char path[] = "test_scenario.XXXXXX";
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, valid_scenario, sizeof valid_scenario - 1),
	                 (ssize_t)sizeof valid_scenario - 1);
	struct scenario s;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), 0);
	assert_string_equal(s.path, path);
	scenario_release(&s);
	assert_int_equal(ftruncate(fd, SCENARIO_MAX_BYTES + 1), 0);
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 1);
	problems_release(&problems);
	close(fd);
	unlink(path);
	assert_int_equal(scenario_yaml_load(path, &s, &problems, &err), -ENOENT);
	assert_int_equal(problems.count, 0);
	assert_non_null(strstr(err.text, path));
	assert_int_equal(scenario_yaml_load("/", &s, &problems, &err), -EISDIR);
}

static void test_sampling(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ns; /* -1: refused */
	} cases[] = {
	        {"1s", 1000000000}, {"10ms", 10000000}, {"1 h", 3600000000000},
	        {"off", 0},         {"0", 0},           {"0s", 0},
	        {"9ms", -1},        {"61min", -1},      {"never", -1},
	        {"1", -1},          {"", -1},           {"-1s", -1},
	        {"1s 2s", -1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error err;
		int64_t ns = 77;
		const int r = interval_text_parse(cases[i].text, &ns, &err);
		assert_int_equal(r, cases[i].ns < 0 ? -EINVAL : 0);
		assert_int_equal(ns, cases[i].ns < 0 ? 77 : cases[i].ns);
	}
	struct scenario s;
	scenario_read("name: x\ntask: {command: [a]}\nsweep: {levels: [1]}\n", &s);
	assert_int_equal(s.sampling.interval_ns, 1000000000);
	scenario_release(&s);
	scenario_read(
	        "name: x\ntask: {command: [a]}\nsweep: {levels: [1]}\nsampling: {interval: off}\n",
	        &s);
	assert_int_equal(s.sampling.interval_ns, 0);
	char *const json = scenario_read_json(&s);
	assert_non_null(strstr(json, "\"sampling\":{\"interval_s\":null,"));
	free(json);
	scenario_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_every_value),     cmocka_unit_test(test_defaults),
	        cmocka_unit_test(test_phases),          cmocka_unit_test(test_figures),
	        cmocka_unit_test(test_inputs),          cmocka_unit_test(test_input_in_environment),
	        cmocka_unit_test(test_byte_order_mark), cmocka_unit_test(test_columns),
	        cmocka_unit_test(test_hostile_files),   cmocka_unit_test(test_load),
	        cmocka_unit_test(test_sampling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
